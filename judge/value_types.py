"""The types of interface.yaml: which there are, and whether a value in JSON is of one.

A type is checked exactly: True is no int, 1 is no bool; an int will do where a float is wanted. What JSON has no word
for is written in a form of its own (docs/author.md); judge/inside/typed.py turns it into the value and back.
"""

import base64
import re
from collections.abc import Callable
from typing import Any

_LIST, _OPTIONAL, _NODE_OF = (
    re.compile(r"list\[(.+)\]"),
    re.compile(r"optional\[(.+)\]"),
    re.compile(r"node_of\[(\w+)\]"),
)
_TAGGED_FLOATS = ("nan", "inf", "-inf")

Fits = Callable[[Any], bool]


def _is_float(value: Any) -> bool:
    tagged = type(value) is dict and value.keys() == {"float"} and value["float"] in _TAGGED_FLOATS
    return type(value) in (float, int) or tagged


def _is_list_node(value: Any) -> bool:
    if type(value) is not dict:
        return type(value) is list
    values, cycle = value.get("values"), value.get("cycle")
    return (
        value.keys() == {"values", "cycle"} and type(values) is list and type(cycle) is int and 0 <= cycle < len(values)
    )


def _is_tree_node(value: Any) -> bool:
    """Every value but the root's hangs on a parent that is there: two places a node, level by level."""
    if type(value) is not list:
        return False
    places = 1
    for item in value:
        places -= 1
        if places < 0:
            return False
        places += 2 * (item is not None)
    return not value or value[0] is not None


def _is_nested_list(value: Any) -> bool:
    if type(value) is dict and value.keys() == {"flat"}:
        return type(value["flat"]) is list and _are_balanced(value["flat"])
    level = [value]
    while level:
        if not all(
            type(item) is not dict or (item.keys() == {"tuple"} and type(item["tuple"]) is list) for item in level
        ):
            return False
        inner = (item["tuple"] if type(item) is dict else item for item in level if type(item) in (dict, list))
        level = [child for items in inner for child in items]
    return type(value) is list


def _are_balanced(tokens: list[Any]) -> bool:
    """One list, brackets in pairs, texts only as {"str": text}."""
    open_brackets: list[str] = []
    for place, token in enumerate(tokens):
        if place and not open_brackets:
            return False
        if token in ("[", "("):
            open_brackets.append(token)
        elif token in ("]", ")"):
            if not open_brackets or open_brackets.pop() != {"]": "[", ")": "("}[token]:
                return False
        elif type(token) in (str, list) or (type(token) is dict and not _is_text(token)):
            return False
    return not open_brackets and tokens[:1] == ["["]


def _is_text(token: dict[str, Any]) -> bool:
    return token.keys() == {"str"} and type(token["str"]) is str


def _is_node_index(value: Any) -> bool:
    return value is None or type(value) is int


def _is_base64(value: Any) -> bool:
    try:
        return type(value) is str and base64.b64decode(value, validate=True) is not None
    except ValueError:
        return False


_ATOMS: dict[str, Fits] = {
    "int": lambda value: type(value) is int,
    "float": _is_float,
    "str": lambda value: type(value) is str,
    "bool": lambda value: type(value) is bool,
    "none": lambda value: value is None,
    "any": lambda value: True,
    "bytes": _is_base64,
    "list_node": _is_list_node,
    "tree_node": _is_tree_node,
    "nested_list": _is_nested_list,
}


def known_type(text: str) -> str:
    """The type's text, if there is such a type. Raises ValueError with those there are."""
    inner = text
    while match := _LIST.fullmatch(inner) or _OPTIONAL.fullmatch(inner):
        inner = match[1]
    if inner not in _ATOMS and not _NODE_OF.fullmatch(inner):
        raise ValueError(
            f"unknown type {text!r}; there is: {', '.join(_ATOMS)}, list[...], optional[...], node_of[parameter]"
        )
    return text


def node_parameter(type_text: str) -> str | None:
    """Of node_of[head]: head. None for any other type."""
    match = _NODE_OF.fullmatch(type_text)
    return match[1] if match else None


def why_not(type_text: str, value: Any, what: str) -> str | None:
    """None when the value has that type, else a sentence that names the first place where it has not."""
    if match := _OPTIONAL.fullmatch(type_text):
        return None if value is None else why_not(match[1], value, what)
    if match := _LIST.fullmatch(type_text):
        if not isinstance(value, list):
            return f"{what} is {type_name(value)}, not {type_text}"
        fits_all = _ATOMS.get(match[1])
        if fits_all and all(map(fits_all, value)):  # most lists are long, flat and right
            return None
        reasons = (why_not(match[1], item, f"{what}[{index}]") for index, item in enumerate(value))
        return next((reason for reason in reasons if reason), None)
    fits = _is_node_index if _NODE_OF.fullmatch(type_text) else _ATOMS[type_text]
    return None if fits(value) else f"{what} is {type_name(value)}, not {type_text}"


def type_name(value: Any) -> str:
    """The name of a JSON value's type, as interface.yaml would write it."""
    return "none" if value is None else "dict" if isinstance(value, dict) else type(value).__name__
