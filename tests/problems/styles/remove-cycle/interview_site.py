# Definition for singly-linked list.
# class ListNode:
#     def __init__(self, val=0, next=None):
#         self.val = val
#         self.next = next


class Solution:
    def removeCycle(self, head: Optional[ListNode]) -> Optional[ListNode]:
        if not head or not head.next:
            return head

        slow, fast = head, head

        # detect
        while fast and fast.next:
            slow = slow.next
            fast = fast.next.next
            if slow == fast:
                break

        if slow == fast:
            slow = head
            # cycle starts at the head: find the last node
            if slow == fast:
                while fast.next != slow:
                    fast = fast.next
            else:
                # stop one before the start
                while slow.next != fast.next:
                    slow = slow.next
                    fast = fast.next
            fast.next = None
        return head
