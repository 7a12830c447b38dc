from typing import Iterator, Optional


def detect_cycle(head: Optional["ListNode"]) -> Optional["ListNode"]:
    meeting: Optional[ListNode] = meeting_point(head)
    if meeting is None:
        return None
    return next(one for one, other in zip(walk(head), walk(meeting)) if one is other)


def meeting_point(head: Optional["ListNode"]) -> Optional["ListNode"]:
    slow: Optional[ListNode] = head
    fast: Optional[ListNode] = head
    while fast is not None and fast.next is not None:
        assert slow is not None
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            return slow
    return None


def walk(node: Optional["ListNode"]) -> Iterator["ListNode"]:
    while node is not None:
        yield node
        node = node.next
