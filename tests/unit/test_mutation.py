"""Mutants of a source: each operator makes its mistakes, one at a time, and what could never matter is left alone."""

import ast
from pathlib import Path

import pytest

from judge.mutation import mutants

ACCEPTED = sorted((Path(__file__).parents[2] / "problems").glob("*/submissions/accepted/*.py"))


def afters(source: str) -> set[str]:
    """What the changed lines say."""
    return {mutant.after for mutant in mutants(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"x = a <= b", "x = a >= b"}),
        ("x = a >= b", {"x = a > b", "x = a < b"}),
        ("x = a == b != c", {"x = a != b != c", "x = a == b == c"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a + b * c", {"x = a - b * c", "x = a + (b + c)"}),
        ("x = -a // b", {"x = -a * b", "x = a // b"}),
        ("x = not a", {"x = a"}),
        ("x = a and b and c", {"x = a or b or c", "x = b and c", "x = a and c", "x = a and b"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = 0.5", {"x = 1.5", "x = -0.5"}),
        ("x = True", {"x = False"}),
        ("x = None", {"x = 0"}),
        ("x = 'ab'", {"x = ''"}),
        ("x = ''", {"x = ' '"}),
        ("x = f(a, key=b)", {"x = f(a)"}),
        ("x = range(a, b)", {"x = range(a, b - 1)"}),
        ("x = a[i:j]", {"x = a[:j]", "x = a[i:]", "x = a[i + 1:j]", "x = a[i:j + 1]"}),
        ("x = [y for y in a if y]", {"x = [y for y in a if not (y)]"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = node.left if a else node.right", {
            "x = node.right if a else node.right", "x = node.left if a else node.left",
            "x = node.left if not (a) else node.right"}),
        ("x += a", {"pass", "x -= a"}),
        ("f(a)", {"pass"}),
        ("del a[b]", {"pass"}),
        ("for a in b: break", {"for a in b: continue", "for a in b: pass"}),
        ("def f(a):\n    if a:\n        return a\n    return a.b", {"if not (a):", "return None", "pass"}),
    ],
)  # fmt: skip
def test_an_operator_makes_its_mistakes(source: str, expected: set[str]):
    assert afters(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "import a",
        "from a import b as c",
        '"""A module\'s text, 1 < 2."""',
        "def f(a: 'int') -> 'list[1]':\n    '''Its text.'''",
        "@cache\nclass A(B):\n    __slots__ = ('a', 'b')",
        "x = f'{a}1'",
        "x = a",  # without it the name would be missing, which every test sees
        "self.x = a",
    ],
)
def test_what_cannot_matter_or_cannot_live_stays(source: str):
    assert not mutants(source)


def test_an_exception_loses_its_raise_but_not_its_message():
    assert afters("raise ValueError('no such pair')") == {"pass"}


def test_an_assignment_is_dropped_where_the_name_had_a_value_before():
    assert [(mutant.line, mutant.after) for mutant in mutants("x = a\nx = b")] == [(2, "pass")]
    assert afters("def f(x):\n    x = [y for y in g(x)]") == {"pass"}
    assert afters("a[b] = c") == {"pass"}


def test_a_name_has_its_twin_only_where_the_program_could_have_meant_it():
    assert "a.appendleft(b)" not in afters("a.append(b)")
    assert "a.appendleft(b)" in afters("a = deque()\na.append(b)")
    assert afters("x = a.left") == set()


def test_equal_mutants_count_once():
    """Dropping the constant's sign and changing it by one give the same -1 twice."""
    found = [ast.dump(ast.parse(mutant.source)) for mutant in mutants("x = 0\nx = -1\nif not (a < b):\n    x = 2\n")]
    assert len(found) == len(set(found))


def test_only_one_place_changes_and_the_rest_stays_as_it_was_written():
    source = (
        "def f(a):  # ä comment, and an ä before the code\n    s = 'ä';  b = a  +  1   # spaces stay\n    return b\n"
    )
    mutant = next(one for one in mutants(source) if "a - 1" in one.source)
    assert mutant.source == source.replace("a  +  1", "a - 1")
    assert (mutant.line, mutant.before) == (2, "s = 'ä';  b = a  +  1   # spaces stay")
    assert mutant.diff(source, "f.py").splitlines()[:2] == ["--- f.py", "+++ f.py (mutant)"]


def test_a_statement_over_several_lines_is_dropped_as_a_whole():
    assert "pass\ny = 1\n" in {mutant.source for mutant in mutants("f(\n    a,\n)\ny = 1\n")}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_every_mutant_of_a_real_solution_compiles_and_differs(path: Path):
    source = path.read_text(encoding="utf-8")
    found = mutants(source)
    trees = {ast.dump(ast.parse(mutant.source)) for mutant in found}
    assert len(trees) == len(found) > 0
    assert ast.dump(ast.parse(source)) not in trees
