# Too hungry: remembers the id of every node, O(n) memory.
def detect_cycle(head):
    place = {}
    while head:
        if id(head) in place:
            return head
        place[id(head)] = len(place)
        head = head.next
    return None
