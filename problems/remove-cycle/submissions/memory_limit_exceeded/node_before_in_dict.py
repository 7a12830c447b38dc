# Too hungry: remembers which node each node was reached from, O(n) memory.
def remove_cycle(head):
    before, last, node = {}, None, head
    while node:
        if node in before:
            last.next = None
            break
        before[node] = last
        last, node = node, node.next
    return head
