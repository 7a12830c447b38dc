# Go round the cycle once, and a pointer from the head as many steps; from there the two ends of a cycle's length walk
# on together until they are one.
class Solution:
    def detectCycle(self, head: Optional[ListNode]) -> Optional[ListNode]:
        inside = self.inside(head)
        if inside is None:
            return None
        ahead, node = head.next, inside.next
        while node is not inside:
            ahead, node = ahead.next, node.next
        while head is not ahead:
            head, ahead = head.next, ahead.next
        return head

    def inside(self, head: Optional[ListNode]) -> Optional[ListNode]:
        """Some node of the cycle."""
        if head is None:
            return None
        slow, fast = head, head.next
        while slow is not fast:
            if fast is None or fast.next is None:
                return None
            slow, fast = slow.next, fast.next.next
        return slow
