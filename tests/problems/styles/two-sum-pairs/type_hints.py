"""All pairs of values with a given sum, as a set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]


def _ordered(first: int, second: int) -> Pair:
    return (first, second) if first <= second else (second, first)


def find_pairs(arr: Iterable[int], target: int) -> set[Pair]:
    seen: set[int] = set()
    pairs: set[Pair] = set()
    for number in arr:
        if (partner := target - number) in seen:
            pairs.add(_ordered(number, partner))
        seen.add(number)
    return pairs
