"""interface.yaml: its types, what fits them, and what is said of what does not."""

import pytest
from pydantic import ValidationError

from judge.interface import Interface, type_name, why_not

FUNCTION = {
    "function": "two_words",
    "parameters": [{"name": "words", "type": "list[str]"}, {"name": "k", "type": "int"}],
    "returns": "list[list[int]]",
}
CLASS = {
    "class": "Cache",
    "constructor": [{"name": "size", "type": "int"}],
    "methods": {
        "get": {"parameters": [{"name": "key", "type": "int"}], "returns": "int"},
        "clear": {},
    },
}


def interface(**changes: object) -> Interface:
    return Interface.model_validate({**FUNCTION, **changes})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", 1), ("int", -(10**30)), ("float", 1.5), ("float", 1), ("str", ""), ("bool", True), ("none", None),
        ("any", {"a": []}), ("list[int]", []), ("list[list[str]]", [[], ["a"]]), ("list[any]", [1, "a", None]),
    ],
)  # fmt: skip
def test_a_value_of_the_type_fits(kind: str, value: object):
    assert why_not(kind, value, "it") is None


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("int", True, "it is bool, not int"),
        ("int", 1.0, "it is float, not int"),
        ("bool", 1, "it is int, not bool"),
        ("float", True, "it is bool, not float"),
        ("str", None, "it is none, not str"),
        ("none", 0, "it is int, not none"),
        ("list[int]", "12", "it is str, not list[int]"),
        ("list[int]", {"0": 1}, "it is dict, not list[int]"),
        ("list[int]", [1, 2, "3"], "it[2] is str, not int"),
        ("list[list[int]]", [[1], [2, None]], "it[1][1] is none, not int"),
    ],
)
def test_another_value_is_refused_at_the_first_place_that_does_not_fit(kind: str, value: object, reason: str):
    assert why_not(kind, value, "it") == reason


@pytest.mark.parametrize("kind", ["integer", "list", "list[]", "list[int", "List[int]", "dict", "", "list[list[x]]"])
def test_an_unknown_type_is_refused_with_those_there_are(kind: str):
    with pytest.raises(ValidationError, match=r"unknown type .*there is: int, float, .*list_node, .*optional"):
        interface(returns=kind)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "either 'function' or 'class'"),
        ({"function": "f", "class": "C", "methods": {"m": {}}}, "either 'function' or 'class'"),
        ({"class": "C"}, "a class needs 'methods'"),
        ({"class": "C", "methods": {"m": {}}, "parameters": [{"name": "a", "type": "int"}]}, "named 'constructor'"),
        ({"function": "f", "methods": {"m": {}}}, "belong to a class"),
        ({"function": "f", "constructor": [{"name": "a", "type": "int"}]}, "belong to a class"),
        ({"function": "two words"}, "pattern"),
        ({"function": "_hidden"}, "pattern"),
        ({"function": "f", "checker": "fuzzy"}, "exact"),
        ({"function": "f", "checker": {"float": {"absolute": -1}}}, "greater than or equal to 0"),
        ({"function": "f", "checker": {"float": {"precison": 1}}}, "Extra inputs"),
        ({"function": "f", "checker": {"unordered": {"depth": 3}}}, "1 or 2"),
        ({"function": "f", "retuns": "int"}, "Extra inputs"),
    ],
)
def test_an_interface_that_makes_no_sense_is_refused(data: dict[str, object], reason: str):
    with pytest.raises(ValidationError, match=reason):
        Interface.model_validate(data)


def test_the_box_is_told_names_and_numbers_and_no_more():
    function = {"kind": "function", "name": "two_words", "parameters": ["list[str]", "int"]}
    assert interface().entries == [{**function, "returns": "list[list[int]]"}]
    methods = {"get": {"parameters": ["int"], "returns": "int"}, "clear": {"parameters": [], "returns": "none"}}
    assert Interface.model_validate(CLASS).entries == [
        {"kind": "class", "name": "Cache", "parameters": ["int"], "methods": methods}
    ]


def test_people_are_shown_stubs():
    assert interface().signature == "def two_words(words: list[str], k: int) -> list[list[int]]: ..."
    assert Interface.model_validate(CLASS).signature == (
        "class Cache:\n    def __init__(self, size: int) -> None: ...\n"
        "    def get(self, key: int) -> int: ...\n    def clear(self) -> None: ..."
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([["a"], 1], None),
        ({"words": []}, "the input must be a JSON array"),
        ([], "two_words takes 2 arguments (words, k), not 0"),
        ([["a"], 1, 2], "two_words takes 2 arguments (words, k), not 3"),
        ([["a"], "1"], "two_words: k is str, not int"),
        ([[1], 1], "two_words: words[0] is int, not str"),
    ],
)
def test_the_input_of_a_function_is_its_arguments(value: object, reason: str | None):
    assert interface().why_not_input(value) == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([["Cache", 1]], None),
        ([["Cache", 1], ["get", 2], ["clear"]], None),
        ([], "the first operation must construct Cache"),
        ("Cache", "the input must be a JSON array"),
        ([[]], "operation 0 must be an array that begins with a name"),
        (["Cache"], "operation 0 must be an array that begins with a name"),
        ([[1]], "operation 0 must be an array that begins with a name"),
        ([["cache", 1]], "operation 0 is 'cache'; it must be Cache"),
        ([["get", 1]], "operation 0 is 'get'; it must be Cache"),
        ([["Cache"]], "operation 0, Cache takes 1 arguments (size), not 0"),
        ([["Cache", 1], ["Cache", 1]], "operation 1 is 'Cache'; it must be get or clear"),
        ([["Cache", 1], ["put", 1]], "operation 1 is 'put'; it must be get or clear"),
        ([["Cache", 1], ["get", "1"]], "operation 1, get: key is str, not int"),
        ([["Cache", 1], ["clear", 1]], "operation 1, clear takes 0 arguments (), not 1"),
    ],
)
def test_the_input_of_a_class_is_its_operations(value: object, reason: str | None):
    assert Interface.model_validate(CLASS).why_not_input(value) == reason


def test_a_result_is_checked_against_its_type():
    assert interface().why_not_output([[1], []]) is None
    assert interface().why_not_output([["1"]]) == "the result[0][0] is str, not int"
    assert Interface.model_validate(CLASS).why_not_output({}) == "the results are dict, not a list"


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "none"), ({}, "dict"), ([], "list"), (True, "bool"), (1, "int"), (1.5, "float"), ("", "str")],
)
def test_types_are_named_as_interface_yaml_writes_them(value: object, name: str):
    assert type_name(value) == name
