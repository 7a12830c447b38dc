class Solution:
    def hasCycle(self, head):
        if not head:
            return False
        slow, fast = head, head.next
        while fast != slow:
            if not fast or not fast.next:
                return False
            slow = slow.next
            fast = fast.next.next
        return True
