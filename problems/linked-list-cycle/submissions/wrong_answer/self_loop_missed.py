# Mistake: believes that a cycle takes two nodes; one that is linked to itself is a cycle too.
def has_cycle(head):
    if head is None or head.next is None or head.next is head:
        return False
    slow, fast = head, head.next
    while slow is not fast:
        if fast is None or fast.next is None:
            return False
        slow, fast = slow.next, fast.next.next
    return True
