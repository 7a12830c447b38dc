"""A sample counts as shown when the statement holds its values, in whatever form, near each other and in order."""

from pathlib import Path
from typing import Any

import pytest

from judge.shown import is_shown, values

PAIR = b"[[2, 7], 9]", b"[0, 1]"
CALLS = b'[["Cache",2],["put",1,10],["get",1],["get",2]]', b"[null,null,10,-1]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nums = [2,7], target = -9", [[2, 7], -9]),
        ('`None`, null, True, false, 1.5, \'a\', "b\\"c"', [None, None, True, False, 1.5, "a", 'b"c']),
        ("(1, 2) and {'a': [1]}", [[1, 2], {"a": [1]}]),
        ("put(1, [2]) → 3", [["put", 1, [2]], 1, [2], 3]),
        ("| 3 → 1 → 4 |", [[3, 1, 4], 3, 1, 4]),
        ("3 -> 1 -> back to 3", [{"values": [3, 1], "cycle": 0}, 3, 1, 3]),
        ("5 → back to 5", [{"values": [5], "cycle": 0}, 5, 5]),
        ("f() gives []", [["f"], []]),
        ("\N{MINUS SIGN}1 is a number", [-1]),
        ("[a link](https://example.org/1)", [1]),
        ("an open [ bracket 5", [5]),
        ("", []),
    ],
)
def test_it_finds_values_as_json_and_as_python(text: str, expected: list[Any]):
    assert list(values(text)) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "| 1 | `[2, 7]` | `9` | `[0, 1]` |",
        "Input:\n\n```\nnums = [2,7], target = 9\n```\n\nOutput:\n\n```\n[0, 1]\n```\n",
        "`two_sum([2, 7], 9)` returns `[0, 1]`.",
        "With `[[2,7],9]` the result is `(0, 1)`.",
    ],
)
def test_a_function_s_sample_is_shown(statement: str):
    assert is_shown(statement, *PAIR, "function")


@pytest.mark.parametrize(
    "statement",
    [
        "`two_sum([2, 7], 9)` returns `[1, 0]`.",
        "`two_sum([2, 8], 9)` returns `[0, 1]`.",
        "`[2, 7]`, `[0, 1]`",
        "<svg><text>[2, 7]</text><text>9</text><text>[0, 1]</text></svg>",
        "`[2, 7]` and `9`" + "\n\nand a paragraph" * 9 + "\n\n`[0, 1]`",
    ],
)
def test_other_values_or_far_apart_are_not_the_sample(statement: str):
    assert not is_shown(statement, *PAIR, "function")


def test_true_is_not_one():
    assert not is_shown("`f(1)` is `1`", b"[true]", b"true", "function")
    assert is_shown("`f(True)` is `true`", b"[true]", b"true", "function")


def test_a_session_is_shown_as_a_table_of_calls():
    rows = "| `put(1, 10)` | |\n| `get(1)` | `10` |\n| `get(2)` | `-1` |"
    assert is_shown(f"A cache of capacity 2:\n\n{rows}", *CALLS, "class")
    assert is_shown(f"`{CALLS[0].decode()}` gives `{CALLS[1].decode()}`", *CALLS, "class")
    assert not is_shown(rows.replace("get(2)", "get(3)"), *CALLS, "class")
    assert not is_shown(rows.replace("`10`", "`11`"), *CALLS, "class")
    assert not is_shown("\n".join(reversed(rows.splitlines())), *CALLS, "class")


def test_a_program_s_sample_is_its_text():
    statement = "## Sample\n\n```\n3\n1  2 3\n```\n\nprints\n\n```\n6\n```\n"
    assert is_shown(statement, b"3\n1 2 3\n", b"6\n", "stdio")
    assert not is_shown(statement, b"3\n1 2 4\n", b"6\n", "stdio")


def test_the_packages_samples_are_shown():
    """On the real texts, so that what this finds is what people read."""
    root = Path(__file__).parents[2] / "problems" / "two-sum"
    statement = (root / "statement" / "problem.en.md").read_text(encoding="utf-8")
    for path in (root / "data" / "sample").glob("*.in"):
        assert is_shown(statement, path.read_bytes(), path.with_suffix(".ans").read_bytes(), "function")
