# Mistake: stops both pointers one node before the start. Where the head is the start they both stand on it, and nothing
# is before it.
def remove_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            node = head
            while node.next is not slow.next:
                node, slow = node.next, slow.next
            slow.next = None
            break
    return head
