# Mistake: looks for the start of the cycle with `head` itself, and returns what became of it.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            while slow.next is not head:
                slow = slow.next
            slow.next = None
            break
    return head
