# Floyd finds the start of the cycle; once round from there comes the node that leads back to it.
def remove_cycle(head):
    meeting = meeting_point(head)
    if meeting:
        cut(head, meeting)
    return head


def meeting_point(head):
    slow = fast = head
    while fast and fast.next:
        slow = slow.next
        fast = fast.next.next
        if slow is fast:
            return slow


def cut(start, last):
    while start is not last:
        start, last = start.next, last.next
    while last.next is not start:
        last = last.next
    last.next = None
