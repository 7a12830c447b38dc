# Sort, then a binary search for each number's partner to its right: O(n log n).
class Solution:
    def two_sum(self, nums: List[int], target: int) -> Tuple[int, int]:
        order = sorted(range(len(nums)), key=nums.__getitem__)
        values = [nums[i] for i in order]
        for place, value in enumerate(values):
            other = bisect_left(values, target - value, place + 1)
            if other < len(values) and values[other] == target - value:
                return order[place], order[other]
