# Count the numbers, and for each different one look up its partner; half the target needs to be there twice.
class Solution:
    def findPairs(self, arr: List[int], target: int) -> List[List[int]]:
        count = Counter(arr)
        pairs = [[x, target - x] for x in count if x < target - x and target - x in count]
        if target % 2 == 0 and count[target // 2] > 1:
            pairs.append([target // 2, target // 2])
        return pairs
