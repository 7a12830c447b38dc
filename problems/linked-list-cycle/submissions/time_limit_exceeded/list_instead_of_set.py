# Too slow: `in` walks through the whole list of nodes seen, O(n^2).
def has_cycle(head):
    seen = []
    while head:
        if head in seen:
            return True
        seen.append(head)
        head = head.next
    return False
