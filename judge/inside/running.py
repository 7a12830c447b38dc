"""Runs whole programs: a fresh child for each case, its standard streams fed and drained, or connected to the worker.

Three things happen at once, under the child's one clock: input goes in, output comes out, and on the channel the driver
says how it ended. Like supervisor.py this carries bytes and notes facts; it names no verdict.
"""

import os
import select
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import jobs
import wire
from channel import FAILURE, Clock, Misbehaved, Reply
from jobs import Job
from supervisor import MAX_JOB_OUTPUT, Child, Fact, Nursery, setup_message

_CHUNK: Final = 1 << 18
_BEGIN: Final = b"begin"

LoadFacts = dict[str, Any]


def run(nursery: Nursery, job: Job) -> tuple[LoadFacts, list[Fact], list[int]]:
    """Run the program once for each case; returns what supervisor.run does."""
    facts: list[Fact] = []
    peaks: list[int] = []
    timeouts = 0
    for data, files in zip(job.inputs, job.files or [{}] * len(job.inputs), strict=True):
        if timeouts >= job.max_timeouts:
            break
        output = bytearray()

        def feed(program: "_Program", data: bytes = data) -> None:
            program.say(data)
            program.end_input()

        room = min(job.limits.output_bytes, MAX_JOB_OUTPUT - sum(len(fact.output) for fact in facts))
        capped = job._replace(limits=job.limits._replace(output_bytes=room))
        load, fact, peak = _run_one(nursery, capped, files, _Ends(feed, output.extend))
        if not load["ok"]:
            return load, [], []
        keep = fact.ended in ("ok", "exited") and not job.entry["feedback"]
        facts.append(fact._replace(output=bytes(output)) if keep else fact)
        peaks.append(peak)
        timeouts += fact.ended in ("cpu_limit", "wall_limit")
    return {"ok": True}, facts, peaks


def talk(nursery: Nursery, job: Job, stdin: int, stdout: int) -> tuple[LoadFacts, list[Fact], list[int]]:
    """Run the program once, its standard streams connected to the worker's: frames {"op": "say"} in, "said" out."""

    def listen(program: "_Program") -> None:
        def hear() -> None:
            header, body = wire.read_frame(stdin)
            ends = jobs.ends_input(header)
            program.say(bytes(body))
            if ends:
                program.ignore(stdin)
                program.end_input()

        program.attend(stdin, hear)

    def said(piece: bytes) -> None:
        wire.write_frame(stdout, {"op": "said"}, [piece])

    load, fact, peak = _run_one(nursery, job, job.files[0] if job.files else {}, _Ends(listen, said))
    return (load, [fact], [peak]) if load["ok"] else (load, [], [])


class _Ends(NamedTuple):
    """The outer ends of a program's streams: what feeds its input, what takes its output."""

    connect: "Callable[[_Program], None]"
    take: Callable[[bytes], object]


def _run_one(nursery: Nursery, job: Job, files: dict[str, bytes], ends: _Ends) -> tuple[LoadFacts, Fact, int]:
    child = nursery.take()
    clock = Clock(child.pid, job.limits)
    ended, reply = "", None
    try:
        reply = child.channel.exchange(setup_message(job, files), clock, job.limits.output_bytes, files.values())
        if reply.kind == FAILURE:
            child.kill()
            nursery.bury(child)
            failure, denied = reply.payload.decode("utf-8", "replace"), child.denials.take()
            return {"ok": False, "failure": failure, "printed": "", "denied": denied}, _NOTHING, 0
        child.channel.tell(_BEGIN, clock)
        reply = _Program(child, clock, job.limits.output_bytes, ends).run()
    except Misbehaved as exc:
        ended = str(exc)
        if ended != "died":
            child.kill()
    cpu_ns, wall_ns = clock.lap()
    hung = not nursery.bury(child)
    fact = _fact(child, job, reply, "wall_limit" if hung and not ended else ended)
    cpu_ns = max(cpu_ns, child.total_cpu_ns - clock.begun_ns)
    if fact.ended in ("ok", "exited", "failed") and cpu_ns > job.limits.cpu_ns:
        fact = fact._replace(ended="cpu_limit", output=b"")
    fact = fact._replace(cpu_ns=cpu_ns, wall_ns=wall_ns, denied=child.denials.take())
    return {"ok": True}, fact, child.peak_memory_kib


def _fact(child: Child, job: Job, reply: Reply | None, ended: str) -> Fact:
    """What happened, from the driver's last word if it said one and from the kernel's of the dead process."""
    if ended not in ("", "died"):
        return Fact(ended, 0, 0, b"", b"")
    if reply is not None and reply.kind == FAILURE:
        return Fact("failed", 0, 0, reply.payload, reply.printed, child.status)
    if os.WIFSIGNALED(child.status):
        return Fact("died", 0, 0, b"", b"", child.status)
    ended = "exited" if child.status else "ok"
    payload = reply.payload if reply is not None and job.entry["feedback"] else b""
    return Fact(ended, 0, 0, payload, reply.printed if reply is not None else b"", child.status)


_NOTHING: Final = Fact("ok", 0, 0, b"", b"")


class _Program:
    """One running program between its two ends."""

    def __init__(self, child: Child, clock: Clock, output_bytes: int, ends: _Ends) -> None:
        self._child, self._clock, self._room, self._take = child, clock, output_bytes, ends.take
        self._output_bytes = output_bytes
        self._poll = select.poll()
        child.denials.watch(self._poll)
        self._handlers: dict[int, Callable[[], None]] = {}
        self._input, self._input_ends, self._sending = bytearray(), False, False
        self._streams_open, self._said_all = True, False
        self._reply: Reply | None = None
        self._stdio = child.stdio.fileno()
        self.attend(self._stdio, self._drain)
        self.attend(child.channel.fileno(), self._hear_the_end)
        ends.connect(self)

    def run(self) -> Reply | None:
        """Attend to it until it has closed its output and said its last. Raises Misbehaved at a limit."""
        try:
            while self._streams_open or not self._said_all:
                events = self._poll.poll(self._clock.wait_ms())
                for fd, event in self._child.denials.answer_among(events):
                    if fd == self._stdio and event & select.POLLOUT:
                        self._send()
                    if fd in self._handlers and event & ~select.POLLOUT:
                        self._handlers[fd]()
        finally:
            self._handlers.clear()  # they refer to this object, and no cycle is collected during a job: memory.py
        return self._reply

    def say(self, data: bytes) -> None:
        self._input += data
        self._send()

    def end_input(self) -> None:
        self._input_ends = True
        self._send()

    def attend(self, fd: int, handler: Callable[[], None]) -> None:
        self._handlers[fd] = handler
        self._poll.register(fd, select.POLLIN)

    def ignore(self, fd: int) -> None:
        del self._handlers[fd]
        self._poll.unregister(fd)

    def _send(self) -> None:
        """Send what it will take; what it never reads is not its fault."""
        if not self._streams_open:
            return
        try:
            while self._input:
                del self._input[: self._child.stdio.send(self._input)]
        except BlockingIOError:
            pass
        except ConnectionError:
            self._input.clear()
        if self._input_ends and not self._input:
            self._child.end_input()
            self._input_ends = False
        if bool(self._input) != self._sending:
            self._sending = bool(self._input)
            self._poll.modify(self._stdio, select.POLLIN | (select.POLLOUT if self._sending else 0))

    def _drain(self) -> None:
        try:
            piece = self._child.stdio.recv(_CHUNK)
        except ConnectionError:
            piece = b""
        if not piece:
            self._streams_open = False
            self.ignore(self._stdio)
            return
        self._room -= len(piece)
        if self._room < 0:
            raise Misbehaved("output_limit")
        self._take(piece)

    def _hear_the_end(self) -> None:
        """The driver's only word while the program runs is its last; a program may also end without."""
        try:
            self._reply = self._child.channel.receive_reply(self._clock, self._output_bytes)
        except Misbehaved as exc:
            if str(exc) != "died":
                raise
        self._said_all = True
        self.ignore(self._child.channel.fileno())
