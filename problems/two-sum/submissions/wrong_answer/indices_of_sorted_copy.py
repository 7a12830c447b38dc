# Mistake: sorts the numbers and returns where they are now, not where they were.
def two_sum(nums, target):
    nums = sorted(nums)
    low, high = 0, len(nums) - 1
    while nums[low] + nums[high] != target:
        if nums[low] + nums[high] < target:
            low += 1
        else:
            high -= 1
    return [low, high]
