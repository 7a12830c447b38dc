# Mistake: counts the steps to the start of the cycle and returns their number, not the node.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            index = 0
            while head is not slow:
                head, slow, index = head.next, slow.next, index + 1
            return index
    return None
