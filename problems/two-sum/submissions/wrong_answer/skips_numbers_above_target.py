# Mistake: skips what is larger than the target, although a negative number may make up for it.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums):
        if x > target:
            continue
        if target - x in seen:
            return [seen[target - x], i]
        seen[x] = i
    return []
