# Mistake: takes a step before the first look. Where the head is the start, the pointers are there already.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while True:
                head, slow = head.next, slow.next
                if head is slow:
                    return head
    return None
