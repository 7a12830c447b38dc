# Too hungry: remembers the id of every node, O(n) memory.
def has_cycle(head):
    place = {}
    while head:
        if id(head) in place:
            return True
        place[id(head)] = len(place)
        head = head.next
    return False
