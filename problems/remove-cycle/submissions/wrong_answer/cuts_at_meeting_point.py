# Mistake: cuts where the pointers meet, and loses the nodes behind.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            slow.next = None
            break
    return head
