# Mistake: returns as soon as it has found one pair.
def find_pairs(arr, target):
    seen = set()
    for x in arr:
        if target - x in seen:
            return [[target - x, x]]
        seen.add(x)
    return []
