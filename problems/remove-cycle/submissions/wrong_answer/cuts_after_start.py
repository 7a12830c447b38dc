# Mistake: cuts the link of the node where the cycle starts, not the link that leads to it.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            start = head
            while start is not slow:
                start, slow = start.next, slow.next
            start.next = None
            break
    return head
