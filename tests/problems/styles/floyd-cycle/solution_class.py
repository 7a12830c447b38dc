class Solution(object):
    def detectCycle(self, head):
        slow, fast = head, head
        while fast and fast.next:
            slow, fast = slow.next, fast.next.next
            if slow == fast:
                break
        else:
            return None
        finder = head
        while finder != slow:
            finder, slow = finder.next, slow.next
        return finder
