# Mistake: looks two links ahead without asking whether there is a node in between.
def detect_cycle(head):
    slow = fast = head
    while fast:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            return head
    return None
