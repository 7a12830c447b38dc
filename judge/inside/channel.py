"""The channel between the supervisor and one child, and the clock that runs while the child holds an input.

One message out, one reply back, nothing in between: a child that answers early, twice, too long or not at all has
misbehaved, and the case ends there. Sizes are capped before anything is kept.
"""

import select
import socket
import struct
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from denials import Denials

LENGTH: Final = struct.Struct(">I")
REPLY: Final = struct.Struct(">cII")  # kind, size of the payload, size of the printed text
LOADED, RESULT, FAILURE = b"L", b"R", b"F"

_CHUNK: Final = 1 << 18
_MAX_FAILURE: Final = 64 << 10
_MAX_PRINTED: Final = 64 << 10  # kept of a case's printed text: enough to be shown, and every case's fits one frame
_SHORTEST_WAIT_MS: Final = 1


class Misbehaved(Exception):
    """The child broke a rule; the text is how the case ended, as the worker will read it."""


class Limits(NamedTuple):
    """What one case may take. `output_bytes` caps the result, and separately the printed text."""

    cpu_ns: int
    wall_ns: int
    output_bytes: int
    memory_mib: int


class Reply(NamedTuple):
    """What a child answers."""

    kind: bytes
    payload: bytes
    printed: bytes


class Clock:
    """CPU and wall time of one process since the end of its last case, from the kernel's own counters."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._clock = (~pid << 3) | 2  # the kernel's number for the CPU clock of a process; see clock_getcpuclockid(3)
        self._limits = limits
        self._cpu_ns = self._wall_ns = 0
        self.begun_ns, _ = self.lap()  # CPU time that the process had used before the clock was started

    def lap(self) -> tuple[int, int]:
        """(CPU, wall) nanoseconds since the last lap; no CPU time for a process that is no more."""
        cpu_ns, wall_ns = self._now()
        used = cpu_ns - self._cpu_ns, wall_ns - self._wall_ns
        self._cpu_ns, self._wall_ns = cpu_ns, wall_ns
        return used

    def wait_ms(self) -> int:
        """Milliseconds that may pass before the next look. Raises Misbehaved when a limit is over."""
        cpu_ns, wall_ns = self._now()
        cpu_left = self._limits.cpu_ns - (cpu_ns - self._cpu_ns)
        wall_left = self._limits.wall_ns - (wall_ns - self._wall_ns)
        if cpu_left < 0:
            raise Misbehaved("cpu_limit")
        if wall_left < 0:
            raise Misbehaved("wall_limit")
        return max(_SHORTEST_WAIT_MS, min(cpu_left, wall_left) // 1_000_000 + 1)

    def _now(self) -> tuple[int, int]:
        try:
            cpu_ns = time.clock_gettime_ns(self._clock)
        except OSError:
            cpu_ns = self._cpu_ns
        return cpu_ns, time.monotonic_ns()


def end_output(ours: socket.socket) -> None:
    """Let who reads the other end find the end of it."""
    try:
        ours.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it is gone already, which is what was asked for


class Channel:
    """A child's socket. Never blocks longer than the clock allows, whether the child reads, writes or does neither.

    While it waits, the child's denied calls are answered.
    """

    def __init__(self, fd: int, denials: Denials) -> None:
        self._socket = socket.socket(fileno=fd)
        self._socket.setblocking(False)
        self._denials = denials
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._writable.register(self._socket, select.POLLOUT)
        denials.watch(self._readable)
        denials.watch(self._writable)

    def fileno(self) -> int:
        return self._socket.fileno()

    def exchange(self, message: bytes, clock: Clock, output_bytes: int, more: Iterable[bytes] = ()) -> Reply:
        """Send a message (and more behind it); returns the one reply. Raises Misbehaved otherwise."""
        for one in (message, *more):
            self.tell(one, clock)
        return self.receive_reply(clock, output_bytes)

    def tell(self, message: bytes, clock: Clock) -> None:
        """Send a message. Raises Misbehaved when the child is gone or does not take it in time."""
        try:
            self._send(LENGTH.pack(len(message)) + message, clock)
        except ConnectionError:
            raise Misbehaved("died") from None

    def receive_reply(self, clock: Clock, output_bytes: int) -> Reply:
        """The one reply. Raises Misbehaved when it is too long, malformed, or none comes in time."""
        try:
            received = self._receive(clock)
            kind, payload_size, printed_size = REPLY.unpack_from(received)
            if payload_size > (_MAX_FAILURE if kind == FAILURE else output_bytes) or printed_size > 4 * output_bytes:
                raise Misbehaved("output_limit")
            middle = REPLY.size + payload_size
            while len(received) < middle + printed_size:
                received += self._receive(clock, 1)
        except ConnectionError:
            raise Misbehaved("died") from None
        if len(received) > middle + printed_size or kind not in (LOADED, RESULT, FAILURE):
            raise Misbehaved("protocol")
        view = memoryview(received)  # a slice of it is no copy
        return Reply(kind, bytes(view[REPLY.size : middle]), bytes(view[middle : middle + _MAX_PRINTED]))

    def finish(self) -> None:
        """Tell the child that nothing more comes."""
        end_output(self._socket)

    def close(self) -> None:
        self._socket.close()

    def _send(self, data: bytes, clock: Clock) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                self._denials.answer_among(self._writable.poll(clock.wait_ms()))

    def _receive(self, clock: Clock, at_least: int = REPLY.size) -> bytearray:
        received = bytearray()
        while len(received) < at_least:
            if not self._denials.answer_among(self._readable.poll(clock.wait_ms())):
                continue
            piece = self._socket.recv(_CHUNK)
            if not piece:
                raise Misbehaved("died")
            received += piece
        return received
