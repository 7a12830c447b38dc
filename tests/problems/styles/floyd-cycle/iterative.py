def detect_cycle(head):
    slow = fast = head
    met = False
    while not met:
        if fast is None or fast.next is None:
            return None
        slow = slow.next
        fast = fast.next.next
        met = slow == fast
    slow = head
    while slow != fast:
        slow = slow.next
        fast = fast.next
    return slow
