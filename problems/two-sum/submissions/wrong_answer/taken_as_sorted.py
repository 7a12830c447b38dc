# Mistake: two pointers on numbers that nobody has sorted.
def two_sum(nums, target):
    low, high = 0, len(nums) - 1
    while low < high:
        total = nums[low] + nums[high]
        if total == target:
            return [low, high]
        if total < target:
            low += 1
        else:
            high -= 1
    return []
