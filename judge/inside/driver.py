"""The Python driver: loads one solution, calls it once per case, sends back what it returned.

It shares its process with the solution, so nothing it says is believed: the supervisor keeps the clock and the caps,
the worker parses its bytes as a stranger's. What it does promise is courtesy: an honest solution finds the names that
interview sites give, may call its function `two_sum`, `twoSum` or `Solution.twoSum`, and gets a useful message.

    supervisor -> driver   length, then a JSON job; after that length, then a JSON input, once per case; end of stream
    driver -> supervisor   REPLY header, payload, printed text: one `L` (loaded) or `F` to the job, one `R` (result)
                           or `F` (failure, as JSON) to each input
"""

import importlib.util
import io
import json
import linecache
import os
import sys
import types
import typing
from typing import Any, NoReturn

import jail
from channel import FAILURE, LENGTH, LOADED, REPLY, RESULT
from loading import FILE_NAME, Call, LoadError, load, prelude

_MAX_TRACEBACK = 12
_MAX_KEPT = 16_000  # characters of printed text
_RECURSION_LIMIT = 1_000_000
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


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


def preload(timeout_decorator: str | None) -> None:
    """Import, in the zygote, what most solutions import: a child gets it for nothing."""
    prelude()
    if timeout_decorator and os.path.isdir(timeout_decorator):
        spec = importlib.util.spec_from_file_location(
            "timeout_decorator", os.path.join(timeout_decorator, "__init__.py")
        )
        assert spec and spec.loader
        sys.modules["timeout_decorator"] = module = importlib.util.module_from_spec(spec)
        # It imports multiprocessing (and with it threading) for a mode that is not used here; the zygote stays lean.
        sys.modules["multiprocessing"] = types.ModuleType("multiprocessing")
        spec.loader.exec_module(module)
        del sys.modules["multiprocessing"]


def rehearse() -> None:
    """Load and call a trusted little program, in the zygote: what is warm there is warm in every child."""
    entry = {"kind": "class", "name": "Box", "parameters": 1, "methods": {"get": 1}}
    source = "class Box:\n    def __init__(self, n):\n        self.n = n\n\n    def get(self, n):\n        return n\n"
    for _ in range(10):
        _to_json(load(source, entry)(json.loads('[["Box",1],["get",1],["get",2]]')))
    del sys.modules["solution"]


def main(channel: int) -> NoReturn:
    """Serve one job over the channel, then end. Never returns, whatever the solution does."""
    reader = open(channel, "rb", buffering=1 << 16, closefd=False)  # noqa: SIM115 - open as long as the process
    setup = _receive(reader)
    if not setup:
        os._exit(0)  # a spare that was never needed
    job = json.loads(setup)
    jail.limit_memory(job["memory_mib"])
    sys.setrecursionlimit(_RECURSION_LIMIT)
    printed = Printed(job["output_limit"], job["show"])
    sys.stdout = sys.stderr = printed
    sys.stdin = io.StringIO("")
    try:
        call = load(job["source"], job["entry"])
        if job["show"]:
            linecache.cache[FILE_NAME] = (0, None, job["source"].splitlines(True), FILE_NAME)
        if job["soft_limit_s"]:
            call = _with_soft_limit(call, job["soft_limit_s"])
        _reply(channel, LOADED, b"", b"")
    except LoadError as exc:
        _reply(channel, FAILURE, _encode(exc.facts).encode(), b"")
        os._exit(0)
    except BaseException as exc:
        _reply(channel, FAILURE, _failure(exc), printed.take())
        os._exit(0)
    while data := _receive(reader):
        try:
            result = call(json.loads(data))
            kind, payload = RESULT, _to_json(result)
        except BaseException as exc:
            kind, payload = FAILURE, _failure(exc)
        if printed.size > printed.limit:
            kind, payload = FAILURE, b'{"kind":"output_limit"}'
        _reply(channel, kind, payload, printed.take())
    os._exit(0)


def _receive(reader: typing.BinaryIO) -> bytes:
    """The next message; empty at the end of the stream."""
    head = reader.read(LENGTH.size)
    return reader.read(LENGTH.unpack(head)[0]) if head else b""


def _reply(channel: int, kind: bytes, payload: bytes, printed: bytes) -> None:
    rest = memoryview(b"".join((REPLY.pack(kind, len(payload), len(printed)), payload, printed)))
    while rest:
        rest = rest[os.write(channel, rest) :]


def _with_soft_limit(call: Call, seconds: float) -> Call:
    """Stop the call from inside, shortly before the supervisor kills it, to say where it was.

    Only a courtesy, for cases that are shown: the solution can catch or cancel it, and the verdict does not rest on it.
    """
    module = sys.modules.get("timeout_decorator")
    return module.timeout(seconds, use_signals=True, timeout_exception=TimeIsUp)(call) if module else call


class Unserialisable(Exception):
    """The result is nothing that JSON can hold."""


def _to_json(result: Any) -> bytes:
    try:
        return _encode(result).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise Unserialisable(str(exc)) from None


def _failure(exc: BaseException) -> bytes:
    """The facts of an exception as JSON; whatever the exception's own code does wrong, some facts come out."""
    try:
        return _encode(_facts(exc)).encode()
    except BaseException:
        return b'{"kind":"exception","type":"Exception","message":"","traceback":[]}'


def _facts(exc: BaseException) -> dict[str, Any]:
    if isinstance(exc, OutputLimitExceeded):
        return {"kind": "output_limit"}
    if isinstance(exc, Unserialisable):
        return {"kind": "unserialisable", "message": str(exc)[:500]}
    if isinstance(exc, SystemExit):
        code = exc.code
        return {"kind": "exit", "code": code if type(code) is int else int(code is not None)}
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
