# Mistake: one pass, but the number goes into the map before its partner is looked up, and may find itself.
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums):
        seen[x] = i
        if target - x in seen:
            return [seen[target - x], i]
