# Mistake: the set holds pairs as they came; (1, 5) and, later in the list, (5, 1) are two to it.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        if target - x in seen:
            pairs.add((target - x, x))
        seen.add(x)
    return list(pairs)
