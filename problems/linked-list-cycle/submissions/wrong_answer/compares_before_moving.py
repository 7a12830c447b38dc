# Mistake: compares the pointers before the first step, when both are still at the head.
def has_cycle(head):
    slow = fast = head
    while fast and fast.next:
        if slow is fast:
            return True
        slow = slow.next
        fast = fast.next.next
    return False
