"""Is this output right? Built-in checkers over JSON values; equal bytes are right without a look inside.

A checker takes (expected, output) as decoded JSON and returns None when the output is right, or a sentence for the
author of the solution (shown for samples only). To add one: a function here, its options in judge/interface.py.
"""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from judge.interface import FloatTolerance, Interface, Unordered
from judge.value_types import type_name

Checker = Callable[[Any, Any], str | None]

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="deterministic").encode
_LONGEST_SHOWN = 120


class NotJson(Exception):
    """The output is no JSON value: not a wrong answer but a broken reply."""


def check(interface: Interface, expected: bytes, output: bytes) -> str | None:
    """None when the output is right, else why not. Raises NotJson for bytes that are no JSON."""
    if expected == output:
        return None
    value = _value(output)
    try:
        return interface.why_not_output(value) or checker_of(interface)(_decode(expected), value)
    except RecursionError:
        return "the result is nested too deeply to be compared"


def why_not_output(interface: Interface, output: bytes) -> str | None:
    """None when the output has the declared type, else what it has instead. Raises NotJson."""
    return interface.why_not_output(_value(output))


def _value(output: bytes) -> Any:
    try:
        return _decode(output)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise NotJson(str(exc)) from exc


def checker_of(interface: Interface) -> Checker:
    """The checker that interface.yaml names, with its options."""
    chosen = interface.checker
    if chosen == "exact":
        return exact
    if chosen == "unordered":
        return unordered(Unordered())
    if chosen == "float":
        return float_tolerance(FloatTolerance())
    assert not isinstance(chosen, str)
    if chosen.unordered:
        return unordered(chosen.unordered)
    return float_tolerance(chosen.float) if chosen.float else exact


def exact(expected: Any, output: Any) -> str | None:
    """The same value of the same type: 1, 1.0 and true are three values."""
    return None if _same(expected, output) else _difference(expected, output)


def unordered(options: Unordered) -> Checker:
    """The same elements, as often, in any order."""

    def compare(expected: Any, output: Any) -> str | None:
        if not isinstance(output, list) or not isinstance(expected, list):
            return exact(expected, output)
        if _bag(expected, options.depth) == _bag(output, options.depth):
            return None
        return _difference(expected, output, "in any order ")

    return compare


def float_tolerance(options: FloatTolerance) -> Checker:
    """Numbers within the absolute or the relative tolerance, at any depth; all else exactly. NaN equals nothing."""

    def close(expected: Any, output: Any) -> bool:
        if isinstance(expected, list) and isinstance(output, list):
            pairs = zip(expected, output, strict=False)
            return len(expected) == len(output) and all(close(*pair) for pair in pairs)
        if _is_number(expected) and _is_number(output):
            try:
                return math.isclose(expected, output, rel_tol=options.relative, abs_tol=options.absolute)
            except OverflowError:  # an integer beyond all floats
                return bool(expected == output)
        return _same(expected, output)

    return lambda expected, output: None if close(expected, output) else _difference(expected, output)


def _same(one: Any, other: Any) -> bool:
    """Equality that tells types apart. The canonical text does: 1, 1.0 and true are written differently."""
    return one == other and _encode(one) == _encode(other)


def _bag(values: list[Any], depth: int) -> Counter[Any]:
    def key(value: Any) -> Any:
        if depth > 1 and isinstance(value, list):
            return tuple(sorted(_encode(item) for item in value))
        return _encode(value)

    return Counter(map(key, values))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _difference(expected: Any, output: Any, how: str = "") -> str:
    """Where the two first differ, in a sentence."""
    if isinstance(expected, list) and isinstance(output, list) and not how:
        for index, pair in enumerate(zip(expected, output, strict=False)):
            if not _same(*pair):
                return f"expected {_short(pair[0])} at index {index}, got {_short(pair[1])}"
        return f"expected {len(expected)} elements, got {len(output)}"
    return f"expected {how}{_short(expected)}, got {_short(output)} ({type_name(output)})"


def _short(value: Any) -> str:
    text = _encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
