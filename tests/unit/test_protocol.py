"""The worker's half of the stream under hostile bytes, and both halves held against each other."""

import contextlib
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import inside
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import LIMITS

from judge.errors import BoxBroken
from judge.sandbox import protocol
from judge.sandbox import said as driver_said
from judge.sandbox.base import FailureKind, Input, Job, JobResult
from judge.sandbox.protocol import Conversation

ENTRY = {"kind": "function", "name": "f", "parameters": ["any"], "returns": "any"}
_SYSCALLS = json.loads((inside.FOLDER / "syscalls.json").read_text())[os.uname().machine]
FACTS = {
    "ended": "ok",
    "cpu_ns": 5_000_000,
    "wall_ns": 7_000_000,
    "peak_memory_kib": 123,
    "status": 0,
    "denied": [],
    "output_size": 1,
    "printed_size": 0,
}


class Bytes:
    """A stream that plays back bytes and keeps what was sent."""

    def __init__(self, data: bytes = b"") -> None:
        self._rest, self.sent, self.largest = data, b"", 0
        self.timeouts_s: list[float] = []

    def send(self, data: bytes) -> None:
        self.sent += data

    def receive(self, size: int, timeout_s: float) -> bytes:
        self.largest = max(self.largest, size)
        self.timeouts_s.append(timeout_s)
        if size > len(self._rest):
            raise BoxBroken("the end")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def frame(header: Any, body: bytes = b"") -> bytes:
    packed = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(packed).to_bytes(4, "big") + len(body).to_bytes(4, "big") + packed + body


def result(*runs: dict[str, Any], load: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"op": "result", "load": load or {"ok": True}, "runs": list(runs), **more}


def job(*inputs: bytes) -> Job:
    return Job("source", ENTRY, [Input.of(data) for data in inputs or (b"[1]",)], LIMITS)


def answer(data: bytes, *inputs: bytes) -> JobResult:
    return Conversation(Bytes(data)).run(job(*inputs))


# ---- an honest launcher ------------------------------------------------------------------------------------------


def test_figures_and_bytes_become_facts():
    runs = answer(frame(result(FACTS, {**FACTS, "printed_size": 2}), b"7" + b"8" + b"hi"), b"[1]", b"[2]").runs
    assert [(run.output, run.printed, run.cpu_time_s, run.wall_time_s) for run in runs] == [
        (b"7", "", 0.005, 0.007), (b"8", "hi", 0.005, 0.007)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "exit_code", "signal"), [(0, 0, None), (5 << 8, 5, None), (11, None, 11), (139, None, 11)]
)
def test_the_kernels_last_word_becomes_an_exit_code_or_a_signal(status: int, exit_code: int | None, signal: int | None):
    facts = {**FACTS, "ended": "died", "status": status, "output_size": 0}
    (run,) = answer(frame(result(facts))).runs
    assert (run.exit_code, run.signal) == (exit_code, signal)


def test_a_failure_is_described_by_its_bytes_and_has_no_output():
    said = b'{"kind":"exception","type":"KeyError","message":"1","traceback":["line 1"]}'
    (run,) = answer(frame(result({**FACTS, "ended": "failed", "output_size": len(said)}), said)).runs
    assert run.output == b""
    assert run.failure
    assert (run.failure.kind, run.failure.type, run.failure.traceback) == ("exception", "KeyError", ("line 1",))


@pytest.mark.parametrize("kind", ["syntax_error", "missing_entry", "wrong_parameters"])
def test_a_source_that_cannot_be_loaded_is_a_compile_error(kind: str):
    loaded = answer(frame(result(load={"ok": False, "failure": json.dumps({"kind": kind, "message": "why"})})))
    assert loaded.compile_error
    assert loaded.compile_error.kind == kind
    assert loaded.runs == ()


def test_an_exception_of_the_top_level_is_a_run():
    loaded = answer(frame(result(load={"ok": False, "failure": '{"type":"KeyError"}', "printed": "hi"})))
    assert [(run.ended, run.failure and run.failure.type, run.printed) for run in loaded.runs] == [
        ("failed", "KeyError", "hi")
    ]


@pytest.mark.parametrize(
    "forged", [{"column": 10**11}, {"column": 2_000}, {"column": -1}, {"line": -1}, {"line": 10**400}, {"column": 1.5}]
)
def test_a_forged_place_of_a_syntax_error_is_no_place(forged: dict[str, Any]):
    """Who shows it writes as many spaces as the column says."""
    said = {"kind": "syntax_error", "message": "why", "line": 1, "column": 1, "text": "x", **forged}
    error = driver_said.load_failed(json.dumps(said), "").compile_error
    assert error is None or error.caret() == ""


def test_texts_of_a_compile_error_are_cut():
    said = {"kind": "missing_entry", "looked_for": ["x"] * 100, "found": ["y" * 1000] * 100}
    error = driver_said.load_failed(json.dumps(said), "").compile_error
    assert error
    assert len(error.looked_for) == len(error.found) == 20
    assert max(map(len, error.found)) == 100


# ---- inputs are sent once ----------------------------------------------------------------------------------------


def sent_headers(data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    while data:
        header_size, body_size = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
        yield json.loads(data[8 : 8 + header_size]), data[8 + header_size : 8 + header_size + body_size]
        data = data[8 + header_size + body_size :]


def test_an_input_is_sent_once_and_named_afterwards():
    stream = Bytes(frame(result(FACTS, FACTS), b"12") * 2)
    conversation = Conversation(stream)
    conversation.run(job(b"[1]", b"[2]"))
    conversation.run(job(b"[2]", b"[1]"))
    (first, body), (second, more) = sent_headers(stream.sent)
    assert body == b"source[1][2]"
    assert more == b"source"
    assert second["new"] == []
    assert second["cases"] == first["cases"][::-1]


def test_an_input_that_comes_twice_in_a_job_is_sent_once():
    stream = Bytes(frame(result(FACTS, FACTS), b"12"))
    Conversation(stream).run(job(b"[1]", b"[1]"))
    ((header, body),) = sent_headers(stream.sent)
    assert body == b"source[1]"
    assert len(header["cases"]) == 2


def test_the_inputs_unused_for_longest_are_dropped_to_make_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "_STORE_BYTES", 10)
    stream = Bytes(frame(result(FACTS), b"1") * 4)
    conversation = Conversation(stream)
    for data in (b"[111]", b"[222]", b"[111]", b"[333]"):
        conversation.run(job(data))
    headers = [header for header, _ in sent_headers(stream.sent)]
    assert [header["drop"] for header in headers] == [[], [], [], [Input.of(b"[222]").digest]]


def test_many_small_inputs_are_dropped_too(monkeypatch: pytest.MonkeyPatch):
    """Each takes more than its bytes, and there is no end to the inputs that people think of."""
    monkeypatch.setattr(protocol, "_STORE_INPUTS", 3)
    stream = Bytes(frame(result(FACTS), b"1") * 20)
    conversation = Conversation(stream)
    for number in range(20):
        conversation.run(job(b"[%d]" % number))
    headers = [header for header, _ in sent_headers(stream.sent)]
    sent = [digest for header in headers for digest, _ in header["new"]]
    dropped = [digest for header in headers for digest in header["drop"]]
    assert len(sent) == 20
    assert dropped == sent[:17]
    assert list(conversation._held) == sent[17:]


def test_an_input_needed_now_is_never_dropped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "_STORE_BYTES", 10)
    stream = Bytes(frame(result(FACTS), b"1") + frame(result(FACTS, FACTS, FACTS), b"123"))
    conversation = Conversation(stream)
    conversation.run(job(b"[111]"))
    conversation.run(job(b"[222]", b"[333]", b"[111]"))
    assert [header["drop"] for header, _ in sent_headers(stream.sent)] == [[], []]


# ---- a launcher that lies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"\xff" * 8, b"\0\0\0\0\0\0\0\0", frame(b"{"), frame(b"[]"), frame(b"\xff\xff"), frame({}),
        frame(b"[" * 50_000), frame(b'{"op":' + b"[" * 50_000),
        frame({"op": "ready", "python": "3", "walls": []}),
        frame(result(FACTS)), frame(result(FACTS), b"12"), frame(result(FACTS, FACTS), b"12"),
        frame(result({**FACTS, "ended": "accepted"}), b"1"), frame(result({**FACTS, "verdict": "AC"}), b"1"),
        frame(result({**FACTS, "cpu_ns": 0.5}), b"1"), frame(result({**FACTS, "cpu_ns": "5"}), b"1"),
        frame(result({**FACTS, "output_size": -1}), b"1"), frame(result({**FACTS, "wall_ns": -1}), b"1"),
        frame(result({**FACTS, "cpu_ns": 10**400}), b"1"), frame(result({**FACTS, "peak_memory_kib": 1 << 62}), b"1"),
        frame(result({**FACTS, "status": 1 << 16}), b"1"), frame(result({**FACTS, "status": -1}), b"1"),
        frame(result(load={"ok": False}), b"1"), frame(result(FACTS, load={"ok": False}), b"1"),
        frame({"op": "ready", "python": "3", "walls": [], "version": "1"}, b"1"),
        frame(result({**FACTS, "printed_size": -1, "output_size": 2}), b"1"),
        frame(result({**FACTS, "output_size": 2, "printed_size": -1}, {**FACTS, "output_size": 0}), b"1"),
        frame(result(FACTS, extra=1), b"1"), frame(result(load={"ok": True, "verdict": "AC"})),
        (1 << 31).to_bytes(4, "big") + b"\0\0\0\0", b"\0\0\0\0" + (1 << 31).to_bytes(4, "big"),
    ],
)  # fmt: skip
def test_what_is_no_answer_breaks_the_box(data: bytes):
    with pytest.raises(BoxBroken):
        answer(data)


def announced(job: Job) -> int:
    """The largest body that is believed for a job, found by halving."""
    least, most = 0, 1 << 32
    while least < most - 1:
        middle = (least + most) // 2
        stream = Bytes(b"\0\0\0\0" + middle.to_bytes(4, "big"))
        with pytest.raises(BoxBroken):
            Conversation(stream).run(job)
        least, most = (middle, most) if stream.largest > 8 else (least, middle)
    return least


def test_no_more_is_awaited_than_the_job_can_yield():
    one, many = announced(job()), announced(job(*(b"[%d]" % number for number in range(1000))))
    assert LIMITS.output_mib << 20 < one < (LIMITS.output_mib + 1) << 20
    assert many < 300 << 20


def test_more_than_a_driver_may_say_of_a_failure_breaks_the_box():
    said = b'{"traceback":[' + b'"",' * 30_000 + b'""]}'
    with pytest.raises(BoxBroken):
        answer(frame(result({**FACTS, "ended": "failed", "output_size": len(said)}), said))


def test_a_talk_is_not_waited_for_longer_because_something_came(monkeypatch: pytest.MonkeyPatch):
    clock = iter([1000.0, 1000.0, 1010.0])
    monkeypatch.setattr(protocol.time, "monotonic", lambda: next(clock))
    stream = Bytes(frame({"op": "said"}, b"x") * 2)
    talk = Conversation(stream).talk(job())
    for _ in range(2):
        assert talk.receive() == b"x"
    assert stream.timeouts_s[0] - stream.timeouts_s[-1] == 10.0


@given(st.binary(max_size=200))
def test_arbitrary_bytes_only_break_the_box(data: bytes):
    with contextlib.suppress(BoxBroken):
        answer(data)


@given(st.binary(max_size=300))
def test_an_arbitrary_header_only_breaks_the_box(header: bytes):
    for body in (b"", b"1"):
        with contextlib.suppress(BoxBroken):
            answer(frame(header, body))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FACTS, "ok", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def test_denied_system_calls_are_told_by_their_names():
    numbers = [*(_SYSCALLS[name] for name in ("socket", "ptrace")), 999]
    (run,) = answer(frame(result({**FACTS, "denied": numbers}), b"1")).runs
    assert run.denied == ("socket", "ptrace", "syscall 999")
    failed = {"ok": False, "failure": "{}", "denied": numbers}
    (run,) = answer(frame(result(load=failed))).runs
    assert run.denied == ("socket", "ptrace", "syscall 999")


@pytest.mark.parametrize("denied", [[-1], [1 << 30], ["socket"], [1.5], [True], None, {}, [1] * 33])
def test_numbers_that_no_launcher_could_send_break_the_box(denied: Any):
    with pytest.raises(BoxBroken):
        answer(frame(result({**FACTS, "denied": denied}), b"1"))
    with pytest.raises(BoxBroken):
        answer(frame(result(load={"ok": False, "failure": "{}", "denied": denied})))


@given(st.fixed_dictionaries(dict.fromkeys(FACTS, json_like)), json_like)
def test_a_header_of_the_right_shape_with_wrong_values_only_breaks_the_box(facts: dict[str, Any], load: Any):
    for header in (result(facts), {"op": "result", "load": load, "runs": [FACTS]}):
        with contextlib.suppress(BoxBroken):
            answer(frame(header, b"1"))


@given(st.binary(max_size=200) | json_like.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_driver_says_of_a_failure_is_a_failure(said: bytes):
    failure = driver_said.failure_of(said)
    assert failure.kind in get_args(FailureKind)
    assert len(failure.type) <= 100
    assert len(failure.traceback) <= 20


@pytest.mark.parametrize(
    "said",
    [
        b'{"x":' + b"[" * 60_000,
        b"[" * 60_000,
        b'{"code":' + b"9" * 60_000 + b"}",
        b'{"message":"\\ud800"}',
        b'{"kind":null}',
    ],
)
def test_a_monstrous_description_is_a_failure_too(said: bytes):
    assert driver_said.failure_of(said).kind == "exception"
    assert driver_said.load_failed(said.decode(), "").runs


# ---- both halves -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wire() -> ModuleType:
    """The launcher's half, loaded by path as the launcher does."""
    path = Path(__file__).parents[2] / "judge" / "inside" / "wire.py"
    spec = importlib.util.spec_from_file_location("wire_under_test", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Pipes:
    """A stream over two pipes."""

    def __init__(self) -> None:
        self.theirs_in, self._out = os.pipe()
        self._in, self.theirs_out = os.pipe()

    def send(self, data: bytes) -> None:
        os.write(self._out, data)

    def receive(self, size: int, timeout_s: float) -> bytes:
        data = b""
        while len(data) < size:
            data += os.read(self._in, size - len(data))
        return data

    def close(self) -> None:
        for fd in (self.theirs_in, self._out, self._in, self.theirs_out):
            os.close(fd)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    made = Pipes()
    yield made
    made.close()


def test_both_halves_understand_each_other(wire: ModuleType, pipes: Pipes):
    heard: list[Any] = []

    def launcher() -> None:
        header, body = wire.read_frame(pipes.theirs_in)
        heard.append((header, bytes(body)))
        wire.write_frame(pipes.theirs_out, result(FACTS, FACTS), [b"7", b"", b"8", b""])

    thread = threading.Thread(target=launcher)
    thread.start()
    runs = Conversation(pipes).run(job(b"[1]", b"[2]")).runs
    thread.join()
    ((header, body),) = heard
    assert [run.output for run in runs] == [b"7", b"8"]
    assert body == b"source[1][2]"
    assert header["limits"] == {"cpu_ns": 10**9, "wall_ns": 4 * 10**9, "output_bytes": 8 << 20, "memory_mib": 256}
    assert header["cases"] == [Input.of(b"[1]").digest, Input.of(b"[2]").digest]


def test_a_frame_of_many_parts_and_large_ones_arrives_whole(wire: ModuleType, pipes: Pipes):
    """More parts than the kernel takes at once, and more bytes than the pipe."""
    parts = [b"", b"x" * 300_000, *(b"%d" % number for number in range(3_000)), b"", b"y" * 70_000, b""]
    thread = threading.Thread(target=wire.write_frame, args=(pipes.theirs_out, {"op": "said"}, parts))
    thread.start()
    lengths = pipes.receive(8, 1)
    header = pipes.receive(int.from_bytes(lengths[:4], "big"), 1)
    body = pipes.receive(int.from_bytes(lengths[4:], "big"), 1)
    thread.join()
    assert json.loads(header) == {"op": "said"}
    assert body == b"".join(parts)


def test_the_launcher_may_be_sent_all_that_the_worker_may_send(wire: ModuleType):
    assert wire.MAX_BODY >= protocol._STORE_BYTES
    assert wire.LENGTHS.size == protocol._LENGTHS


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 8,
        b"\0\0\0\2\0\0\0\0[]",
        b"\0\0\0\1\0\0\0\0{",
        b"\0\0\0\1\0\0\0\0\xff",
        b"\0\0\xea\x60\0\0\0\0" + b"[" * 60_000,
    ],
    ids=repr,
)
def test_the_launcher_refuses_what_is_no_frame(wire: ModuleType, pipes: Pipes, data: bytes):
    pipes.send(data)
    with pytest.raises(wire.Malformed):
        wire.read_frame(pipes.theirs_in)


def test_the_launcher_sees_the_end_of_the_stream(wire: ModuleType):
    reading, writing = os.pipe()
    os.write(writing, b"\0\0\0")
    os.close(writing)
    with pytest.raises(wire.Closed):
        wire.read_frame(reading)
    os.close(reading)


def test_the_launcher_sees_that_nobody_reads(wire: ModuleType):
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(wire.Closed):
        wire.write_frame(writing, {"op": "ready"})
    os.close(writing)


def test_what_runs_inside_is_not_imported_by_the_tests_process_under_its_own_name():
    assert "judge.inside.wire" not in sys.modules
