# Mistake: leaves the loop and never asks why; without a cycle, the second walk runs off the end.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            break
    start = head
    while start is not slow:
        start, slow = start.next, slow.next
    while slow.next is not start:
        slow = slow.next
    slow.next = None
    return head
