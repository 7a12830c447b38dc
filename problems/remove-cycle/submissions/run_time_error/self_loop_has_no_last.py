# Mistake: starts to look for the last node behind the start. Of one node linked to itself there is nothing behind, and
# `last` was never set.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            start = head
            while start is not slow:
                start, slow = start.next, slow.next
            node = start.next
            while node is not start:
                last, node = node, node.next
            last.next = None
            break
    return head
