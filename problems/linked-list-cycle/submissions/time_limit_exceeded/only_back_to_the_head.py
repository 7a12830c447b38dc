# Mistake: waits for the head to come by again, and goes round for ever where the cycle starts behind it.
def has_cycle(head):
    node = head
    while node:
        node = node.next
        if node is head:
            return True
    return False
