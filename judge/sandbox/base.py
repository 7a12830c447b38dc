"""The seam between the judge and whatever runs a submission: what goes into a box, and the facts that come out.

A box reports what happened; it names no verdict. It may be used by one thread at a time, judges any number of jobs one
after another, and is thrown away after a BoxBroken.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from judge.models import CompileError, Limits

# "exited": a whole program that ended by itself with an exit code that is not 0
Ended = Literal["ok", "failed", "exited", "cpu_limit", "wall_limit", "output_limit", "died", "protocol"]

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

    `entry`: what the source is: an interface's entry (judge/interface.py), or a whole program (`program_entry` below).
    `files`: of programs, what each case's process can open beside its standard input, by path.

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
    files: Sequence[Mapping[str, Input]] = ()


def program_entry(
    argv: Sequence[str] = ("solution.py",), modules: Mapping[str, str] | None = None, feedback: str | None = None
) -> dict[str, Any]:
    """The entry of a whole program. `modules`: sources beside it that it may import.

    `feedback`: a folder into which it may write; the files, as a JSON object of texts, are then the run's output
    instead of what it writes to standard output.
    """
    return {"kind": "program", "argv": list(argv), "modules": dict(modules or {}), "feedback": feedback}


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
    """The facts of one case. Times are of the kernel's clocks, read outside the submission's process.

    `denied`: the names of the system calls that the filter denied; empty also where the kernel cannot tell.
    """

    ended: Ended
    cpu_time_s: float
    wall_time_s: float
    peak_memory_kib: int
    output: bytes = b""
    printed: str = ""
    failure: Failure | None = None
    exit_code: int | None = None
    signal: int | None = None
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobResult:
    """Either why the source could not be loaded, or one RunResult per case; fewer where the rest was left out."""

    runs: Sequence[RunResult] = ()
    compile_error: CompileError | None = None


_LOST_WITHOUT = {
    "chroot or landlock": "submissions can read every file that this user can",
    "rlimits": "threads, open files and core dumps are not limited",
    "seccomp": "submissions can start processes and use the network",
    "uid": "submissions share this user's uid: the syscall filter alone keeps them off its processes, and their threads"
    " are not counted",
}


@dataclass(frozen=True, slots=True)
class BoxInfo:
    """What a box is: part of every verdict's record, and what a calibration is valid for."""

    backend: str
    walls: tuple[str, ...]
    runtime: str
    image: str | None = None
    container_runtime: str | None = None

    def lost_walls(self) -> dict[str, str]:
        """The walls that do not stand, and what is lost without each. chroot and landlock stand in for each other."""
        return {name: lost for name, lost in _LOST_WITHOUT.items() if not set(name.split(" or ")) & set(self.walls)}


class Box(Protocol):
    """A place to run foreign code."""

    @property
    def info(self) -> BoxInfo: ...

    def run(self, job: Job) -> JobResult:
        """Run a job. Raises MachineFault when the box, not the submission, is at fault."""

    def talk(self, job: Job) -> "Talk":
        """Start a job's one program with its standard streams connected to the caller; inputs are not looked at."""

    def close(self) -> None:
        """Stop whatever runs and leave nothing behind. May be called twice."""


class Talk(Protocol):
    """A running program and its two streams. One thread may send while another receives. Raises MachineFault."""

    def send(self, data: bytes, end: bool = False) -> None:
        """Give it input; `end` closes its standard input. Ignored once the program has ended."""

    def receive(self) -> bytes:
        """Some of its output; empty when it has ended."""

    def result(self) -> JobResult:
        """What happened, once `receive` has returned nothing."""


class Boxes(Protocol):
    """Where foreign code runs: the candidates' and the jury's. judge/sandbox/boxes.py is the real one."""

    @property
    def submissions(self) -> Box: ...

    @property
    def jury(self) -> Box: ...

    def give_up(self) -> None:
        """Throw away what is in doubt."""
