# Mistake: compares what the nodes hold, not the nodes, and stops at the first two that look alike.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head.val != slow.val:
                head, slow = head.next, slow.next
            return head
    return None
