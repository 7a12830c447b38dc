# Sort, then close in from both ends. A pair is new unless it begins like the one before.
def find_pairs(arr: list[int], target: int) -> list[tuple[int, int]]:
    numbers = sorted(arr)
    low, high = 0, len(numbers) - 1
    pairs: list[tuple[int, int]] = []
    while low < high:
        total = numbers[low] + numbers[high]
        if total < target:
            low += 1
        elif total > target:
            high -= 1
        else:
            if not pairs or pairs[-1][0] != numbers[low]:
                pairs.append((numbers[low], numbers[high]))
            low += 1
    return pairs
