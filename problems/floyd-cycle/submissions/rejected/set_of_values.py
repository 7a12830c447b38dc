# Mistake: takes a value that comes again for a node that comes again.
def detect_cycle(head):
    seen = set()
    while head:
        if head.val in seen:
            return head
        seen.add(head.val)
        head = head.next
    return None
