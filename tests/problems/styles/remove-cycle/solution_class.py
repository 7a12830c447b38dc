class Solution:
    def removeCycle(self, head):
        slow = fast = head
        while fast and fast.next:
            slow, fast = slow.next, fast.next.next
            if slow == fast:
                self._unlink(head, slow)
                break
        return head

    def _unlink(self, start, node):
        while start != node:
            start, node = start.next, node.next
        while node.next != start:
            node = node.next
        node.next = None
