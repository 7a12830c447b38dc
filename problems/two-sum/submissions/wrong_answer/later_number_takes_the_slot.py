# Mistake: a hash table made by hand, in which of two numbers with the same remainder only the later one stays.
SLOTS = 4099


def two_sum(nums, target):
    slots = [None] * SLOTS
    for i, x in enumerate(nums):
        j = slots[(target - x) % SLOTS]
        if j is not None and nums[j] == target - x:
            return [j, i]
        slots[x % SLOTS] = i
    return []
