# Mistake: two pointers that step over the pair, but not over the equal numbers beside it.
def find_pairs(arr, target):
    numbers = sorted(arr)
    low, high, pairs = 0, len(numbers) - 1, []
    while low < high:
        total = numbers[low] + numbers[high]
        if total == target:
            pairs.append((numbers[low], numbers[high]))
            low += 1
            high -= 1
        elif total < target:
            low += 1
        else:
            high -= 1
    return pairs
