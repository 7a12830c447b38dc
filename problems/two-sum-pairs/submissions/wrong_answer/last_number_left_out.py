# Mistake: off by one, the last number is never looked at.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for i in range(len(arr) - 1):
        if target - arr[i] in seen:
            pairs.add((min(arr[i], target - arr[i]), max(arr[i], target - arr[i])))
        seen.add(arr[i])
    return list(pairs)
