# Mistake: marks the nodes it has seen with a number that a list may hold from the start.
def detect_cycle(head):
    while head and head.val != 100001:
        head.val = 100001
        head = head.next
    return head
