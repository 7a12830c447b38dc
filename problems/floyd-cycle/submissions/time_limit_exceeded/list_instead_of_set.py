# Too slow: `in` walks through the whole list of nodes seen, O(n^2).
def detect_cycle(head):
    seen = []
    while head:
        if head in seen:
            return head
        seen.append(head)
        head = head.next
    return None
