"""The seam between the judge and whatever runs a submission: what goes into a box, and the facts that come out.

A box reports what happened; it names no verdict. It may be used by one thread at a time, judges any number of jobs one
after another, and is thrown away after a BoxBroken.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from judge.models import CompileError, Limits

Ended = Literal["ok", "failed", "cpu_limit", "wall_limit", "output_limit", "died", "protocol"]

FailureKind = Literal["exception", "exit", "unserialisable", "output_limit", "soft_limit"]


@dataclass(frozen=True, slots=True)
class Input:
    """One case's input, named by its content so that a box is sent it only once."""

    data: bytes
    digest: str

    @classmethod
    def of(cls, data: bytes) -> "Input":
        return cls(data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Job:
    """One group of cases for one source.

    `show`: the cases are samples or the user's own, so what the program prints and where it failed is kept.
    `soft_limit`: the program is interrupted when its time is over, to learn where it was; a case that so ended without
    having used its CPU time (Failure "soft_limit" in a run that "failed") must be run again without.
    `max_timeouts`: after so many cases that ran out of time, the rest is left out.
    """

    source: str
    entry: dict[str, Any]
    inputs: Sequence[Input]
    limits: Limits
    show: bool = False
    soft_limit: bool = False
    max_timeouts: int = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """What the driver says of a case that gave no result. The submission can forge it, and only hurt itself."""

    kind: FailureKind
    type: str = ""
    message: str = ""
    code: int | None = None
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunResult:
    """The facts of one case. Times are of the kernel's clocks, read outside the submission's process."""

    ended: Ended
    cpu_time_s: float
    wall_time_s: float
    peak_memory_kib: int
    output: bytes = b""
    printed: str = ""
    failure: Failure | None = None
    exit_code: int | None = None
    signal: int | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    """Either why the source could not be loaded, or one RunResult per case; fewer where the rest was left out."""

    runs: Sequence[RunResult] = ()
    compile_error: CompileError | None = None


@dataclass(frozen=True, slots=True)
class BoxInfo:
    """What a box is: part of every verdict's record, and what a calibration is valid for."""

    backend: str
    walls: tuple[str, ...]
    runtime: str
    image: str | None = None


class Box(Protocol):
    """A place to run foreign code."""

    @property
    def info(self) -> BoxInfo: ...

    def run(self, job: Job) -> JobResult:
        """Run a job. Raises MachineFault when the box, not the submission, is at fault."""

    def close(self) -> None:
        """Stop whatever runs and leave nothing behind. May be called twice."""
