# Mistake: marks the nodes it has seen with a number that a list may hold from the start.
def has_cycle(head):
    while head:
        if head.val == 100001:
            return True
        head.val = 100001
        head = head.next
    return False
