"""Is a sample shown in the statement? Finds the values that a Markdown text shows, however they are written.

A value may stand in a table's cell, a fenced block or a sentence, as JSON or as Python: `[2, 7]`, `nums = [2,7]`,
`None`, `put(1, 10)`, a linked list also as 3 → 1 → back to 3. A sample is shown where a few neighbouring blocks hold
all of its arguments and its answer; of a class, its calls in their order, each with what it returns right behind (the
constructor may be put in words); of a program, its texts.

Does not promise that the example is explained, nor that it stands beside the right words.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

_NEIGHBOURS = 4  # "Input:", a block, "Output:", a block
_TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<open>[\[({])|(?P<close>[\])}])|(?P<other>\S)"""
)
_SCALAR = r"""(?:-?\d+|"[^"\n]*"|'[^'\n]*')"""
_ARROW = r"\s*(?:→|->)\s*"
_CHAIN = re.compile(
    rf"(?P<ring>{_SCALAR}(?:{_ARROW}{_SCALAR})*){_ARROW}back to\s*(?P<target>{_SCALAR})"
    rf"|(?P<list>{_SCALAR}(?:{_ARROW}{_SCALAR})+)"
)
_WORDS = {"true": "True", "false": "False", "null": "None"}
_encode = msgspec.json.Encoder(order="deterministic").encode


def is_shown(statement: str, given: bytes, answer: bytes, kind: str) -> bool:
    """Whether the statement shows this sample. `kind`: function, class or stdio."""
    blocks = _blocks(statement)
    windows = ["\n".join(blocks[start : start + _NEIGHBOURS]) for start in range(len(blocks))]
    if kind == "stdio":
        texts = [_plain(data.decode("utf-8", "replace")) for data in (given, answer)]
        return any(all(text in _plain(window) for text in texts) for window in windows)
    wanted, result = msgspec.json.decode(given), msgspec.json.decode(answer)
    if kind == "class":
        return any(_shows_calls(list(values(window)), wanted, result) for window in windows)
    return any(_shows_arguments(list(values(window)), wanted, result) for window in windows)


def values(text: str) -> Iterator[Any]:
    """The values in a text: drawn lists, then all others, outermost ones only, in their order.

    A call `f(1, 2)` is ["f", 1, 2], then 1 and 2.
    """
    text = text.replace("\N{MINUS SIGN}", "-")
    yield from _chains(text)
    tokens = list(_TOKEN.finditer(text))
    place = 0
    while place < len(tokens):
        end = _end(tokens, place)
        called = tokens[place]["name"] and end == place + 1 and end < len(tokens) and tokens[end][0] == "("
        if called and (arguments := _literal(tokens[end : _end(tokens, end)], as_list=True)):
            yield [tokens[place][0], *arguments[0]]
            yield from arguments[0]
            end = _end(tokens, end)
        elif literal := _literal(tokens[place:end]):
            yield literal[0]
        elif tokens[place]["open"]:
            end = place + 1  # no value as a whole, but there may be some inside
        place = end


def _chains(text: str) -> Iterator[Any]:
    """Linked lists as people draw them."""
    for chain in _CHAIN.finditer(text):
        members = [ast.literal_eval(one) for one in re.findall(_SCALAR, chain["ring"] or chain["list"])]
        if chain["ring"]:
            target = ast.literal_eval(chain["target"])
            yield from ({"values": members, "cycle": at} for at, one in enumerate(members) if one == target)
        else:
            yield members


def _shows_arguments(shown: list[Any], arguments: list[Any], answer: Any) -> bool:
    texts = [_encode(value) for value in shown]
    parts = all(_encode(value) in texts for value in arguments) or _encode(arguments) in texts
    return parts and _encode(answer) in texts


def _shows_calls(shown: list[Any], operations: list[Any], answers: Any) -> bool:
    """As one list each, as the data has them, or as calls in this order with what each returns right behind it."""
    texts = [_encode(value) for value in shown]
    if _encode(operations) in texts and _encode(answers) in texts:
        return True
    pairs = iter(list(_calls(shown)))
    wanted = zip(operations[1:], answers[1:], strict=False)
    return all(any(_same_call(pair, call, answer) for pair in pairs) for call, answer in wanted)


def _calls(shown: list[Any]) -> Iterator[tuple[Any, Any]]:
    """(call, the value behind it). The arguments, which `values` gives behind the call, are no result."""
    for place, call in enumerate(shown):
        if isinstance(call, list) and call and isinstance(call[0], str):
            behind = shown[place + len(call) : place + len(call) + 1]
            yield call, behind[0] if behind else None


def _same_call(pair: tuple[Any, Any], call: Any, answer: Any) -> bool:
    return _encode(pair[0]) == _encode(call) and (answer is None or _encode(pair[1]) == _encode(answer))


def _blocks(statement: str) -> list[str]:
    """Paragraphs, tables and fenced blocks; a fenced block may hold empty lines."""
    parts = re.split(r"^```[^\n]*\n(.*?)^```", statement, flags=re.MULTILINE | re.DOTALL)
    blocks: list[str] = []
    for number, part in enumerate(parts):
        blocks += [part] if number % 2 else re.split(r"\n\s*\n", re.sub(r"<svg.*?</svg>", "", part, flags=re.DOTALL))
    return [block for block in blocks if block.strip()]


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _end(tokens: Sequence[re.Match[str]], start: int) -> int:
    """Where the value ends that begins here: after the bracket's partner, else after this token."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += bool(tokens[place]["open"]) - bool(tokens[place]["close"])
        if depth <= 0:
            return place + 1
    return start + 1


def _literal(tokens: Sequence[re.Match[str]], as_list: bool = False) -> list[Any]:
    """[value] if the tokens are one, else []. With `as_list`, "(1, 2)" and "(1)" are lists of arguments."""
    text = " ".join(_WORDS.get(token[0], token[0]) for token in tokens)
    if as_list:
        text = f"[{text[1:-1]}]"
    try:
        value = ast.literal_eval(text)
        return [msgspec.json.decode(_encode(value))]
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return []
