def remove_cycle(head):
    slow = fast = head
    met = False
    while fast and fast.next and not met:
        slow = slow.next
        fast = fast.next.next
        met = slow == fast
    if not met:
        return head
    slow = head
    before = None
    while slow != fast:
        slow = slow.next
        before, fast = fast, fast.next
    if before is None:  # they met at the head: go round once
        before = head
        while before.next != head:
            before = before.next
    before.next = None
    return head
