"""The supervisor: feeds children one input at a time, keeps the clock, and notes facts. It names no verdict.

The clock is the kernel's own of the child's whole process (all threads), read from here: from the end of one case to
the end of the next, so that work done at import, between cases or in threads counts. What a child sends is only carried
on: the caps on its size hold here, its meaning is the worker's business.
"""

import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import zygote
from channel import FAILURE, RESULT, Channel, Clock, Misbehaved, end_output
from denials import Denials
from jobs import Job

_EXIT_GRACE_S: Final = 1.0  # how long a child may take to end when it has been told that nothing more comes
# With a soft limit, the driver interrupts the solution a little after its CPU limit to say where it was; the kill comes
# this much later. The soft limit runs on wall time, so the verdict still asks what CPU time was used.
_SOFT_SHARE: Final = 1.05
_SOFT_ROOM: Final = 1.5
MAX_JOB_OUTPUT: Final = 64 << 20  # all results of a group together: they travel in one frame
_START_GRACE_S: Final = 20.0  # how long the zygote may take to fork


class BoxBroken(Exception):
    """The box itself is at fault; the worker throws it away."""


class Fact(NamedTuple):
    """What happened to one case: header fields for the worker and the two texts that travel as bytes."""

    ended: str
    cpu_ns: int
    wall_ns: int
    output: bytes
    printed: bytes
    status: int = 0
    denied: tuple[int, ...] = ()  # the numbers of the system calls that the filter denied


class Child:
    """One jailed process: its channel, its standard streams and, once it is dead, what the kernel said of it."""

    def __init__(self, pid: int, channel: int, stdio: int, *listener: int) -> None:
        self.pid, self.denials = pid, Denials(*listener)
        self.channel = Channel(channel, self.denials)
        self.stdio = socket.socket(fileno=stdio)
        self.stdio.setblocking(False)
        self.status = self.peak_memory_kib = self.total_cpu_ns = 0

    def kill(self) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end_input(self) -> None:
        """Let a program that reads its standard input find the end of it."""
        end_output(self.stdio)

    def close(self) -> None:
        self.denials.close()
        self.channel.close()
        self.stdio.close()


class Nursery:
    """Where children come from: the zygote's socket, the one spare, and the news of deaths."""

    def __init__(self, commands: socket.socket) -> None:
        self._commands = commands
        self._spare: Child | None = None
        self._dead: dict[int, tuple[int, int, int]] = {}
        self._order()

    def take(self) -> Child:
        """The spare child; the next one is ordered at once, so that nobody waits for it."""
        child, self._spare = self.wait_for_spare(), None
        while self._hear(0, patient=False):  # it may have died while it waited
            pass
        if child.pid in self._dead:
            child.close()
            raise BoxBroken(f"a child died while it was jailed (wait status {self._dead[child.pid][0]})")
        fcntl.fcntl(0, fcntl.F_SETFL, os.O_RDWR)  # all children share this null device: a flag would be a message
        self._order()
        return child

    def wait_for_spare(self) -> Child:
        """The spare child, which stays one. Raises BoxBroken when children cannot be jailed here."""
        while self._spare is None:
            self._hear(_START_GRACE_S)
        return self._spare

    def bury(self, child: Child) -> bool:
        """Wait until the child is dead and note its last figures; False when it did not go and had to be killed."""
        child.denials.close()  # what it is denied from now on fails without being told
        deadline = time.monotonic() + _EXIT_GRACE_S
        went = True
        while child.pid not in self._dead:
            left = deadline - time.monotonic()
            if left > 0:
                self._hear(left, patient=False)
            else:
                child.kill()
                went = False
                deadline += _START_GRACE_S
        child.close()
        child.status, child.peak_memory_kib, child.total_cpu_ns = self._dead.pop(child.pid)
        return went

    def _order(self) -> None:
        try:
            self._commands.send(b"F")
        except ConnectionError:
            pass  # it has ended; what it said last, if anything, is heard where its answer is waited for

    def _hear(self, timeout_s: float, patient: bool = True) -> bool:
        """Take one message; False when none came in that time."""
        self._commands.settimeout(timeout_s)
        try:
            message, fds, _, _ = socket.recv_fds(self._commands, zygote.MAX_MESSAGE, 3)
        except (TimeoutError, BlockingIOError):
            if patient:
                raise BoxBroken("the zygote does not answer") from None
            return False
        except ConnectionError:
            message = b""
        if not message:
            raise BoxBroken("the zygote is gone")
        if message[:1] == b"E":
            raise BoxBroken(message[1:].decode("utf-8", "replace"))
        if message[:1] == b"C":
            self._spare = Child(zygote.CHILD.unpack(message)[1], *fds)
        else:
            _, pid, status, peak_memory_kib, cpu_ns = zygote.EXIT.unpack(message)
            self._dead[pid] = (status, peak_memory_kib, cpu_ns)
        return True


def run(nursery: Nursery, job: Job) -> tuple[dict[str, Any], list[Fact], list[int]]:
    """Run every case; returns the facts of loading, one Fact per case, and each case's process's peak memory (KiB).

    A child that crashes or runs out of time is replaced, and the rest of the cases go on in the next one, until
    `max_timeouts` cases ran out of time: then the rest is left out, for the verdict stands and time is dear.
    """
    facts: list[Fact] = []
    peaks: list[int] = []
    load: dict[str, Any] = {"ok": True}
    timeouts = 0
    while len(facts) < len(job.inputs) and timeouts < job.max_timeouts:
        child = nursery.take()
        first = len(facts)
        failed_load = _serve_child(child, job, facts)
        if not nursery.bury(child) and len(facts) > first and facts[-1].ended == "ok":
            facts[-1] = facts[-1]._replace(ended="wall_limit")  # it answered, and then hung instead of ending
        peaks += [child.peak_memory_kib] * (len(facts) - first)
        if facts and facts[-1].ended == "died":
            facts[-1] = _post_mortem(facts[-1], child, sum(fact.cpu_ns for fact in facts[first:-1]))
        if failed_load is not None:
            load = failed_load
            break
        timeouts = sum(fact.ended in ("cpu_limit", "wall_limit") for fact in facts)
    return load, facts, peaks


def _serve_child(child: Child, job: Job, facts: list[Fact]) -> dict[str, Any] | None:
    """Feed the child from the first unanswered case on; stops at the end or at the first fault.

    Returns None, or the facts of a source that does not load. A load that dies or runs out of time is the first
    case's fault: the clock of a case starts where that of the one before ended.
    """
    hard = job.limits._replace(cpu_ns=round(job.limits.cpu_ns * _SOFT_ROOM)) if job.soft_limit else job.limits
    clock = Clock(child.pid, hard)
    try:
        kind, payload, printed = child.channel.exchange(setup_message(job), clock, job.limits.output_bytes)
        if kind == FAILURE and facts:  # it has loaded before: no compile error, whatever it says now
            facts.append(Fact("failed", *clock.lap(), payload, printed, denied=child.denials.take()))
            return None
        if kind == FAILURE:
            return {
                "ok": False,
                "failure": payload.decode("utf-8", "replace"),
                "printed": printed.decode("utf-8", "replace"),
                "denied": child.denials.take(),
            }
        room = MAX_JOB_OUTPUT - sum(len(fact.output) for fact in facts)
        for data in job.inputs[len(facts) :]:
            kind, payload, more = child.channel.exchange(data, clock, min(room, job.limits.output_bytes))
            cpu_ns, wall_ns = clock.lap()
            late = cpu_ns > job.limits.cpu_ns
            ended = "cpu_limit" if late else "ok" if kind == RESULT else "failed"
            output = b"" if late and kind == RESULT else payload
            facts.append(Fact(ended, cpu_ns, wall_ns, output, printed + more, denied=child.denials.take()))
            room -= len(payload)
            printed = b""
            if late:
                child.kill()
                return None
        child.channel.finish()
    except Misbehaved as exc:
        lap = clock.lap()  # before the kill: a process that is no more has no clock
        if str(exc) != "died":
            child.kill()
        facts.append(Fact(str(exc), *lap, b"", b"", denied=child.denials.take()))
    return None


def setup_message(job: Job, files: Iterable[str] = ()) -> bytes:
    """The child's first message."""
    limits = job.limits
    return json.dumps(
        {
            "source": job.source,
            "entry": job.entry,
            "files": list(files),
            "memory_mib": limits.memory_mib,
            "output_limit": limits.output_bytes,
            "show": job.show,
            "soft_limit_s": limits.cpu_ns / 1e9 * _SOFT_SHARE if job.soft_limit else None,
        }
    ).encode()


def _post_mortem(fact: Fact, child: Child, spent_before_ns: int) -> Fact:
    """Complete the facts of a case whose process died by itself: only the kernel's last word has its figures."""
    cpu_ns = max(fact.cpu_ns, child.total_cpu_ns - spent_before_ns)
    return fact._replace(cpu_ns=cpu_ns, status=child.status)
