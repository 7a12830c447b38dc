"""The launcher in this process, between a worker whose bytes are given and children whose every word is given.

All of it is the real code but for the zygote. In its place is one whose children are sockets on which all that they
will ever say lies ready, so that nothing is waited for. What a child says is in packets, each read by itself: where a
reply is cut is for the caller to choose.
"""

import contextlib
import functools
import io
import os
import socket
import struct
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from judge.errors import BoxBroken
from judge.sandbox.launched import INSIDE

sys.path.insert(0, str(INSIDE))
import channel
import launcher
import wire
import zygote

sys.path[:] = [path for path in sys.path if path != str(INSIDE)]
launcher._version = functools.cache(launcher._version)
launcher.memory.let_go = lambda: None  # a collection after each job would go through all of this process

_NO_PROCESS = 1 << 24  # above every pid: a kill hits nobody
_PACKETS = 8  # so many a socket of packets holds though nobody reads


class Said(NamedTuple):
    """All that a child will ever say: packets on its channel, bytes on its standard output."""

    packets: Sequence[bytes]
    output: bytes = b""


def reply(kind: bytes, payload: bytes = b"", printed: bytes = b"") -> bytes:
    """What a driver says."""
    return channel.REPLY.pack(kind, len(payload), len(printed)) + payload + printed


class PlayedZygote:
    """Stands for the zygote's socket, as the supervisor holds it: a child is made when one is waited for.

    One is alive at a time, so who waits while there is one waits for its death.
    """

    def __init__(self, children: Iterable[Said]) -> None:
        self._children = iter(children)
        self._open = list[socket.socket]()
        self._pid, self._lives, self._patient = _NO_PROCESS, False, True

    def send(self, order: bytes) -> None: ...

    def settimeout(self, timeout_s: float) -> None:
        self._patient = timeout_s > 0

    def recvmsg(self, *_: int) -> tuple[bytes, list[tuple[int, int, bytes]], int, None]:
        if not self._patient:
            raise BlockingIOError
        if self._lives:
            self._lives = False
            return zygote.EXIT.pack(b"X", self._pid, 0, 1000, 0), [], 0, None
        said = next(self._children, Said([]))
        self._pid, self._lives = self._pid + 1, True
        fds = self._ends(socket.SOCK_SEQPACKET, said.packets[:_PACKETS]), self._ends(socket.SOCK_STREAM, [said.output])
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("@ii", *fds))
        return zygote.CHILD.pack(b"C", self._pid), [rights], 0, None

    def _ends(self, kind: int, parts: Sequence[bytes]) -> int:
        ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
        for part in filter(None, parts):  # an empty packet would be the end
            theirs.send(part)
        theirs.shutdown(socket.SHUT_WR)
        self._open.append(theirs)
        return ours.detach()

    def close(self) -> None:
        for one in self._open:
            one.close()


class Ended(NamedTuple):
    """What a launcher has said to the worker, its exit status, and its log."""

    said: bytes
    status: int
    log: str


def supervised(sent: bytes, children: Iterable[Said]) -> Ended:
    """A launcher that is sent these bytes and then the end of the stream."""
    commands = PlayedZygote(children)
    stdin, stdout = os.memfd_create("stdin"), os.memfd_create("stdout")
    try:
        os.write(stdin, sent)
        os.lseek(stdin, 0, os.SEEK_SET)
        with contextlib.redirect_stderr(io.StringIO()) as log, warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it ends where a process would, and closes nothing
            status = launcher.supervise(commands, stdin, stdout, ("paper",))
        size = os.lseek(stdout, 0, os.SEEK_CUR)
        return Ended(os.pread(stdout, size, 0), status, log.getvalue())
    finally:
        os.close(stdin)
        os.close(stdout)
        commands.close()


class EndOfStream(BoxBroken):
    """Everything has been read."""


class Replay:
    """A stream that plays back what a launcher said."""

    def __init__(self, said: bytes) -> None:
        self._rest = said

    def send(self, data: bytes) -> None: ...

    def receive(self, size: int, timeout_s: float) -> bytes:
        if not self._rest:
            raise EndOfStream("the end")
        assert size <= len(self._rest), "the launcher says less than it announces"
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


class InProcess:
    """A stream to a launcher that runs when its first answer is asked for, on all that it has been sent until then.

    That it is ready need not be heard.
    """

    def __init__(self, children: Iterable[Said]) -> None:
        self._children = children
        self._sent = b""
        self._answers: Replay | None = None

    def send(self, data: bytes) -> None:
        self._sent += data

    def receive(self, size: int, timeout_s: float) -> bytes:
        if self._answers is None:
            ended = supervised(self._sent, self._children)
            assert (ended.status, ended.log) == (0, ""), ended
            self._answers = Replay(ended.said)
            header_size, body_size = wire.LENGTHS.unpack(self._answers.receive(wire.LENGTHS.size, 0))
            self._answers.receive(header_size + body_size, 0)
        return self._answers.receive(size, timeout_s)
