# Too slow: all pairs again, O(n^2), however short it looks.
from itertools import combinations


def two_sum(nums, target):
    return next((i, j) for (i, a), (j, b) in combinations(enumerate(nums), 2) if a + b == target)
