"""The wire under hostile bytes, both ways: the worker's half only breaks its box, a real launcher only ends.

Neither may take memory for what was announced and never came.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judge.errors import BoxBroken
from judge.languages import get_language
from judge.models import Limits
from judge.sandbox.base import Input, Job
from judge.sandbox.launched import INSIDE, BoxOptions, launcher_config
from judge.sandbox.local import PipeStream
from judge.sandbox.protocol import Conversation

_MAX_MORE = 64 << 20
_EXIT_BROKEN = 70
JOB = Job("def f(n): return n", {"kind": "function"}, [Input.of(b"[1]")], Limits(
    cpu_time_s=1, wall_time_s=1, memory_mib=64, output_mib=1
))  # fmt: skip

lengths = st.integers(0, 2**32 - 1) | st.integers(0, 300) | st.sampled_from([1 << 20, 256 << 20, 512 << 20])
keys = st.sampled_from(
    ["op", "load", "runs", "ok", "ended", "cpu_ns", "denied", "status", "output_size", "printed_size", "new", "drop",
     "cases", "files", "limits", "entry", "kind", "source_size", "end", "max_timeouts", "show", "soft_limit"]
)  # fmt: skip
words = st.sampled_from(["result", "said", "ready", "run", "talk", "say", "program", "function"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=12,
)
headers = st.binary(max_size=60) | st.dictionaries(keys, values, max_size=10).map(lambda one: json.dumps(one).encode())


@st.composite
def frames(draw: Any) -> bytes:
    """A frame whose lengths are mostly right."""
    header, body = draw(headers), draw(st.binary(max_size=40))
    announced = draw(lengths | st.just(len(header))), draw(lengths | st.just(len(body)))
    return b"".join((*(size.to_bytes(4, "big") for size in announced), header, body))


streams = st.binary(max_size=64) | st.lists(frames(), max_size=3).map(b"".join)


@given(streams)
@settings(max_examples=300)
def test_a_hostile_box_only_breaks(data: bytes):
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    tracemalloc.start()
    try:
        with open(reading, "rb") as stdout, tempfile.TemporaryFile() as log, open(os.devnull, "wb") as stdin:
            conversation = Conversation(PipeStream(stdin, stdout, log))
            with contextlib.suppress(BoxBroken):
                conversation.run(JOB)
            with contextlib.suppress(BoxBroken):
                talk = conversation.talk(JOB)
                while talk.receive():
                    pass
        assert tracemalloc.get_traced_memory()[1] < _MAX_MORE
    finally:
        tracemalloc.stop()


def ended_launcher(data: bytes) -> tuple[int, str, int]:
    """(exit code, last words, peak memory in KiB) of a launcher that was sent these bytes."""
    config = launcher_config(BoxOptions(get_language("python")), None, die_with_parent=True)
    command = [sys.executable, "-I", "-S", str(INSIDE / "launcher.py"), config]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, cwd="/") as launcher,
    ):
        assert launcher.stdin
        with contextlib.suppress(BrokenPipeError):
            launcher.stdin.write(data)
            launcher.stdin.close()
        _, status, usage = os.wait4(launcher.pid, 0)
        launcher.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        return launcher.returncode, log.read().decode(), usage.ru_maxrss


def _bound_kib() -> int:
    """A launcher's peak begins with that of the process that starts it."""
    return (_MAX_MORE >> 10) + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@given(streams)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_launcher_that_is_sent_nonsense_ends_and_says_so_in_a_line(data: bytes):
    code, said, peak_kib = ended_launcher(data)
    assert code in (0, _EXIT_BROKEN), said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 1
    assert peak_kib < _bound_kib()


def test_what_is_announced_and_never_sent_takes_no_memory():
    code, said, peak_kib = ended_launcher((2).to_bytes(4, "big") + (512 << 20).to_bytes(4, "big") + b"{}")
    assert (code, said) == (0, "")
    assert peak_kib < _bound_kib()
