# Mistake: looks a partner up without asking whether there is one: KeyError.
def two_sum(nums, target):
    index = {x: i for i, x in enumerate(nums)}
    for i, x in enumerate(nums):
        if index[target - x] != i:
            return [i, index[target - x]]
