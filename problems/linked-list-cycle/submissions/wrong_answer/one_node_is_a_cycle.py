# Mistake: asks after the loop whether the pointers met; where the loop never ran, they never parted.
def has_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow = slow.next
        fast = fast.next.next
        if slow is fast:
            break
    return slow is fast
