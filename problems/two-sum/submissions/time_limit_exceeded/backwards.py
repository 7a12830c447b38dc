# Too slow: all pairs from the far end, O(n^2) also where the pair stands at the front.
def two_sum(nums, target):
    for j in range(len(nums) - 1, 0, -1):
        for i in range(j - 1, -1, -1):
            if nums[i] + nums[j] == target:
                return [i, j]
    return []
