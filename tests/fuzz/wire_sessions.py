"""Where fuzzing begins: real conversations between a worker and a launcher, recorded, and what real drivers say.

A launcher judges the sources below, right, wrong and hostile, and both directions of the stream are written down.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from wire_played import reply
from wire_targets import ANOTHER, CHANNEL, JOBS, OUTPUT, RECORD, session

from judge.languages import get_language
from judge.sandbox.base import BoxInfo, Job, JobResult, Talk
from judge.sandbox.launched import INSIDE, BoxOptions, inside_version, launcher_config
from judge.sandbox.local import PipeStream
from judge.sandbox.protocol import Conversation, Stream

SOURCES = (
    "def square(n): return n * n",
    "def square(n):\n    print(n)\n    return n + 1",
    "def square(n): return {}[n]",
    "def square(n):\n    import sys\n    sys.exit(n)",
    "def square(n):\n    import os\n    os._exit(3)",
    "def square(n):\n    import socket\n    return socket.socket()",
    "def square(n): return n * [n]",
    "def square(n, m): return n",
    "def cube(n): return n",
    "def square(n:\n",
    "1 / 0",
)
_REPLIES = (
    reply(b"L"),
    reply(b"R", b"1", b"printed"),
    reply(b"R", b'{"score.txt":"1"}'),
    reply(b"F", b'{"kind":"exception","type":"KeyError","message":"1","traceback":["line 1"]}'),
    reply(b"F", b'{"kind":"syntax_error","message":"m","line":1,"column":2,"text":"x"}'),
    reply(b"F", b'{"kind":"missing_entry","looked_for":["f"],"found":["g"]}'),
    reply(b"F", b'{"kind":"wrong_parameters","function":"f","expected":1,"found":[]}'),
)


class _Recorder:
    """A stream that writes down what passes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.sent, self.received = b"", b""

    def send(self, data: bytes) -> None:
        self.sent += data
        self._stream.send(data)

    def receive(self, size: int, timeout_s: float) -> bytes:
        data = self._stream.receive(size, timeout_s)
        self.received += data
        return data


class _RecordedBox:
    """A box whose stream is written down, and which is sent everything anew."""

    def __init__(self, stream: Stream, info: BoxInfo) -> None:
        self.recorder, self.info = _Recorder(stream), info
        self._conversation = Conversation(self.recorder)

    def run(self, job: Job) -> JobResult:
        return self._conversation.run(job)

    def talk(self, job: Job) -> Talk:
        return self._conversation.talk(job)

    def close(self) -> None: ...


def seeds() -> dict[str, list[bytes]]:
    """By target: inputs that are sound, or as a hostile submission makes them."""
    found: dict[str, list[bytes]] = {"worker": [], "launcher": [], "child": list(_children())}
    with _launcher() as stream:
        ready = _Recorder(stream)
        info = Conversation(ready).wait_until_ready("local", None, inside_version(), 60)
        for source in SOURCES:
            box = _RecordedBox(stream, info)
            session(box, source)
            found["worker"] += [choice + ready.received + box.recorder.received for choice in (b"\0", b"\1", b"\xff")]
            found["launcher"] += [choice + box.recorder.sent for choice in (b"\0", b"\1", b"\2")]
    return found


@contextmanager
def _launcher() -> Iterator[Stream]:
    config = launcher_config(BoxOptions(get_language("python")), None, die_with_parent=True)
    command = [sys.executable, "-I", "-S", str(INSIDE / "launcher.py"), config]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd="/") as process,
    ):
        assert process.stdin
        assert process.stdout
        yield PipeStream(process.stdin, process.stdout, log)
        process.stdin.close()
        process.wait()


def _children() -> Iterator[bytes]:
    """For each job and the talk: one child that says two things, another that says one of them."""
    for choice, first, second in product(range(len(JOBS) + 1), _REPLIES, _REPLIES):
        said = [(CHANNEL, first), (CHANNEL, second), (OUTPUT, b"some output\n"), (ANOTHER, b""), (CHANNEL, second)]
        yield bytes([choice]) + b"".join(record(*one) for one in said)


def record(who: int, text: bytes) -> bytes:
    return RECORD.pack(who, len(text)) + text
