# Mistake: compares what the nodes hold, not the nodes; equal values are no cycle.
def has_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow = slow.next
        fast = fast.next.next
        if fast and slow.val == fast.val:
            return True
    return False
