# Mistake: looks two links ahead without asking whether there is a node in between.
def has_cycle(head):
    slow = fast = head
    while fast:
        slow = slow.next
        fast = fast.next.next
        if slow is fast:
            return True
    return False
