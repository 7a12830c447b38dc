def two_sum(nums, target):
    def search(i, seen):
        if i == len(nums):
            return None
        if target - nums[i] in seen:
            return (seen[target - nums[i]], i)
        seen[nums[i]] = i
        return search(i + 1, seen)

    return search(0, {})
