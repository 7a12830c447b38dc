# Mistake: calculates with floats, which cannot tell 2**53 from 2**53 + 1.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(map(float, nums)):
        if float(target) - x in seen:
            return [seen[float(target) - x], i]
        seen[x] = i
    return []
