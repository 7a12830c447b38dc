def has_cycle(head):
    """Brent's search. A call per power of two, not per node: the calls go no deeper than the logarithm of n."""
    return comes_back(head, 1)


def comes_back(anchor, steps):
    node = anchor
    for _ in range(steps):
        if node is None:
            return False
        node = node.next
        if node is anchor:
            return node is not None
    return comes_back(node, 2 * steps)
