# Mistake: gives up after 10,000 nodes, the bound of another site; a longer list may well have an end.
def has_cycle(head):
    steps = 0
    while head:
        head = head.next
        steps += 1
        if steps > 10_000:
            return True
    return False
