"""What hostile bytes are fed to, and what must hold whatever they are. Where they come from is not known here.

    worker     bytes of a box, to the worker: a report comes out, or a MachineFault
    launcher   bytes of a worker, to the launcher: it ends with a documented status, and keeps to the protocol
    child      bytes of jailed processes, to the supervisor: the worker gets its result, for else a submission could
               break its box and be judged again

Of each input the first byte chooses what is tried, the rest is what is said. None may take much memory: see `held`.
"""

import contextlib
import os
import resource
import socket
import struct
from collections.abc import Callable, Iterator

from wire_played import EndOfStream, InProcess, Replay, Said, reply, supervised

from judge import attack_check
from judge.errors import MachineFault
from judge.models import Limits
from judge.package import load_packages
from judge.sandbox import protocol
from judge.sandbox.base import Box, Input, Job, JobResult, program_entry
from judge.sandbox.docker import AttachedStream
from judge.sandbox.launched import LaunchedBox, inside_version
from judge.sandbox.local import PipeStream
from judge.sandbox.protocol import Conversation, Stream

MAX_BYTES = 16 << 10  # of an input: no pipe and no socket blocks at that
MAX_MORE_KIB = 64 << 10
_EXIT_BROKEN = 70

LIMITS = Limits(cpu_time_s=0.5, wall_time_s=5.0, memory_mib=64, output_mib=1)
SQUARE = load_packages(attack_check.FOLDER / "problems")["square"]
_ENTRY = {"kind": "function", "name": "square", "parameters": ["int"], "returns": "int"}
_RIGHT = "def square(n): return n * n"
_TWO = [Input.of(b"[1]"), Input.of(b"[2]")]
_VALIDATOR = program_entry(["validate.py", "/case/input"], {"beside": "x = 1\n"}, "/feedback/")
_FILES = [{"/case/input": one} for one in _TWO]
JOBS = (
    Job(_RIGHT, _ENTRY, _TWO, LIMITS, show=True),
    Job(_RIGHT, _ENTRY, _TWO * 3, LIMITS, soft_limit=True),
    Job("print(input())", program_entry(), _TWO, LIMITS),
    Job("import sys\nsys.exit(42)", _VALIDATOR, _TWO, LIMITS, max_timeouts=1, files=_FILES),
)
TALK = Job("while True: print(input())", program_entry(), [Input.of(b"")], LIMITS)


Target = Callable[[bytes], object]


def held(target: Target, data: bytes) -> None:
    """Feed a target; fails when it takes more memory than it may beyond what this process has had at its peak."""
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    target(data)
    more_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    assert more_kib < MAX_MORE_KIB, f"{more_kib} KiB more"


# ---- bytes of a box ----------------------------------------------------------------------------------------------


def worker(data: bytes) -> bool:
    """Judge a problem, use a validator, talk with a program, in a box that answers with these bytes; whether it did."""
    with _stream_of(data) as stream, contextlib.suppress(MachineFault):
        session(LaunchedBox("local", None, stream, lambda: None), _RIGHT)
        return True
    return False


def session(box: Box, source: str) -> None:
    """What a worker does in a box; its reports are no larger than what came, and can be shown."""
    report = attack_check.judge(source, SQUARE, _OneBox(box), LIMITS)
    assert len(report.model_dump_json()) < 1 << 20
    assert report.compile_error is None or len(report.compile_error.caret()) < 4_000
    box.run(JOBS[3])
    talk = box.talk(TALK)
    talk.send(b"1\n", end=True)
    while talk.receive():
        pass
    talk.result()


class _OneBox:
    """The boxes that judging needs, with one for everything."""

    def __init__(self, box: Box) -> None:
        self.submissions = self.jury = box

    def give_up(self) -> None: ...


def _stream_of(data: bytes) -> contextlib.AbstractContextManager[Stream]:
    chosen = data[0] if data else 0
    return _attached(data[1:], piece=256 + 16 * chosen) if chosen % 2 else _piped(data[1:])


@contextlib.contextmanager
def _piped(data: bytes) -> Iterator[Stream]:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    with open(reading, "rb") as stdout, open(os.devnull, "r+b", buffering=0) as null:
        yield PipeStream(null, stdout, null)


@contextlib.contextmanager
def _attached(data: bytes, piece: int) -> Iterator[Stream]:
    """As a Docker daemon passes it on: stdout in pieces, and between them something on stderr."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for start in range(0, len(data), piece):
            part = data[start : start + piece]
            theirs.send(b"\1\0\0\0" + struct.pack(">I", len(part)) + part + b"\2\0\0\0\0\0\0\1!")
        theirs.shutdown(socket.SHUT_WR)
        yield AttachedStream(ours)
        ours.close()


# ---- bytes of a worker -------------------------------------------------------------------------------------------

_HONEST = Said([reply(b"L"), *(reply(b"R", b'{"a":"1"}', b"printed") for _ in range(7))], b"some output\n")
_CHILDREN = (_HONEST, Said([]), Said([reply(b"F", b'{"kind":"syntax_error"}')]), Said(_HONEST.packets[:2], b""))


def launched(data: bytes) -> None:
    """A launcher that is sent these bytes; its children answer, or fail, or die."""
    child = _CHILDREN[data[0] % len(_CHILDREN) if data else 0]
    ended = supervised(data[1:], [child] * 1000)
    assert ended.status in (0, _EXIT_BROKEN)
    assert len(ended.log.splitlines()) == (ended.status == _EXIT_BROKEN), ended.log
    conversation = Conversation(Replay(ended.said))
    conversation.wait_until_ready("local", None, inside_version(), 1)
    with contextlib.suppress(EndOfStream):
        while True:
            conversation._receive(protocol._decode_piece_or_result, 1, MAX_MORE_KIB << 10)


# ---- bytes of a child --------------------------------------------------------------------------------------------

RECORD = struct.Struct(">BH")  # who says it (mod 3: the channel, standard output, or another child from here on), size
CHANNEL, OUTPUT, ANOTHER = range(3)


def child(data: bytes) -> None:
    """A job whose processes say this."""
    choice = data[0] % (len(JOBS) + 1) if data else 0
    conversation = Conversation(InProcess(_children(data[1:])))
    if choice < len(JOBS):
        assert len(conversation.run(JOBS[choice]).runs) <= len(JOBS[choice].inputs)
    else:
        _talked(conversation)


def _talked(conversation: Conversation) -> JobResult:
    talk = conversation.talk(TALK)
    talk.send(b"1\n")
    talk.send(b"2\n", end=True)
    while talk.receive():
        pass
    return talk.result()


def _children(data: bytes) -> Iterator[Said]:
    packets, output = list[bytes](), b""
    for who, text in records(data):
        if who == CHANNEL:
            packets.append(text)
        elif who == OUTPUT:
            output += text
        else:
            yield Said(packets, output)
            packets, output = [], b""
    yield Said(packets, output)


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(who, text) of each record; of one that is cut off, what there is."""
    position = 0
    while len(data) - position >= RECORD.size:
        who, size = RECORD.unpack_from(data, position)
        position += RECORD.size
        yield who % 3, data[position : position + size]
        position += size


TARGETS: dict[str, Target] = {"worker": worker, "launcher": launched, "child": child}
