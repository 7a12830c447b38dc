# Mistake: with the fast pointer one node ahead at the start, the walk from the head ends up one node beside the other,
# and both go round for ever.
def detect_cycle(head):
    if head is None:
        return None
    slow, fast = head, head.next
    while slow is not fast:
        if fast is None or fast.next is None:
            return None
        slow, fast = slow.next, fast.next.next
    while head is not slow:
        head, slow = head.next, slow.next
    return head
