# Mistake: sets out from the first number, and an empty list has none: IndexError.
def find_pairs(arr, target):
    numbers = sorted(arr)
    low, high, pairs = 0, len(numbers) - 1, set()
    total = numbers[low] + numbers[high]
    while low < high:
        if total == target:
            pairs.add((numbers[low], numbers[high]))
        if total < target:
            low += 1
        else:
            high -= 1
        total = numbers[low] + numbers[high]
    return list(pairs)
