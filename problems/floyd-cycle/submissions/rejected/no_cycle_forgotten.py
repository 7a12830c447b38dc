# Mistake: leaves the loop and never asks why; without a cycle, the second walk runs off the end.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            break
    while head is not slow:
        head, slow = head.next, slow.next
    return head
