# Mistake: indices that begin at 1.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums, start=1):
        if target - x in seen:
            return [seen[target - x], i]
        seen[x] = i
