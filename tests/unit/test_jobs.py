"""What the launcher takes for a job: all that the worker sends, and nothing that would fail deeper inside."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import inside
import pytest

from judge.interface import Interface
from judge.models import Limits
from judge.sandbox.base import Input, Job, program_entry
from judge.sandbox.protocol import Conversation

jobs, wire = inside.load("jobs"), inside.load("wire")

ONE, TWO = Input.of(b"[1]"), Input.of(b"[2]")
LIMITS = Limits(cpu_time_s=1.0, wall_time_s=4.0, memory_mib=256, output_mib=8)
NUMBER, LIST = {"name": "n", "type": "int"}, {"name": "head", "type": "list_node"}
METHODS = {"get": {"parameters": [NUMBER], "returns": "int"}}
STAGE = {"function": "f", "parameters": [NUMBER], "returns": "int"}
INTERFACES: dict[str, dict[str, Any]] = {
    "function": STAGE,
    "in place": {"function": "f", "parameters": [LIST], "in_place": "head"},
    "node of": {"function": "f", "parameters": [LIST], "returns": "node_of[head]"},
    "class": {"class": "Box", "constructor": [NUMBER], "methods": METHODS},
    "stages": {"class": "Codec", "stages": [STAGE, STAGE]},
}


class Kept:
    """A stream that keeps what the worker sends, and on which no answer comes."""

    def __init__(self) -> None:
        self.sent = b""

    def send(self, data: bytes) -> None:
        self.sent += data


def sent(job: Job, op: str = "run") -> tuple[dict[str, Any], bytes]:
    """(header, body) by the worker's own encoder."""
    stream = Kept()
    Conversation(stream)._send(op, job)
    header_size = int.from_bytes(stream.sent[:4], "big")
    return json.loads(stream.sent[8 : 8 + header_size]), stream.sent[8 + header_size :]


def read(header: Any, body: bytes, inputs: dict[str, bytes] | None = None) -> Any:
    return jobs.read(header, memoryview(body), {} if inputs is None else inputs)


def function(**more: Any) -> Job:
    (entry,) = Interface.model_validate(INTERFACES["function"]).entries
    return Job("def f(n): return n", entry, [ONE, TWO, ONE], LIMITS, **more)


def validator() -> Job:
    entry = program_entry(["validate.py", "/in"], {"beside": "x = 1"}, "/feedback/")
    return Job("import beside", entry, [ONE, TWO], LIMITS, files=[{"/in": ONE, "/answer": TWO}, {"/in": TWO}])


# ---- what the worker sends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("interface", INTERFACES.values(), ids=INTERFACES.keys())
def test_every_entry_of_an_interface_is_taken(interface: dict[str, Any]):
    for entry in Interface.model_validate(interface).entries:
        assert read(*sent(Job("source", entry, [ONE], LIMITS))).entry == entry


@pytest.mark.parametrize("entry", [program_entry(), {"kind": "recipe"}])
def test_programs_and_generators_are_taken(entry: dict[str, Any]):
    assert read(*sent(Job("source", entry, [ONE], LIMITS))).entry == entry


def test_a_job_arrives_as_it_was_meant():
    job = read(*sent(function(show=True, soft_limit=True, max_timeouts=1)))
    assert (job.source, job.inputs) == ("def f(n): return n", [b"[1]", b"[2]", b"[1]"])
    assert job.limits == (10**9, 4 * 10**9, 8 << 20, 256)
    assert (job.show, job.soft_limit, job.max_timeouts, job.files) == (True, True, 1, [])
    assert not job.is_program


def test_files_arrive_with_their_cases():
    job = read(*sent(validator()))
    assert job.files == [{"/in": b"[1]", "/answer": b"[2]"}, {"/in": b"[2]"}]
    assert job.is_program


def test_inputs_are_kept_for_the_next_job_until_they_are_dropped():
    inputs: dict[str, bytes] = {}
    header, body = sent(function())
    read(header, body, inputs)
    again = {**header, "new": []}
    assert read(again, b"def f(n): return n", inputs).inputs == [b"[1]", b"[2]", b"[1]"]
    only_one = {**again, "drop": [TWO.digest], "cases": [ONE.digest]}
    assert read(only_one, b"def f(n): return n", inputs).inputs == [b"[1]"]
    assert inputs == {ONE.digest: b"[1]"}


# ---- what is no job ----------------------------------------------------------------------------------------------


def _changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """A copy in which the place at the end of the path is changed."""
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    change(place, path[-1])
    return copy


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from _paths(inner, (*path, key))


NEVER = (float("inf"), 0.5, -1, 10**400, True, "\ud800", [[]], {"x": [None]})
VALIDATOR, _ = sent(validator())


@pytest.mark.parametrize("job", [function(), validator()], ids=["function", "program"])
def test_a_value_of_another_kind_anywhere_is_no_job(job: Job):
    header, body = sent(job)
    for path in _paths(header):
        for value in NEVER:
            if type(value) is type(_at(header, path)) and isinstance(value, str | bool):
                continue  # another text or flag is as good
            with pytest.raises(wire.Malformed):
                read(_changed(header, path, lambda place, key, value=value: place.__setitem__(key, value)), body)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("path", [path for path in _paths(VALIDATOR) if isinstance(path[-1], str)], ids=str)
def test_a_key_that_is_missing_or_is_none_is_no_job(path: tuple[Any, ...]):
    _, body = sent(validator())
    if path[-1].startswith("/") or path[-1] == "beside":
        return  # a path and a module's name are whatever the package says
    for change in (lambda place, key: place.pop(key), lambda place, key: place.__setitem__("another", place.pop(key))):
        with pytest.raises(wire.Malformed):
            read(_changed(VALIDATOR, path, change), body)


@pytest.mark.parametrize(
    "change",
    [
        {"op": "say"},
        {"op": "talk"},  # a function cannot be talked with
        {"entry": {"kind": "program"}},
        {"entry": {"kind": ["function"]}},
        {"entry": None},
        {"source_size": 0},
        {"new": []},
        {"new": [[ONE.digest, 3]]},
        {"cases": ["0" * 64]},
        {"drop": ["0" * 64]},
        {"files": [{"/in": ONE.digest}]},
        {"another": 1},
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_no_job(change: dict[str, Any]):
    header, body = sent(function())
    read(header, body)
    with pytest.raises(wire.Malformed):
        read({**header, **change}, body)


def test_as_many_files_as_cases_or_none():
    header, body = sent(validator())
    with pytest.raises(wire.Malformed):
        read({**header, "files": header["files"][:1]}, body)


def test_a_source_that_is_no_text_is_no_job():
    header, body = sent(function())
    with pytest.raises(wire.Malformed):
        read(header, b"\xff" + body[1:])


# ---- what a program is told --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [True, False])
def test_what_a_program_is_told_may_be_the_last(end: bool):
    assert jobs.ends_input({"op": "say", "end": end}) is end


@pytest.mark.parametrize(
    "header",
    [{}, {"op": "say"}, {"op": "say", "end": 1}, {"op": "run", "end": True}, {"op": "say", "end": True, "x": 1}],
)
def test_what_says_nothing_to_a_program_is_refused(header: dict[str, Any]):
    with pytest.raises(wire.Malformed):
        jobs.ends_input(header)
