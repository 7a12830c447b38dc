# Too hungry: two pointers, but each step is a call that waits for the next one, and its frame with it.
def has_cycle(head):
    return bool(head) and meet(head, head.next)


def meet(slow, fast):
    if fast is None or fast.next is None:
        return False
    return slow is fast or meet(slow.next, fast.next.next)
