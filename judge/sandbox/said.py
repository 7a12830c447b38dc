"""What a driver says of a source that did not load or a case that failed. A submission can forge all of it.

It is decoded into strict types, cut to sizes that cannot hurt, and shown to nobody but the author of the submission.
"""

from collections.abc import Callable
from typing import Annotated, get_args

import msgspec

from judge.models import CompileError
from judge.sandbox.base import Failure, FailureKind, JobResult, RunResult

_MAX_TEXT = 2_000
_MAX_COLUMN = 1_000  # a caret is so many spaces further

_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
_ExitCode = Annotated[int, msgspec.Meta(ge=-(1 << 31), lt=1 << 31)]


class _Said(msgspec.Struct, frozen=True):
    """What a driver says of a failure: everything optional, for nothing of it can be relied on."""

    kind: str = "exception"
    type: str = "Exception"
    message: str = ""
    code: _ExitCode | None = None
    traceback: list[str] = []
    line: _Number | None = None
    column: _Number | None = None
    text: str | None = None
    looked_for: list[str] = []
    found: list[str] = []
    function: str = ""
    expected: _Number = 0


_decode_said = msgspec.json.Decoder(_Said).decode


def failure_of(data: bytes) -> Failure:
    """What a driver says of a case that failed."""
    return _failure(_said(data))


def _said(data: bytes) -> _Said:
    try:
        return _decode_said(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said(message="the failure could not be described")


def _failure(said: _Said) -> Failure:
    kind: FailureKind = said.kind if said.kind in get_args(FailureKind) else "exception"  # type: ignore[assignment]
    lines = tuple(line[:_MAX_TEXT] for line in said.traceback[:20])
    return Failure(kind, said.type[:100], said.message[:_MAX_TEXT], said.code, lines)


def load_failed(text: str, printed: str) -> JobResult:
    """A source that did not load: a compile error, or an exception of its top level (the first case's then)."""
    said = _said(text.encode("utf-8", "surrogatepass"))
    describe = _COMPILE_ERRORS.get(said.kind)
    if describe is None:
        return JobResult([RunResult("failed", 0.0, 0.0, 0, printed=printed, failure=_failure(said))])
    return JobResult(compile_error=describe(said))


def _syntax_error(said: _Said) -> CompileError:
    return CompileError(
        kind="syntax_error",
        message=said.message[:500],
        line=said.line,
        column=said.column if said.column and said.column <= _MAX_COLUMN else None,
        text=(said.text or "")[:500],
    )


def _missing_entry(said: _Said) -> CompileError:
    looked_for, found = said.looked_for[:20], _names(said.found)
    message = f"looked for {' or '.join(looked_for)}; found {', '.join(found) or 'no function or class'}"
    return CompileError(kind="missing_entry", message=message, looked_for=looked_for, found=found)


def _wrong_parameters(said: _Said) -> CompileError:
    found = _names(said.found)
    has = f"has {len(said.found)}" + (f" ({', '.join(found)})" if found else "")
    message = f"{said.function[:100]} must take {said.expected} parameters; it {has}"
    return CompileError(kind="wrong_parameters", message=message, found=found, expected_parameters=said.expected)


def _names(found: list[str]) -> list[str]:
    return [name[:100] for name in found[:20]]


_COMPILE_ERRORS: dict[str, Callable[[_Said], CompileError]] = {
    "syntax_error": _syntax_error,
    "missing_entry": _missing_entry,
    "wrong_parameters": _wrong_parameters,
}
