# Too slow: for each node, walks from the head again to see whether it came by before, O(n^2).
def has_cycle(head):
    node, steps = head, 0
    while node:
        earlier = head
        for _ in range(steps):
            if earlier is node:
                return True
            earlier = earlier.next
        node, steps = node.next, steps + 1
    return False
