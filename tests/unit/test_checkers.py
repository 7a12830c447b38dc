"""The built-in checkers: what is right, what is wrong, what is said of it, and what is no answer at all."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.checkers import NotJson, check, exact, float_tolerance, unordered
from judge.interface import FloatTolerance, Interface, Unordered

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)


def interface(returns: str = "any", checker: Any = "exact") -> Interface:
    return Interface.model_validate({"function": "f", "returns": returns, "checker": checker})


def packed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


# ---- exact -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "output", "right"),
    [
        (1, 1, True), (1, 1.0, False), (1, True, False), (0, False, False), (0.0, 0, False), (0, None, False),
        ("1", 1, False), ([], {}, False), ([1, 2], [1, 2], True), ([1, 2], [2, 1], False), ([1], [1, 1], False),
        ([[1]], [[True]], False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True), ({"a": 1}, {"a": 1.0}, False),
        (0.0, -0.0, False), ("é", "e\u0301", False), (2**70, 2**70, True), (2**70, 2.0**70, False),
    ],
)  # fmt: skip
def test_exact_means_the_same_value_of_the_same_type(expected: Any, output: Any, right: bool):
    assert (exact(expected, output) is None) is right


@given(json_values)
def test_exact_accepts_every_value_as_itself(value: Any):
    assert exact(value, json.loads(json.dumps(value))) is None


@given(st.integers(0, 1), st.integers(1, 3))
def test_exact_never_takes_one_type_for_another_at_any_depth(number: int, depth: int):
    values: list[Any] = [number, float(number), bool(number)]
    for _ in range(depth):
        values = [[value] for value in values]
    for i, one in enumerate(values):
        for k, other in enumerate(values):
            assert (exact(one, other) is None) is (i == k)


@pytest.mark.parametrize(
    ("expected", "output", "said"),
    [
        (1, 2, "expected 1, got 2 (int)"),
        ([1, 2, 3], [1, 9, 3], "expected 2 at index 1, got 9"),
        ([1, 2, 3], [1, 2], "expected 3 elements, got 2"),
        ([1], [True], "expected 1 at index 0, got true"),
        ("a", None, 'expected "a", got null (none)'),
    ],
)
def test_a_difference_is_told_in_a_sentence(expected: Any, output: Any, said: str):
    assert exact(expected, output) == said


def test_a_long_value_is_cut_in_the_sentence():
    said = exact("x" * 10_000, "y" * 10_000)
    assert said
    assert len(said) < 400


# ---- unordered ---------------------------------------------------------------------------------------------------


@given(st.lists(json_values, max_size=6).flatmap(lambda values: st.tuples(st.just(values), st.permutations(values))))
def test_unordered_does_not_care_for_the_order(pair: tuple[list[Any], list[Any]]):
    assert unordered(Unordered())(*pair) is None


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=4), st.randoms(use_true_random=False))
def test_unordered_two_deep_does_not_care_for_the_order_one_level_down(values: list[list[int]], random: Any):
    mixed = [random.sample(value, len(value)) for value in random.sample(values, len(values))]
    assert unordered(Unordered(depth=2))(values, mixed) is None


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_unordered_counts(one: list[int], other: list[int]):
    assert (unordered(Unordered())(one, other) is None) is (sorted(one) == sorted(other))


@pytest.mark.parametrize(
    ("depth", "expected", "output", "right"),
    [
        (1, [1, 2], [2, 1], True), (1, [1, 2], [2, 1.0], False), (1, [1, 1, 2], [1, 2, 2], False),
        (1, [0], [False], False),
        (1, [[1, 2]], [[2, 1]], False), (2, [[1, 2]], [[2, 1]], True), (2, [[1, 2], [3]], [[3], [2, 1]], True),
        (2, [[[1, 2]]], [[[2, 1]]], False), (1, "ab", "ba", False), (1, [], [], True), (1, [1], 1, False),
        (1, [2**70, 1], [1, 2**70], True),
    ],
)  # fmt: skip
def test_unordered_by_example(depth: int, expected: Any, output: Any, right: bool):
    assert (unordered(Unordered(depth=depth))(expected, output) is None) is right  # type: ignore[arg-type]


# ---- tolerance ---------------------------------------------------------------------------------------------------

close = float_tolerance(FloatTolerance(absolute=1e-6, relative=1e-6))


@given(numbers, numbers)
def test_tolerance_is_symmetrical(one: float, other: float):
    assert (close(one, other) is None) == (close(other, one) is None)


@given(st.lists(numbers, max_size=5))
def test_tolerance_accepts_every_list_as_itself(values: list[float]):
    assert close(values, list(values)) is None


@pytest.mark.parametrize(
    ("expected", "output", "right"),
    [
        (1.0, 1, True), (1.0, 1.0000001, True), (1.0, 1.00001, False), (1e12, 1e12 + 1, True), (0.0, 1e-7, True),
        (0.0, 1e-5, False), ([1.0, 2.0], [1, 2], True), ([1.0], [1.0, 2.0], False), ([[0.5]], [[0.5000000001]], True),
        (1.0, True, False), (1.0, "1.0", False), (1.0, None, False), (1.0, [1.0], False), ("a", "a", True),
        (1e300, 10**300, True),
        (0.5, 10**400, False), (0.5, -(10**400), False), ([0.5], [10**400], False),
    ],
)  # fmt: skip
def test_tolerance_by_example(expected: Any, output: Any, right: bool):
    assert (close(expected, output) is None) is right


# ---- bytes in, verdict out ---------------------------------------------------------------------------------------


def test_equal_bytes_are_right_without_a_look_inside():
    assert check(interface("int"), b"not even json", b"not even json") is None


def test_layout_does_not_matter():
    assert check(interface("list[int]"), b"[1, 2]", b"[1,2]") is None


@pytest.mark.parametrize(
    ("returns", "output", "said"),
    [
        ("int", b"true", "the result is bool, not int"),
        ("int", b"1.0", "the result is float, not int"),
        ("list[int]", b'[1,"2"]', "the result[1] is str, not int"),
        ("list[int]", b"null", "the result is none, not list[int]"),
    ],
)
def test_another_type_than_declared_is_wrong_and_says_so(returns: str, output: bytes, said: str):
    assert check(interface(returns), b"[1]", output) == said


@pytest.mark.parametrize(
    "output",
    [b"", b" ", b"NaN", b"[Infinity]", b"-", b"{", b"[1,]", b"'a'", b'"\\ud800"', b'"\xff"', b"\0", b"1 2",
     b"[" * 100_000,
     b"1" * 100_000, b"\x80\x04\x95", b"01", b'{"a":1,}', b"1e999999"],
)  # fmt: skip
def test_what_is_no_json_is_no_answer(output: bytes):
    with pytest.raises(NotJson):
        check(interface(), b"1", output)


@pytest.mark.parametrize(
    "checker", ["exact", "unordered", "float", {"unordered": {"depth": 2}}, {"float": {"relative": 0.1}}, {}]
)
@given(output=st.binary(max_size=40))
def test_no_bytes_break_a_checker(checker: Any, output: bytes):
    try:
        said = check(interface(checker=checker), b"[1,2]", output)
    except NotJson:
        return
    assert said is None or isinstance(said, str)


@pytest.mark.parametrize("checker", ["exact", "unordered", "float", {"unordered": {"depth": 2}}])
def test_no_depth_breaks_a_checker(checker: Any):
    """Where the depth that can be decoded is not the depth that can be written again."""
    for depth in [*range(1, 20), *range(900, 1010)]:
        for output in (b"[" * depth + b"]" * depth, b"[1," + b"[" * depth + b"]" * depth + b"]"):
            with contextlib.suppress(NotJson):
                assert check(interface(checker=checker), b"[1]", output)


@pytest.mark.parametrize("checker", ["exact", "unordered", "float"])
@pytest.mark.parametrize(
    "number", [str(2**64), str(2**70), "-" + str(2**70), "1" + "0" * 400, "1" + "0" * 4_000, "1e308", "-0.0"]
)
def test_no_number_breaks_a_checker(checker: Any, number: str):
    for expected, output in (("[0.5]", f"[{number}]"), ("[0.5,1]", f"[1,{number}]"), ("0.5", number)):
        with contextlib.suppress(NotJson):
            assert check(interface(checker=checker), expected.encode(), output.encode())


@pytest.mark.parametrize(
    ("checker", "right", "wrong"),
    [
        ("exact", [1, 2], [2, 1]),
        ("unordered", [2, 1], [2, 2]),
        ("float", [1.0000000001, 2], [1.1, 2]),
        ({"unordered": {"depth": 1}}, [2, 1], [1]),
        ({"float": {"absolute": 0.5, "relative": 0}}, [1.4, 2.4], [1.6, 2]),
        ({}, [1, 2], [2, 1]),
    ],
)
def test_interface_yaml_chooses_the_checker(checker: Any, right: Any, wrong: Any):
    assert check(interface(checker=checker), b"[1,2]", packed(right)) is None
    assert check(interface(checker=checker), b"[1,2]", packed(wrong))
