def has_cycle(head):
    hare = tortoise = head
    while True:
        for _ in range(2):
            if hare is None:
                return False
            hare = hare.next
        tortoise = tortoise.next
        if hare == tortoise:
            return hare is not None
