# Too slow: for each node from the head on, goes round the cycle to see whether a link leads to it, O(n^2).
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            node = head
            while not cut_before(node, slow):
                node = node.next
            break
    return head


def cut_before(start, inside):
    last = inside
    while last.next is not start:
        last = last.next
        if last is inside:
            return False
    last.next = None
    return True
