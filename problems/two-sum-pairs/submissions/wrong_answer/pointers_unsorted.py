# Mistake: closes in from both ends of a list that nobody has sorted.
def find_pairs(arr, target):
    low, high, pairs = 0, len(arr) - 1, set()
    while low < high:
        total = arr[low] + arr[high]
        if total == target:
            pairs.add((min(arr[low], arr[high]), max(arr[low], arr[high])))
        if total < target:
            low += 1
        else:
            high -= 1
    return pairs
