# Mistake: off by one, the last number is never looked at.
def two_sum(nums, target):
    seen = {}
    for i in range(len(nums) - 1):
        if target - nums[i] in seen:
            return [seen[target - nums[i]], i]
        seen[nums[i]] = i
    return []
