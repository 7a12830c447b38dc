# Too slow: `in` walks through the whole list of nodes seen, O(n^2).
def remove_cycle(head):
    seen, node = [], head
    while node:
        seen.append(node)
        if node.next in seen:
            node.next = None
        node = node.next
    return head
