"""A trie whose nodes count how many words end in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(slots=True)
class Node:
    children: dict[str, Node] = field(default_factory=dict)
    ending: int = 0


class Trie:
    def __init__(self) -> None:
        self._root: Final[Node] = Node()

    def insert(self, word: str) -> None:
        node: Node = self._root
        for letter in word:
            node = node.children.setdefault(letter, Node())
        node.ending += 1

    def search(self, word: str) -> bool:
        return (node := self._walk(word)) is not None and node.ending > 0

    def starts_with(self, prefix: str) -> bool:
        return self._walk(prefix) is not None

    def _walk(self, path: str) -> Node | None:
        node: Node | None = self._root
        for letter in path:
            if (node := node.children.get(letter)) is None:
                return None
        return node
