"""The worker's half of the conversation with a launcher (the other half: judge/inside/launcher.py, wire.py).

Everything that arrives may have been shaped by a submission: sizes are capped before they are believed, headers are
decoded into strict types, and what does not fit means that the box is broken. A submission's outputs stay bytes.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal, Protocol, get_args

import msgspec

from judge.errors import BoxBroken, BoxUnavailable
from judge.models import CompileError, Limits
from judge.sandbox.base import BoxInfo, Ended, Failure, FailureKind, Input, Job, JobResult, RunResult

_LENGTHS = 8
_MAX_HEADER = 1 << 20
_MAX_BODY = 256 << 20
_STORE_BYTES = 256 << 20  # of inputs that a launcher keeps
_MIB = 1 << 20
_MAX_TEXT = 2_000


class Stream(Protocol):
    """Bytes to and from a launcher. Reading raises BoxBroken at the end of the stream or of the given time."""

    def send(self, data: bytes) -> None: ...

    def receive(self, size: int, timeout_s: float) -> bytes: ...


class _Ready(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    op: Literal["ready"]
    python: str
    walls: list[str]
    version: str


class _Load(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ok: bool
    failure: str = ""
    printed: str = ""


class _Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ended: Ended
    cpu_ns: int
    wall_ns: int
    peak_memory_kib: int
    status: int
    output_size: int
    printed_size: int


class _Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    op: Literal["result"]
    load: _Load
    runs: list[_Run]


class _Said(msgspec.Struct, frozen=True):
    """What a driver says of a failure: everything optional, for nothing of it can be relied on."""

    kind: str = "exception"
    type: str = "Exception"
    message: str = ""
    code: int | None = None
    traceback: list[str] = []
    line: int | None = None
    column: int | None = None
    text: str | None = None
    looked_for: list[str] = []
    found: list[str] = []
    function: str = ""
    expected: int = 0


_decode_ready = msgspec.json.Decoder(_Ready).decode
_decode_result = msgspec.json.Decoder(_Result).decode
_decode_said = msgspec.json.Decoder(_Said).decode
_encode = msgspec.json.Encoder().encode


class Conversation:
    """Speaks with one launcher; remembers which inputs it holds."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held: OrderedDict[str, int] = OrderedDict()

    def wait_until_ready(self, backend: str, image: str | None, version: str, timeout_s: float) -> BoxInfo:
        """Raises BoxUnavailable when the launcher's files are not of this version: half of a protocol each."""
        header, _ = self._receive(_decode_ready, timeout_s)
        if header.version != version:
            remedy = "Build it anew: judge image build."
            raise BoxUnavailable("The sandbox image was built from another version of the judge.", remedy)
        return BoxInfo(backend, tuple(header.walls), f"Python {header.python}", image)

    def run(self, job: Job) -> JobResult:
        self._send(job)
        deadline_s = job.limits.wall_time_s * (len(job.inputs) + 1) + 60
        header, body = self._receive(_decode_result, deadline_s)
        if not header.load.ok:
            return load_failed(header.load.failure, header.load.printed)
        if len(header.runs) > len(job.inputs) or any(min(run.output_size, run.printed_size) < 0 for run in header.runs):
            raise BoxBroken("the launcher's answer does not fit the question")
        runs, position = [], 0
        for run in header.runs:
            middle = position + run.output_size
            end = middle + run.printed_size
            runs.append(_run_result(run, body[position:middle], body[middle:end]))
            position = end
        if position != len(body):
            raise BoxBroken("the launcher's answer has a body of another size than it says")
        return JobResult(runs)

    def _send(self, job: Job) -> None:
        source = job.source.encode()
        wanted = {given.digest: given for given in job.inputs}
        new = [given for digest, given in wanted.items() if digest not in self._held]
        drop = self._make_room(sum(len(given.data) for given in new), keep=wanted)
        for digest in wanted:
            self._held[digest] = len(wanted[digest].data)
            self._held.move_to_end(digest)
        header = {
            "op": "run",
            "source_size": len(source),
            "entry": job.entry,
            "limits": _limits(job.limits),
            "show": job.show,
            "soft_limit": job.soft_limit,
            "max_timeouts": job.max_timeouts,
            "new": [(given.digest, len(given.data)) for given in new],
            "cases": [given.digest for given in job.inputs],
            "drop": drop,
        }
        packed = _encode(header)
        body = [source, *(given.data for given in new)]
        lengths = len(packed).to_bytes(4, "big") + sum(map(len, body)).to_bytes(4, "big")
        self._stream.send(b"".join((lengths, packed, *body)))

    def _make_room(self, size: int, keep: dict[str, Input]) -> list[str]:
        """Forget the inputs unused for longest until so many more bytes fit; returns which the launcher shall drop."""
        dropped = []
        for digest in list(self._held):
            if sum(self._held.values()) + size <= _STORE_BYTES:
                break
            if digest not in keep:
                del self._held[digest]
                dropped.append(digest)
        return dropped

    def _receive(self, decode: Callable[[bytes], Any], timeout_s: float) -> tuple[Any, bytes]:
        lengths = self._stream.receive(_LENGTHS, timeout_s)
        header_size, body_size = int.from_bytes(lengths[:4], "big"), int.from_bytes(lengths[4:], "big")
        if header_size > _MAX_HEADER or body_size > _MAX_BODY:
            raise BoxBroken("the launcher announces more than it may send")
        data = self._stream.receive(header_size + body_size, timeout_s)
        try:
            return decode(data[:header_size]), data[header_size:]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise BoxBroken("the launcher's answer is not of the protocol") from exc


def _limits(limits: Limits) -> dict[str, int]:
    return {
        "cpu_ns": round(limits.cpu_time_s * 1e9),
        "wall_ns": round(limits.wall_time_s * 1e9),
        "output_bytes": limits.output_mib * _MIB,
        "memory_mib": limits.memory_mib,
    }


def _run_result(run: _Run, output: bytes, printed: bytes) -> RunResult:
    failure, ended = None, run.ended
    if ended != "ok" and output:
        failure, output = failure_of(output), b""
    died = ended == "died"
    return RunResult(
        ended=ended,
        cpu_time_s=run.cpu_ns / 1e9,
        wall_time_s=run.wall_ns / 1e9,
        peak_memory_kib=run.peak_memory_kib,
        output=output,
        printed=printed.decode("utf-8", "replace"),
        failure=failure,
        exit_code=run.status >> 8 if died and not run.status & 0x7F else None,
        signal=run.status & 0x7F or None if died else None,
    )


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
        column=said.column if said.column and said.column > 0 else None,
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
