# Mistake: tests the missing number for truth, and so never looks for a 0.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums):
        missing = target - x
        if missing and missing in seen:
            return [seen[missing], i]
        seen[x] = i
    return []
