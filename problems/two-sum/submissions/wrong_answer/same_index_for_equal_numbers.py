# Mistake: finds the values in a sorted copy and asks nums.index for both: equal values get the same index.
class Solution:
    def twoSum(self, nums: List[int], target: int) -> List[int]:
        values = sorted(nums)
        low, high = 0, len(values) - 1
        while values[low] + values[high] != target:
            if values[low] + values[high] < target:
                low += 1
            else:
                high -= 1
        return [nums.index(values[low]), nums.index(values[high])]
