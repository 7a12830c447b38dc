# Mistake: a list cannot be in a set, for it could change there: TypeError.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        if target - x in seen:
            pairs.add(sorted([x, target - x]))
        seen.add(x)
    return list(pairs)
