"""What a child says to the supervisor: replies in frames, and the facts of what went wrong.

Courtesy only: it shares its process with the solution, so nothing of this is believed, and whatever a solution does to
these functions it does to itself.
"""

import io
import json
import linecache
import os
import typing
from typing import Any

import typed
from channel import LENGTH, REPLY
from loading import FILE_NAME, LoadError

_MAX_TRACEBACK = 12
_MAX_KEPT = 16_000  # characters of printed text


class OutputLimitExceeded(Exception):
    """Raised in the solution by a print that goes over the limit."""


class TimeIsUp(BaseException):
    """Raised by the soft limit in the solution, where it was when its time was up."""


class Printed(io.TextIOBase):
    """Stands in for standard output: kept apart from results, counted, and kept only where it will be shown."""

    def __init__(self, limit: int, keep: bool) -> None:
        self.limit, self.keep = limit, keep
        self.size, self.parts = 0, list[str]()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.size += len(text)
        if self.size > self.limit:
            raise OutputLimitExceeded(f"printed more than {self.limit} characters")
        if self.keep and self.size - len(text) < _MAX_KEPT:
            self.parts.append(text[:_MAX_KEPT])
        return len(text)

    def take(self) -> bytes:
        if not self.size:
            return b""
        text = "".join(self.parts)
        self.size = 0
        self.parts.clear()
        return text.encode("utf-8", "backslashreplace")


class Unserialisable(Exception):
    """The result is nothing that JSON can hold."""


def _as_list(value: Any) -> list[Any]:
    """What JSON does not know but can be gone through is a list: a set, a generator within a list."""
    if isinstance(value, (bytes, bytearray)) or not hasattr(value, "__iter__"):
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return list(value)


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_as_list).encode


def parse(data: bytes) -> Any:
    """The case's JSON; most have no object that could stand for something else."""
    return json.loads(data, object_hook=typed.revive) if b"{" in data else json.loads(data)


def to_json(result: Any) -> bytes:
    try:
        return _encode(result).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        if not str(exc).startswith("Out of range float"):
            raise Unserialisable(str(exc)) from None
    return _encode(typed.tag_floats(result)).encode()


def receive(reader: typing.BinaryIO) -> bytes:
    """The next message; empty at the end of the stream."""
    head = reader.read(LENGTH.size)
    return reader.read(LENGTH.unpack(head)[0]) if head else b""


def reply(channel: int, kind: bytes, payload: bytes = b"", printed: bytes = b"") -> None:
    rest = memoryview(b"".join((REPLY.pack(kind, len(payload), len(printed)), payload, printed)))
    while rest:
        rest = rest[os.write(channel, rest) :]


def failure(exc: BaseException) -> bytes:
    """The facts of an exception as JSON; whatever the exception's own code does wrong, some facts come out."""
    try:
        return _encode(_facts(exc)).encode()
    except BaseException:
        return b'{"kind":"exception","type":"Exception","message":"","traceback":[]}'


def load_error(exc: LoadError) -> bytes:
    """The facts of a source that cannot be judged at all."""
    return _encode(exc.facts).encode()


def _facts(exc: BaseException) -> dict[str, Any]:
    if isinstance(exc, OutputLimitExceeded):
        return {"kind": "output_limit"}
    if isinstance(exc, Unserialisable):
        return {"kind": "unserialisable", "message": str(exc)[:500]}
    if isinstance(exc, SystemExit):
        code = exc.code
        if type(code) is not int:
            code = int(code is not None)
        return {"kind": "exit", "code": code if code.bit_length() < 32 else -1}
    lines = _traceback(exc)
    if isinstance(exc, TimeIsUp):
        return {"kind": "soft_limit", "traceback": lines}
    return {"kind": "exception", "type": type(exc).__name__, "message": str(exc)[:2000], "traceback": lines}


def _traceback(exc: BaseException) -> list[str]:
    """The solution's own frames, the innermost last."""
    lines, step = list[str](), exc.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            text = linecache.getline(FILE_NAME, step.tb_lineno).strip()
            lines.append(f"line {step.tb_lineno}, in {code.co_name}: {text}"[:300])
        step = step.tb_next
    return lines[-_MAX_TRACEBACK:]
