def remove_cycle(head):
    """Brent's search for the length of the cycle, then two pointers one link short of a round apart."""
    length = cycle_length(head, 1)
    if length:
        last = head
        for _ in range(length - 1):
            last = last.next
        start = head
        while last.next is not start:
            last, start = last.next, start.next
        last.next = None
    return head


def cycle_length(anchor, steps):
    """0 where there is no cycle. A call per power of two, not per node."""
    node = anchor
    for step in range(1, steps + 1):
        if node is None:
            return 0
        node = node.next
        if node is anchor and node is not None:
            return step
    return cycle_length(node, 2 * steps)
