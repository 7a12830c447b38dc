# Mistake: returns a node that looks like the start of the cycle and is not of this list.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            return ListNode(head.val, head.next)
    return None
