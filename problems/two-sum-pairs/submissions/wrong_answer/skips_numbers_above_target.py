# Mistake: a number above the target can be in a pair too, if the other one is negative.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        if x > target:
            continue
        if target - x in seen:
            pairs.add((min(x, target - x), max(x, target - x)))
        seen.add(x)
    return list(pairs)
