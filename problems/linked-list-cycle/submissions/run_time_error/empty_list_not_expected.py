# Mistake: asks an empty list for its second node.
def has_cycle(head):
    slow, fast = head, head.next
    while slow is not fast:
        if fast is None or fast.next is None:
            return False
        slow, fast = slow.next, fast.next.next
    return True
