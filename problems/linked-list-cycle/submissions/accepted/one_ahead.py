# The fast pointer starts one node ahead, so that the two may be compared before they move.
def has_cycle(head):
    if head is None:
        return False
    slow, fast = head, head.next
    while slow is not fast:
        if fast is None or fast.next is None:
            return False
        slow, fast = slow.next, fast.next.next
    return True
