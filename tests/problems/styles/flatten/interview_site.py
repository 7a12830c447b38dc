# Approach: depth-first search with an explicit deque
# Time O(N), space O(N)
from collections import deque


class Solution(object):
    def flatten(self, nested_list):
        """
        :type nested_list: List[NestedInteger]
        :rtype: List[int]
        """
        queue = deque(nested_list)
        res = []
        while queue:
            cur = queue.popleft()
            if isinstance(cur, (list, tuple)):
                queue.extendleft(reversed(cur))
            else:
                res.append(cur)
        return res
