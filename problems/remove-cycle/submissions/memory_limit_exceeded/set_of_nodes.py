# Too hungry: remembers every node, O(n) memory.
def remove_cycle(head):
    seen, node = set(), head
    while node:
        seen.add(node)
        if node.next in seen:
            node.next = None
        node = node.next
    return head
