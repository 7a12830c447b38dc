"""Autocompletion with a bounded list of suggestions for every prefix."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

MOST_SUGGESTIONS: int = 10


class Suggestion(NamedTuple):
    rank: int
    word: str


class Trie:
    def __init__(self) -> None:
        self._totals: dict[str, int] = {}
        self._suggestions: dict[str, list[Suggestion]] = {}

    def insert(self, word: str, frequency: int = 1) -> None:
        old = self._totals.get(word, 0)
        self._totals[word] = new = old + frequency
        for prefix in self._prefixes(word):
            listed = self._suggestions.setdefault(prefix, [])
            outdated = Suggestion(-old, word)
            if outdated in listed:
                listed.remove(outdated)
            insort(listed, Suggestion(-new, word))
            del listed[MOST_SUGGESTIONS:]

    def autocomplete(self, prefix: str, k: int) -> Iterator[str]:
        """Yields the best words one by one."""
        return (suggestion.word for suggestion in islice(self._suggestions.get(prefix, ()), k))

    @staticmethod
    def _prefixes(word: str) -> Iterator[str]:
        return (word[:end] for end in range(len(word) + 1))
