# Mistake: with <= the pointers may meet, and one number makes a pair with itself.
def find_pairs(arr, target):
    numbers = sorted(arr)
    low, high, pairs = 0, len(numbers) - 1, set()
    while low <= high:
        total = numbers[low] + numbers[high]
        if total == target:
            pairs.add((numbers[low], numbers[high]))
        if total < target:
            low += 1
        else:
            high -= 1
    return list(pairs)
