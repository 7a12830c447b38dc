"""The format's default output validator for whole programs: the same tokens, letter case and spacing disregarded.

Options, as in output_validator_args: case_sensitive, space_change_sensitive, float_tolerance E,
float_absolute_tolerance E, float_relative_tolerance E. With a tolerance, a token of the answer that is a number may be
missed by that much. Source: ICPC/Kattis problem package format, 2025-09, "Default output validator".
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_FLAGS = ("case_sensitive", "space_change_sensitive")
_TOLERANCES = ("float_tolerance", "float_absolute_tolerance", "float_relative_tolerance")
_PIECES = re.compile(rb"\s+|\S+")
_LONGEST_SHOWN = 60


class Options(NamedTuple):
    """How strictly an output is compared; a tolerance of None: numbers are text like any other."""

    case_sensitive: bool = False
    space_change_sensitive: bool = False
    absolute: float | None = None
    relative: float | None = None


def parse(arguments: Sequence[str]) -> Options:
    """The options of a case. Raises ValueError for what the default validator does not know."""
    given: dict[str, bool] = {}
    tolerances: dict[str, float] = {}
    rest = iter(arguments)
    for name in rest:
        if name in _FLAGS:
            given[name] = True
        elif name in _TOLERANCES:
            tolerances[name] = _tolerance(name, next(rest, ""))
        else:
            raise ValueError(f"unknown argument {name!r}; there is: {', '.join(_FLAGS + _TOLERANCES)}")
    both = tolerances.get("float_tolerance")
    return Options(
        absolute=tolerances.get("float_absolute_tolerance", both),
        relative=tolerances.get("float_relative_tolerance", both),
        **given,
    )


def _tolerance(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} needs a number from 0 up, not {text!r}")
    return value


def compare(answer: bytes, output: bytes, options: Options) -> str | None:
    """None when the output is right, else where it first differs, in a sentence."""
    if answer == output:
        return None
    split = _PIECES.findall if options.space_change_sensitive else bytes.split
    expected, given = split(answer), split(output)
    for place, (wanted, token) in enumerate(zip(expected, given, strict=False), 1):
        if not _same(wanted, token, options):
            return f"token {place} is {_short(token)}, not {_short(wanted)}"
    if len(expected) == len(given):
        return None
    return f"{len(given)} tokens, not {len(expected)}"


def _same(wanted: bytes, token: bytes, options: Options) -> bool:
    if wanted == token or (not options.case_sensitive and wanted.lower() == token.lower()):
        return True
    if options.absolute is None and options.relative is None:
        return False
    try:
        expected, value = float(wanted), float(token)
    except ValueError:
        return False
    error = abs(expected - value)
    within = (options.absolute is not None and error <= options.absolute) or (
        options.relative is not None and error <= options.relative * abs(expected)
    )
    return within and error < float("inf")


def _short(token: bytes) -> str:
    text = repr(token.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
