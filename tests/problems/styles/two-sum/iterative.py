def two_sum(nums, target):
    seen = {}
    for i in range(len(nums)):
        rest = target - nums[i]
        if rest in seen:
            return [seen[rest], i]
        seen[nums[i]] = i
    return []
