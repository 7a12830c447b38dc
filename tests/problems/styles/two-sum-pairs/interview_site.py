# Time:  O(n)
# Space: O(n)
#
# class Solution:
#     def findPairs(self, arr: List[int], target: int) -> List[List[int]]:
#         # brute force, TLE
#         return [[a, b] for a, b in itertools.combinations(arr, 2) if a + b == target]

class Solution:
    def findPairs(self, arr: List[int], target: int) -> List[List[int]]:
        seen: Set[int] = set()
        used = set()          # smaller value of every pair we already have
        ans = []

        for num in arr:
            diff = target - num
            if diff in seen and min(num, diff) not in used:
                used.add(min(num, diff))
                ans.append([diff, num])
            seen.add(num)
        # print(ans)
        return ans


# Driver code
if __name__ == "__main__":
    print(Solution().findPairs([1, 5, 7, -1, 5], 6))
