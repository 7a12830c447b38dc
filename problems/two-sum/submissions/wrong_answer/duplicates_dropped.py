# Mistake: sorts the set of numbers, in which [3, 3] is one number.
def two_sum(nums, target):
    index = {x: i for i, x in enumerate(nums)}
    values = sorted(set(nums))
    low, high = 0, len(values) - 1
    while low < high:
        total = values[low] + values[high]
        if total == target:
            return [index[values[low]], index[values[high]]]
        if total < target:
            low += 1
        else:
            high -= 1
    return []
