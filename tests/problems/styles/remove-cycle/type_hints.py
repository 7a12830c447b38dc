from typing import Optional


class Cycle:
    """The cycle of a list, by one of its nodes."""

    def __init__(self, inside: "ListNode") -> None:
        self.inside: ListNode = inside

    @classmethod
    def of(cls, head: Optional["ListNode"]) -> Optional["Cycle"]:
        slow: Optional[ListNode] = head
        fast: Optional[ListNode] = head
        while fast is not None and fast.next is not None:
            assert slow is not None
            slow, fast = slow.next, fast.next.next
            if slow is fast:
                return cls(slow)
        return None

    def start(self, head: "ListNode") -> "ListNode":
        node: ListNode = self.inside
        while head is not node:
            head, node = head.next, node.next
        return head

    def last(self, head: "ListNode") -> "ListNode":
        start: ListNode = self.start(head)
        node: ListNode = start
        while node.next is not start:
            node = node.next
        return node


def remove_cycle(head: Optional["ListNode"]) -> Optional["ListNode"]:
    if cycle := Cycle.of(head):
        cycle.last(head).next = None
    return head
