# As pasted from an interview site: a method in camelCase, List without an import. First the map, then the search.
class Solution:
    def twoSum(self, nums: List[int], target: int) -> List[int]:
        index = {x: i for i, x in enumerate(nums)}
        for i, x in enumerate(nums):
            j = index.get(target - x, i)
            if j != i:
                return [i, j]
        return []
