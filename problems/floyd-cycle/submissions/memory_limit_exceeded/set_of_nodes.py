# Too hungry: remembers every node, O(n) memory.
def detect_cycle(head):
    seen = set()
    while head and head not in seen:
        seen.add(head)
        head = head.next
    return head
