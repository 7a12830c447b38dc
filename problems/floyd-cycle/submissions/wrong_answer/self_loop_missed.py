# Mistake: believes that a cycle takes two nodes; one that is linked to itself is a cycle too.
def detect_cycle(head):
    if head is None or head.next is None or head.next is head:
        return None
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            return head
    return None
