# Mistake: cuts before the first node that looks like the start of the cycle.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            start = head
            while start is not slow:
                start, slow = start.next, slow.next
            while slow.next.val != start.val:
                slow = slow.next
            slow.next = None
            break
    return head
