# Too slow: for each node from the head on, goes round the cycle to see whether it is there, O(n^2).
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            break
    else:
        return None
    while not is_in_cycle(head, slow):
        head = head.next
    return head


def is_in_cycle(node, inside):
    other = inside.next
    while other is not inside and other is not node:
        other = other.next
    return other is node
