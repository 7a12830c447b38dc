"""The worker's half of the conversation with a launcher (the other half: judge/inside/launcher.py, wire.py).

Everything that arrives may have been shaped by a submission: sizes are capped before they are believed, headers are
decoded into strict types, and what does not fit means that the box is broken. A submission's outputs stay bytes.
"""

import json
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec

from judge.errors import BoxBroken, BoxUnavailable
from judge.models import Limits
from judge.sandbox.base import BoxInfo, Ended, Input, Job, JobResult, RunResult
from judge.sandbox.said import failure_of, load_failed

_LENGTHS = 8
_MAX_HEADER = 1 << 20
_MAX_OUTPUTS = 64 << 20  # of all a job's cases together
_MAX_TEXT = 64 << 10  # what is printed, or said of a failure
_STORE_BYTES = 256 << 20  # of inputs that a launcher keeps
_STORE_INPUTS = 4_096  # so many of them at most: the smallest takes some hundred bytes, here and there
# Beyond what a job may take: a launcher that is silent for longer is not waited for, whoever is at fault.
_GRACE_S = 60.0
_MIB = 1 << 20
_SYSCALLS = Path(__file__).parents[1] / "inside" / "syscalls.json"

_Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
_WaitStatus = Annotated[int, msgspec.Meta(ge=0, lt=1 << 16)]
_SystemCall = Annotated[int, msgspec.Meta(ge=0, lt=1 << 30)]  # larger ones kill
_Denied = Annotated[list[_SystemCall], msgspec.Meta(max_length=32)]


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
    denied: _Denied = []


class _Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ended: Ended
    cpu_ns: _Count
    wall_ns: _Count
    peak_memory_kib: _Count
    status: _WaitStatus
    denied: _Denied
    output_size: _Count
    printed_size: _Count


class _SaidPiece(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="said"):
    pass


class _Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="result"):
    load: _Load
    runs: list[_Run]


_decode_ready = msgspec.json.Decoder(_Ready).decode
_decode_result = msgspec.json.Decoder(_Result).decode
_decode_piece_or_result = msgspec.json.Decoder(_SaidPiece | _Result).decode
_encode = msgspec.json.Encoder().encode


class Conversation:
    """Speaks with one launcher; remembers which inputs it holds."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held: OrderedDict[str, int] = OrderedDict()

    def wait_until_ready(
        self, backend: str, image: str | None, version: str, timeout_s: float, container_runtime: str | None = None
    ) -> BoxInfo:
        """Raises BoxUnavailable when the launcher's files are not of this version: half of a protocol each."""
        header, _ = self._receive(_decode_ready, timeout_s, most=0)
        if header.version != version:
            remedy = "Build it anew: judge image build."
            raise BoxUnavailable("The sandbox image was built from another version of the judge.", remedy)
        return BoxInfo(backend, tuple(header.walls), f"Python {header.python}", image, container_runtime)

    def run(self, job: Job) -> JobResult:
        self._send("run", job)
        deadline_s = job.limits.wall_time_s * (len(job.inputs) + 1) + _GRACE_S
        header, body = self._receive(_decode_result, deadline_s, _most_bytes(job.limits, len(job.inputs)))
        return _job_result(header, body, len(job.inputs))

    def talk(self, job: Job) -> "LaunchedTalk":
        self._send("talk", job)
        return LaunchedTalk(self, job.limits)

    def say(self, data: bytes, end: bool) -> None:
        """Input for the program that is talked with."""
        self._send_frame({"op": "say", "end": end}, [data])

    def hear(self, timeout_s: float, most: int) -> bytes | JobResult:
        """The program's next output, or what happened when it has ended."""
        header, body = self._receive(_decode_piece_or_result, timeout_s, most)
        return _job_result(header, body, 1) if isinstance(header, _Result) else body

    def _send(self, op: str, job: Job) -> None:
        source = job.source.encode()
        given = [*job.inputs, *(one for named in job.files for one in named.values())]
        wanted = {one.digest: one for one in given}
        new = [one for digest, one in wanted.items() if digest not in self._held]
        drop = self._make_room(new, keep=wanted)
        for digest in wanted:
            self._held[digest] = len(wanted[digest].data)
            self._held.move_to_end(digest)
        header = {
            "op": op,
            "source_size": len(source),
            "entry": job.entry,
            "limits": _limits(job.limits),
            "show": job.show,
            "soft_limit": job.soft_limit,
            "max_timeouts": job.max_timeouts,
            "new": [(one.digest, len(one.data)) for one in new],
            "cases": [one.digest for one in job.inputs],
            "files": [{path: one.digest for path, one in named.items()} for named in job.files],
            "drop": drop,
        }
        self._send_frame(header, [source, *(one.data for one in new)])

    def _send_frame(self, header: dict[str, Any], body: Sequence[bytes]) -> None:
        packed = _encode(header)
        lengths = len(packed).to_bytes(4, "big") + sum(map(len, body)).to_bytes(4, "big")
        self._stream.send(b"".join((lengths, packed, *body)))

    def _make_room(self, new: Sequence[Input], keep: dict[str, Input]) -> list[str]:
        """Forget the inputs unused for longest until the new ones fit; returns which the launcher shall drop."""
        size = sum(self._held.values()) + sum(len(one.data) for one in new)
        dropped = []
        for digest in list(self._held):
            if size <= _STORE_BYTES and len(self._held) + len(new) <= _STORE_INPUTS:
                break
            if digest not in keep:
                size -= self._held.pop(digest)
                dropped.append(digest)
        return dropped

    def _receive(self, decode: Callable[[bytes], Any], timeout_s: float, most: int) -> tuple[Any, bytes]:
        """The next frame, whose body is of that many bytes at most."""
        lengths = self._stream.receive(_LENGTHS, timeout_s)
        header_size, body_size = int.from_bytes(lengths[:4], "big"), int.from_bytes(lengths[4:], "big")
        if header_size > _MAX_HEADER or body_size > most:
            raise BoxBroken("the launcher announces more than it may send")
        data = self._stream.receive(header_size + body_size, timeout_s)
        try:
            return decode(data[:header_size]), data[header_size:]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise BoxBroken("the launcher's answer is not of the protocol") from exc


class LaunchedTalk:
    """A Talk over a conversation: nothing else may be said to the launcher until it has ended."""

    def __init__(self, conversation: Conversation, limits: Limits) -> None:
        self._conversation = conversation
        self._deadline_s = time.monotonic() + limits.wall_time_s + _GRACE_S
        self._most = _most_bytes(limits, 1)
        self._room = limits.output_mib * _MIB
        self._result: JobResult | None = None

    def send(self, data: bytes, end: bool = False) -> None:
        if self._result is None:
            self._conversation.say(data, end)

    def receive(self) -> bytes:
        if self._result is None:
            heard = self._conversation.hear(self._deadline_s - time.monotonic(), self._most)
            if isinstance(heard, JobResult):
                self._result = heard
                return b""
            self._room -= len(heard)
            if self._room < 0 or not heard:
                raise BoxBroken("the launcher sends more of a program's output than it may")
            return heard
        return b""

    def result(self) -> JobResult:
        if self._result is None:
            raise BoxBroken("the program's end was not heard")
        return self._result


def _most_bytes(limits: Limits, cases: int) -> int:
    """What an honest launcher sends at most: results, and of each case three texts, for loading may print as well."""
    return min(cases * limits.output_mib * _MIB, _MAX_OUTPUTS) + 3 * cases * _MAX_TEXT


def _job_result(header: _Result, body: bytes, cases: int) -> JobResult:
    if len(header.runs) > (cases if header.load.ok else 0):
        raise BoxBroken("the launcher's answer does not fit the question")
    if not header.load.ok and not body:
        failed = load_failed(header.load.failure, header.load.printed)
        denied = _syscall_names(header.load.denied)
        return replace(failed, runs=tuple(replace(run, denied=denied) for run in failed.runs))
    runs, position = [], 0
    for run in header.runs:
        middle = position + run.output_size
        end = middle + run.printed_size
        runs.append(_run_result(run, body[position:middle], body[middle:end]))
        position = end
    if position != len(body):
        raise BoxBroken("the launcher's answer has a body of another size than it says")
    return JobResult(runs)


def _limits(limits: Limits) -> dict[str, int]:
    return {
        "cpu_ns": round(limits.cpu_time_s * 1e9),
        "wall_ns": round(limits.wall_time_s * 1e9),
        "output_bytes": limits.output_mib * _MIB,
        "memory_mib": limits.memory_mib,
    }


def _run_result(run: _Run, output: bytes, printed: bytes) -> RunResult:
    failure, ended = None, run.ended
    if ended not in ("ok", "exited") and len(output) > _MAX_TEXT:
        raise BoxBroken("the launcher says more of a failure than it may")
    if ended not in ("ok", "exited") and output:
        failure, output = failure_of(output), b""
    died = ended in ("died", "exited")
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
        denied=_syscall_names(run.denied),
    )


def _syscall_names(numbers: Sequence[int]) -> tuple[str, ...]:
    """What the kernel calls them on a machine like this one; a box's daemon on another kind would be misread."""
    names = _names_of_syscalls()
    return tuple(names.get(number, f"syscall {number}") for number in numbers)


@cache
def _names_of_syscalls() -> dict[int, str]:
    numbers = json.loads(_SYSCALLS.read_text(encoding="ascii")).get(os.uname().machine, {})
    return {number: name for name, number in numbers.items()}
