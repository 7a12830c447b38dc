# Mistake: list.index does not return -1 for what it cannot find, it raises ValueError.
def two_sum(nums, target):
    for i, x in enumerate(nums):
        j = nums.index(target - x, i + 1)
        if j != -1:
            return [i, j]
