# Mistake: tests the index for truth, and so never finds a partner at index 0.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums):
        j = seen.get(target - x)
        if j:
            return [j, i]
        seen[x] = i
    return []
