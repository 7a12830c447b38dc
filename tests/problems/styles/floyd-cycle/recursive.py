def detect_cycle(head):
    """Brent's search for the length of the cycle, then two pointers as far apart as it is long."""
    length = cycle_length(head, 1)
    if length == 0:
        return None
    front = rear = head
    for _ in range(length):
        front = front.next
    while front is not rear:
        front, rear = front.next, rear.next
    return rear


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
