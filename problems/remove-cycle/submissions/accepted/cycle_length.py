# A cycle's length less one: from the first node of the cycle that is the way to the last. So two pointers that far
# apart are walked up from the head until the front one leads to the rear one.
class Solution:
    def removeCycle(self, head: Optional[ListNode]) -> Optional[ListNode]:
        inside = self.inside(head)
        if inside is None:
            return head
        front, node = head, inside.next
        while node is not inside:
            front, node = front.next, node.next
        rear = head
        while front.next is not rear:
            front, rear = front.next, rear.next
        front.next = None
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
