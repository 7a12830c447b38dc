"""Values that JSON has no word for: linked lists with cycles, trees, deep nested lists, bytes, infinite floats.

Each type of interface.yaml that is more than JSON has a decoder (from a case's JSON to the argument) and an encoder
(from the result to JSON). None recurses, so a chain 100,000 nodes deep is like any other; the flat forms are described
in docs/author.md. What an encoder makes of a hostile solution's object is the worker's to doubt.
"""

import binascii
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Codec = Callable[[Any], Any]
_DEEPEST_NESTED = 64  # a deeper nested list is written flat: no reader of JSON need recurse for it


class ListNode:
    """A node of a singly linked list, as interview sites give it. Two slots only: a mark on a node is memory too."""

    __slots__ = ("next", "val")

    def __init__(self, val: Any = 0, next: "ListNode | None" = None) -> None:
        self.val, self.next = val, next


class TreeNode:
    """A node of a binary tree, as interview sites give it."""

    __slots__ = ("left", "right", "val")

    def __init__(self, val: Any = 0, left: "TreeNode | None" = None, right: "TreeNode | None" = None) -> None:
        self.val, self.left, self.right = val, left, right


def decoder(type_text: str) -> Codec | None:
    """What turns the JSON of this type into the value; None where the JSON is the value."""
    return _find(type_text, _DECODERS)


def encoder(type_text: str) -> Codec | None:
    """What turns a result of this type into what JSON can hold; None where it can hold it as it is."""
    return _find(type_text, _ENCODERS)


def _find(type_text: str, known: dict[str, Codec]) -> Codec | None:
    outer, _, inner = type_text.partition("[")
    if not inner or outer == "node_of":
        return known.get(outer)
    codec = _find(inner[:-1], known)
    if codec is None:
        return None
    if outer == "optional":
        return lambda value: None if value is None else codec(value)
    return lambda values: [codec(value) for value in values]


def node_index(nodes: list[ListNode], node: Any) -> int | None:
    """Which of the nodes this is: its index, None for None, -1 for a stranger."""
    if node is None:
        return None
    return next((index for index, one in enumerate(nodes) if one is node), -1)


def first_nodes(head: Any, count: int) -> list[ListNode]:
    """So many nodes of a linked list, in order."""
    nodes = list[ListNode]()
    for _ in range(count):
        nodes.append(head)
        head = head.next
    return nodes


def _decode_list(value: Any) -> ListNode | None:
    """The head of a linked list: [1,2,3], or {"values": [1,2,3], "cycle": 1} where the last leads back to index 1."""
    values, cycle = (value["values"], value["cycle"]) if isinstance(value, dict) else (value, None)
    nodes = [ListNode(one) for one in values]
    for node, following in itertools.pairwise(nodes):
        node.next = following
    if cycle is not None:
        nodes[-1].next = nodes[cycle]
    return nodes[0] if nodes else None


def _encode_list(head: Any) -> Any:
    """A list that runs into itself is written with the index where it does.

    Found with two pointers and not with a set, whose memory would be taken for the solution's.
    """
    start, length = _cycle(head)
    values: list[Any] = []
    node = head
    while node is not None and (not length or len(values) < start + length):
        values.append(node.val)
        node = node.next
    return {"values": values, "cycle": start} if length else values


def _cycle(head: Any) -> tuple[int, int]:
    """(index of the first node of the cycle, its length); a length of 0 where there is none. Source: Floyd's method."""
    slow = fast = head
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            break
    else:
        return 0, 0
    start, slow = 0, head
    while slow is not fast:
        slow, fast, start = slow.next, fast.next, start + 1
    length, fast = 1, slow.next
    while fast is not slow:
        fast, length = fast.next, length + 1
    return start, length


def _decode_tree(values: list[Any]) -> TreeNode | None:
    """From the values level by level, None for a child that is missing; the children of a missing one are left out."""
    if not values:
        return None
    rest = iter(values)
    level = [TreeNode(next(rest))]
    root = level[0]
    for node in level:  # grows while it is walked
        for side in ("left", "right"):
            value = next(rest, None)
            if value is not None:
                child = TreeNode(value)
                setattr(node, side, child)
                level.append(child)
    return root


def _encode_tree(root: Any) -> list[Any]:
    nodes: list[Any] = [] if root is None else [root]
    values: list[Any] = []
    for node in nodes:  # grows while it is walked
        if node is None:
            values.append(None)
            continue
        values.append(node.val)
        nodes += node.left, node.right
    while values and values[-1] is None:
        values.pop()
    return values


def _encode_nested(value: Any) -> Any:
    marks = list(_marks(value))
    depth = deepest = 0
    for mark in marks:
        if type(mark) is str:
            depth += 1 if mark in "[(" else -1
            deepest = max(deepest, depth)
    if deepest > _DEEPEST_NESTED:
        return {"flat": marks}
    return _from_marks(marks, lambda items: {"tuple": items})


def _marks(value: Any) -> Iterator[Any]:
    """The value as a flat row: brackets, values, and {"str": text} for a text, which could be taken for a bracket."""
    stack: list[tuple[str, Iterator[Any]]] = [("", iter([value]))]
    while stack:
        end, rest = stack[-1]
        for item in rest:
            if isinstance(item, (list, tuple)):
                opening, closing = ("(", ")") if isinstance(item, tuple) else ("[", "]")
                yield opening
                stack.append((closing, iter(item)))
                break
            yield {"str": item} if isinstance(item, str) else item
        else:
            stack.pop()
            if end:
                yield end


def _from_marks(marks: Iterable[Any], make_tuple: Callable[[list[Any]], Any] = tuple) -> Any:
    stack: list[list[Any]] = [[]]
    for mark in marks:
        if mark == "[" or mark == "(":
            stack.append([])
        elif mark == "]" or mark == ")":
            items = stack.pop()
            stack[-1].append(items if mark == "]" else make_tuple(items))
        else:
            stack[-1].append(mark["str"] if type(mark) is dict else mark)
    return stack[0][0]


def _encode_bytes(value: Any) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def tag_float(value: float) -> dict[str, str]:
    """An infinite float, or none at all, in JSON."""
    return {"float": "nan" if value != value else "inf" if value > 0 else "-inf"}


def revive(found: dict[str, Any]) -> Any:
    """For json's object_hook: the value that an object of one key stands for, any other object as it is."""
    if len(found) == 1:
        for key, value in found.items():
            if key in _REVIVED:
                return _REVIVED[key](value)
    return found


def tag_floats(value: Any) -> Any:
    """The value with every float that JSON cannot hold tagged, at any depth of lists."""
    if isinstance(value, float) and value - value != 0:
        return tag_float(value)
    return [tag_floats(item) for item in value] if isinstance(value, (list, tuple)) else value


_DECODERS: dict[str, Codec] = {
    "list_node": _decode_list,
    "tree_node": _decode_tree,
    "bytes": binascii.a2b_base64,
}
_ENCODERS: dict[str, Codec] = {
    "list_node": _encode_list,
    "tree_node": _encode_tree,
    "nested_list": _encode_nested,
    "bytes": _encode_bytes,
}
_REVIVED: dict[str, Codec] = {"float": float, "tuple": tuple, "flat": _from_marks}
