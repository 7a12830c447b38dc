# Definition for singly-linked list.
# class ListNode:
#     def __init__(self, x):
#         self.val = x
#         self.next = None


class Solution:
    def detectCycle(self, head: Optional[ListNode]) -> Optional[ListNode]:
        # edge cases
        if not head or not head.next:
            return None

        slow = fast = head
        # 1. find the meeting point
        while fast and fast.next:
            slow = slow.next
            fast = fast.next.next
            if slow == fast:
                break

        # no cycle
        if slow != fast:
            return None

        # 2. reset slow, move both by one
        slow = head
        while slow != fast:
            slow = slow.next
            fast = fast.next
        return slow


# Time: O(n)
# Space: O(1)
