# Mistake: looks two links ahead for the start, and cuts off the last node with the link.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            start, last = head, slow
            while start is not last:
                start, last = start.next, last.next
            while last.next.next is not start:
                last = last.next
            last.next = None
            break
    return head
