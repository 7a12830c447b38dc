# Mistake: believes that a cycle takes two nodes; one that is linked to itself is a cycle too.
def remove_cycle(head):
    if head is None or head.next is None or head.next is head:
        return head
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            start, last = head, slow
            while start is not last:
                start, last = start.next, last.next
            while last.next is not start:
                last = last.next
            last.next = None
            break
    return head
