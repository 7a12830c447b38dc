# Mistake: returns where the numbers are, as in Two Sum, and not the numbers.
def find_pairs(arr, target):
    seen, pairs = {}, {}
    for i, x in enumerate(arr):
        if target - x in seen:
            pairs.setdefault((min(x, target - x)), (seen[target - x], i))
        seen[x] = i
    return list(pairs.values())
