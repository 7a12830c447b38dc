# Mistake: returns the node whose link closes the cycle, not the one it leads to.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            while slow.next is not head:
                slow = slow.next
            return slow
    return None
