# Mistake: takes a value that comes again for a node that comes again.
def remove_cycle(head):
    seen, last, node = set(), None, head
    while node and node.val not in seen:
        seen.add(node.val)
        last, node = node, node.next
    if last:
        last.next = None
    return head
