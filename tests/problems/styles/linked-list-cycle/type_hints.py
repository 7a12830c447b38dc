from __future__ import annotations

from collections.abc import Iterator
from itertools import islice


def has_cycle(head: ListNode | None) -> bool:
    fast: Iterator[ListNode] = islice(walk(head), 1, None, 2)
    return any(slow is ahead for slow, ahead in zip(walk(head), fast))


def walk(node: ListNode | None) -> Iterator[ListNode]:
    while node is not None:
        yield node
        node = node.next
