# Turn every link around on the way. Whoever enters a cycle comes out where he went in, and is led back to the head.
def has_cycle(head: ListNode | None) -> bool:
    if head is None or head.next is None:
        return False
    before, node = None, head
    while node is not None:
        node.next, before, node = before, node, node.next
    return before is head
