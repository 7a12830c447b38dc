# Mistake: the number goes into the set before its partner is looked up, and may find itself.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        seen.add(x)
        if target - x in seen:
            pairs.add((min(x, target - x), max(x, target - x)))
    return list(pairs)
