"""What a job is: the one place that checks what the worker sends, key by key, before anything is done with it.

A frame that passes here can be run: every key is there and none else, of the type and in the range that the rest of the
launcher counts on, and every input that it names is held. One that does not is Malformed, and the launcher ends. Does
not promise that an entry fits its source: that is the driver's to find out.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from channel import Limits
from wire import MAX_BODY, Malformed

_LONGEST_NS: Final = 10**15  # eleven days; in milliseconds poll(2) still takes it
_MOST_MIB: Final = 1 << 24

Check = Callable[[Any], bool]


class Job(NamedTuple):
    """One group of cases for one source, as the worker sent it."""

    source: str
    entry: dict[str, Any]
    inputs: list[bytes]
    limits: Limits
    show: bool
    soft_limit: bool
    max_timeouts: int
    files: list[dict[str, bytes]]  # of programs: what each case's can open, by path

    @property
    def is_program(self) -> bool:
        return bool(self.entry["kind"] == "program")


def read(header: Mapping[str, Any], body: memoryview, inputs: dict[str, bytes]) -> Job:
    """The job of a frame; keeps the inputs that come with it and drops those that are to go. Raises Malformed."""
    _demand(_is_job(header), "a frame that is no job")
    source = _take(header, body, inputs)
    named = {*header["cases"], *(digest for files in header["files"] for digest in files.values())}
    _demand(named <= inputs.keys(), "a job with an input that is not here")
    job = Job(
        source=source,
        entry=header["entry"],
        inputs=[inputs[digest] for digest in header["cases"]],
        limits=Limits(**header["limits"]),
        show=header["show"],
        soft_limit=header["soft_limit"],
        max_timeouts=header["max_timeouts"],
        files=[{path: inputs[digest] for path, digest in files.items()} for files in header["files"]],
    )
    _demand(job.is_program or header["op"] == "run", "a talk with what is no program")
    _demand(not job.files or (job.is_program and len(job.files) == len(job.inputs)), "files that belong to no case")
    return job


def ends_input(header: Mapping[str, Any]) -> bool:
    """Whether a frame is the last of what a program is told. Raises Malformed for one that tells it nothing."""
    _demand(_is_said(header), "a frame that says nothing to a program")
    return bool(header["end"])


def _take(header: Mapping[str, Any], body: memoryview, inputs: dict[str, bytes]) -> str:
    """The source; the inputs are kept and dropped as the header says."""
    sizes = [header["source_size"], *(size for _, size in header["new"])]
    _demand(sum(sizes) == len(body), "a job with a body of another size than it says")
    for digest in header["drop"]:
        _demand(inputs.pop(digest, None) is not None, "a job that drops what is not here")
    position = header["source_size"]
    for digest, size in header["new"]:
        inputs[digest] = bytes(body[position : position + size])
        position += size
    try:
        return bytes(body[: header["source_size"]]).decode()
    except UnicodeDecodeError:
        raise Malformed("a job whose source is no UTF-8") from None


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise Malformed(otherwise)


# ---- the checks --------------------------------------------------------------------------------------------------


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _number(most: int) -> Check:
    return lambda value: type(value) is int and 0 <= value <= most


def _one_of(*values: str) -> Check:
    return lambda value: type(value) is str and value in values


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list(check: Check) -> Check:
    return lambda value: type(value) is list and all(map(check, value))


def _table(check: Check) -> Check:
    return lambda value: type(value) is dict and all(map(check, value.values()))


def _pair(first: Check, second: Check) -> Check:
    return lambda value: type(value) is list and len(value) == 2 and first(value[0]) and second(value[1])


def _object(checks: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """Every key of `checks`, perhaps those of `optional`, and no other."""
    every = {**checks, **(optional or {})}

    def check(value: Any) -> bool:
        if type(value) is not dict or not checks.keys() <= value.keys() <= every.keys():
            return False
        return all(every[key](value[key]) for key in value)

    return check


def _is_entry(value: Any) -> bool:
    kind = value.get("kind") if type(value) is dict else None
    return type(kind) is str and kind in _ENTRIES and _ENTRIES[kind](value)


_texts = _list(_is_text)
_size = _number(MAX_BODY)
_call: Final = {"parameters": _texts, "returns": _is_text}
_place = _number(1 << 16)
# What an entry is made of: judge/interface.py and judge/sandbox/base.py, program_entry.
_ENTRIES: Final = {
    "function": _object(
        {"kind": _is_text, "name": _is_text, **_call},
        {"holder": _or_null(_is_text), "in_place": _place, "node_of": _place},
    ),
    "class": _object(
        {"kind": _is_text, "name": _is_text, "parameters": _texts, "methods": _table(_object(_call))},
    ),
    "recipe": _object({"kind": _is_text}),
    "program": _object(
        {"kind": _is_text, "argv": _texts, "modules": _table(_is_text), "feedback": _or_null(_is_text)},
    ),
}
_LIMITS: Final = {
    "cpu_ns": _number(_LONGEST_NS),
    "wall_ns": _number(_LONGEST_NS),
    "output_bytes": _number(_MOST_MIB << 20),
    "memory_mib": _number(_MOST_MIB),
}
_is_job = _object(
    {
        "op": _one_of("run", "talk"),
        "source_size": _size,
        "entry": _is_entry,
        "limits": _object(_LIMITS),
        "show": _is_flag,
        "soft_limit": _is_flag,
        "max_timeouts": _number(1 << 30),
        "new": _list(_pair(_is_text, _size)),
        "cases": _texts,
        "files": _list(_table(_is_text)),
        "drop": _texts,
    }
)
_is_said = _object({"op": _one_of("say"), "end": _is_flag})
