class Solution(object):
    def findPairs(self, arr, target):
        """
        :type arr: List[int]
        :type target: int
        :rtype: List[List[int]]
        """
        freq = {}
        for num in arr:
            freq[num] = freq.get(num, 0) + 1
        res = []
        for num in freq:
            complement = target - num
            if complement not in freq:
                continue
            if num == complement:
                if freq[num] > 1:
                    res.append([num, num])
            elif num > complement:
                res.append([num, complement])
        return res
