# Floyd: where the two pointers meet, it is as far to the start of the cycle as from the head.
def detect_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow = slow.next
        fast = fast.next.next
        if slow is fast:
            while head is not slow:
                head, slow = head.next, slow.next
            return head
