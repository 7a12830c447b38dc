# Mistake: finds each pair from both of its ends, as (1, 5) and as (5, 1).
def find_pairs(arr, target):
    numbers = set(arr)
    pairs = {(x, target - x) for x in numbers if target - x in numbers and 2 * x != target}
    if arr.count(target / 2) > 1:
        pairs.add((target // 2, target // 2))
    return pairs
