# Look for the partner among the numbers already seen; pairs go into a set, the smaller number first.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        if target - x in seen:
            pairs.add((min(x, target - x), max(x, target - x)))
        seen.add(x)
    return list(pairs)
