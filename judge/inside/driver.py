"""The Python driver: loads one solution, calls it once per case, sends back what it returned.

It shares its process with the solution, so nothing it says is believed: the supervisor keeps the clock and the caps,
the worker parses its bytes as a stranger's. What it does promise is courtesy: an honest solution finds the names that
interview sites give, may call its function `two_sum`, `twoSum` or `Solution.twoSum`, and gets a useful message.

    supervisor -> driver   length, then a JSON job; after that length, then a JSON input, once per case; end of stream
    driver -> supervisor   REPLY header, payload, printed text: one `L` (loaded) or `F` to the job, one `R` (result)
                           or `F` (failure, as JSON) to each input
"""

import builtins
import collections
import functools
import heapq
import importlib.util
import io
import itertools
import json
import linecache
import math
import os
import sys
import types
import typing
from typing import Any, Final, NoReturn

import jail
from channel import FAILURE, LENGTH, LOADED, REPLY, RESULT

FILE_NAME: Final = "solution.py"
_MAX_TRACEBACK = 12
_MAX_KEPT = 16_000  # characters of printed text
_RECURSION_LIMIT = 1_000_000
# Imported before the fork. `threading`, `random` and what needs them come when they are first used: each has work to do
# in every forked child, a fifth of what a child costs.
# fmt: off
_EAGER = (
    "bisect", "collections", "copy", "dataclasses", "datetime", "enum", "functools", "heapq", "itertools", "json",
    "math", "operator", "re", "string", "time", "typing", "zlib",
)
# fmt: on
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class OutputLimitExceeded(Exception):
    """Raised in the solution by a print that goes over the limit."""


class TimeIsUp(BaseException):
    """Raised by the soft limit in the solution, where it was when its time was up."""


class Printed(io.TextIOBase):
    """Stands in for standard output: kept apart from results, counted, and kept only where it will be shown."""

    def __init__(self, limit: int, keep: bool) -> None:
        self.limit, self.keep = limit, keep
        self.size, self.parts = 0, list[str]()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.size += len(text)
        if self.size > self.limit:
            raise OutputLimitExceeded(f"printed more than {self.limit} characters")
        if self.keep and self.size - len(text) < _MAX_KEPT:
            self.parts.append(text[:_MAX_KEPT])
        return len(text)

    def take(self) -> bytes:
        if not self.size:
            return b""
        text = "".join(self.parts)
        self.size = 0
        self.parts.clear()
        return text.encode("utf-8", "backslashreplace")


Call = typing.Callable[[Any], Any]


class LoadError(Exception):
    """The source cannot be judged at all (a compile error); carries the facts for the report."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


def preload(timeout_decorator: str | None) -> None:
    """Import, in the zygote, what most solutions import: a child gets it for nothing."""
    _prelude()
    if timeout_decorator and os.path.isdir(timeout_decorator):
        spec = importlib.util.spec_from_file_location(
            "timeout_decorator", os.path.join(timeout_decorator, "__init__.py")
        )
        assert spec and spec.loader
        sys.modules["timeout_decorator"] = module = importlib.util.module_from_spec(spec)
        # It imports multiprocessing (and with it threading) for a mode that is not used here; the zygote stays lean.
        sys.modules["multiprocessing"] = types.ModuleType("multiprocessing")
        spec.loader.exec_module(module)
        del sys.modules["multiprocessing"]


def rehearse() -> None:
    """Load and call a trusted little program, in the zygote: what is warm there is warm in every child."""
    entry = {"kind": "class", "name": "Box", "parameters": 1, "methods": {"get": 1}}
    source = "class Box:\n    def __init__(self, n):\n        self.n = n\n\n    def get(self, n):\n        return n\n"
    for _ in range(10):
        _to_json(_load(source, entry)(json.loads('[["Box",1],["get",1],["get",2]]')))
    del sys.modules["solution"]


def main(channel: int) -> NoReturn:
    """Serve one job over the channel, then end. Never returns, whatever the solution does."""
    reader = open(channel, "rb", buffering=1 << 16, closefd=False)  # noqa: SIM115 - open as long as the process
    setup = _receive(reader)
    if not setup:
        os._exit(0)  # a spare that was never needed
    job = json.loads(setup)
    jail.limit_memory(job["memory_mib"])
    sys.setrecursionlimit(_RECURSION_LIMIT)
    printed = Printed(job["output_limit"], job["show"])
    sys.stdout = sys.stderr = printed
    sys.stdin = io.StringIO("")
    try:
        call = _load(job["source"], job["entry"])
        if job["show"]:
            linecache.cache[FILE_NAME] = (0, None, job["source"].splitlines(True), FILE_NAME)
        if job["soft_limit_s"]:
            call = _with_soft_limit(call, job["soft_limit_s"])
        _reply(channel, LOADED, b"", b"")
    except LoadError as exc:
        _reply(channel, FAILURE, _encode(exc.facts).encode(), b"")
        os._exit(0)
    except BaseException as exc:
        _reply(channel, FAILURE, _failure(exc), printed.take())
        os._exit(0)
    while data := _receive(reader):
        try:
            result = call(json.loads(data))
            kind, payload = RESULT, _to_json(result)
        except BaseException as exc:
            kind, payload = FAILURE, _failure(exc)
        if printed.size > printed.limit:
            kind, payload = FAILURE, b'{"kind":"output_limit"}'
        _reply(channel, kind, payload, printed.take())
    os._exit(0)


def _receive(reader: typing.BinaryIO) -> bytes:
    """The next message; empty at the end of the stream."""
    head = reader.read(LENGTH.size)
    return reader.read(LENGTH.unpack(head)[0]) if head else b""


def _reply(channel: int, kind: bytes, payload: bytes, printed: bytes) -> None:
    rest = memoryview(b"".join((REPLY.pack(kind, len(payload), len(printed)), payload, printed)))
    while rest:
        rest = rest[os.write(channel, rest) :]


# ---- loading -----------------------------------------------------------------------------------------------------


def _load(source: str, entry: dict[str, Any]) -> Call:
    """Run the source's top level and return the function that runs one case."""
    try:
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError as exc:
        raise LoadError(
            kind="syntax_error", message=exc.msg, line=exc.lineno, column=exc.offset, text=(exc.text or "").rstrip("\n")
        ) from None
    except (ValueError, OverflowError, RecursionError, MemoryError) as exc:
        raise LoadError(
            kind="syntax_error", message=f"{type(exc).__name__}: {exc}", line=None, column=None, text=""
        ) from None
    module = sys.modules["solution"] = types.ModuleType("solution")
    names = vars(module)
    names["__builtins__"] = _prelude()
    exec(code, names)
    own = {name: value for name, value in names.items() if name[0] != "_"}
    return _CALLERS[entry["kind"]](own, entry)


def _function_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    name, parameters = entry["name"], entry["parameters"]
    found = _find(own, name)
    function = own[found] if found else None
    if callable(function) and not isinstance(function, type):
        _check_parameters(function, parameters, name)
        return lambda arguments: function(*arguments)
    solution = own.get("Solution")
    methods = _public(solution) if isinstance(solution, type) else {}
    method = _find(methods, name)
    if method is None or not isinstance(solution, type):
        looked_for = dict.fromkeys([name, _camel(name), f"Solution.{_camel(name)}"])
        offered = _callables(own) + [f"Solution.{key}" for key in _callables(methods)]
        raise LoadError(kind="missing_entry", looked_for=list(looked_for), found=offered)
    static = isinstance(vars(solution).get(method), staticmethod)
    _check_parameters(methods[method], parameters + (not static), f"Solution.{method}", hidden=not static)
    return lambda arguments: getattr(solution(), method)(*arguments)


def _class_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    name = entry["name"]
    classes = {key: value for key, value in own.items() if isinstance(value, type)}
    found = _find(classes, name)
    if found is None:
        raise LoadError(kind="missing_entry", looked_for=[name], found=_callables(own))
    cls = classes[found]
    constructor = getattr(cls, "__init__")  # noqa: B009 - as a value, whichever class of the line it is from
    if isinstance(constructor, types.FunctionType):
        _check_parameters(constructor, entry["parameters"] + 1, f"{name}.__init__", hidden=True)
    attributes = {}
    offered = _public(cls)
    for method_name, parameters in entry["methods"].items():
        method = _find(offered, method_name)
        if method is None:
            names = [f"{name}.{key}" for key in _callables(offered)]
            raise LoadError(kind="missing_entry", looked_for=[f"{name}.{method_name}"], found=names)
        _check_parameters(offered[method], parameters + 1, f"{name}.{method_name}", hidden=True)
        attributes[method_name] = method

    def run(operations: list[list[Any]]) -> list[Any]:
        instance = cls(*operations[0][1:])
        bound = {key: getattr(instance, attribute) for key, attribute in attributes.items()}
        return [None, *(bound[operation[0]](*operation[1:]) for operation in operations[1:])]

    return run


def _recipe_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    """For a package's generator: an input names the function and gives its keyword arguments."""

    def run(recipe: dict[str, Any]) -> Any:
        arguments = dict(recipe)
        return own[arguments.pop("make")](**arguments)

    return run


_CALLERS = {"function": _function_caller, "class": _class_caller, "recipe": _recipe_caller}


def _with_soft_limit(call: Call, seconds: float) -> Call:
    """Stop the call from inside, shortly before the supervisor kills it, to say where it was.

    Only a courtesy, for cases that are shown: the solution can catch or cancel it, and the verdict does not rest on it.
    """
    module = sys.modules.get("timeout_decorator")
    return module.timeout(seconds, use_signals=True, timeout_exception=TimeIsUp)(call) if module else call


def _find(names: dict[str, Any], wanted: str) -> str | None:
    """The wanted name as it is written there: exactly, or else in another style (two_sum, twoSum, TwoSum)."""
    if wanted in names:
        return wanted
    plain = wanted.replace("_", "").lower()
    return next((name for name in names if name.replace("_", "").lower() == plain), None)


def _public(cls: type) -> dict[str, Any]:
    return {name: getattr(cls, name) for name in dir(cls) if name[0] != "_"}


def _check_parameters(function: Any, count: int, name: str, hidden: bool = False) -> None:
    """Refuse a plain function that cannot be called with that many arguments; `hidden`: one of them is self."""
    function = getattr(function, "__wrapped__", function)
    code = getattr(function, "__code__", None)
    if code is None:
        return
    required = code.co_argcount - len(function.__defaults__ or ())
    takes_any = bool(code.co_flags & 0x04)
    missing_keywords = code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
    if required <= count and (takes_any or count <= code.co_argcount) and not missing_keywords:
        return
    names = list(code.co_varnames[: code.co_argcount])[hidden:]
    raise LoadError(kind="wrong_parameters", function=name, expected=count - hidden, found=names)


def _callables(names: dict[str, Any]) -> list[str]:
    return [name for name, value in names.items() if callable(value)][:20]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@functools.cache
def _prelude() -> dict[str, Any]:
    """The names a solution finds without importing them, as on interview sites.

    They are given as its builtins, not copied into its globals: a copy would touch, and so make this process own, the
    memory page of every one of them, which cost more than all the jail's system calls.
    """
    modules = {name: __import__(name) for name in _EAGER}
    names: dict[str, Any] = {**vars(builtins), **modules}
    for module in (typing, collections, heapq, modules["bisect"], functools, itertools):
        public = getattr(module, "__all__", None) or [name for name in dir(module) if name[0] != "_"]
        names.update((name, getattr(module, name)) for name in public)
    names.update((name, getattr(math, name)) for name in ("inf", "gcd", "sqrt", "ceil", "floor", "log2"))
    names.update(dataclass=modules["dataclasses"].dataclass, exit=sys.exit, quit=sys.exit)
    return names


# ---- reporting ---------------------------------------------------------------------------------------------------


class Unserialisable(Exception):
    """The result is nothing that JSON can hold."""


def _to_json(result: Any) -> bytes:
    try:
        return _encode(result).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise Unserialisable(str(exc)) from None


def _failure(exc: BaseException) -> bytes:
    """The facts of an exception as JSON; whatever the exception's own code does wrong, some facts come out."""
    try:
        return _encode(_facts(exc)).encode()
    except BaseException:
        return b'{"kind":"exception","type":"Exception","message":"","traceback":[]}'


def _facts(exc: BaseException) -> dict[str, Any]:
    if isinstance(exc, OutputLimitExceeded):
        return {"kind": "output_limit"}
    if isinstance(exc, Unserialisable):
        return {"kind": "unserialisable", "message": str(exc)[:500]}
    if isinstance(exc, SystemExit):
        code = exc.code
        return {"kind": "exit", "code": code if type(code) is int else int(code is not None)}
    lines = _traceback(exc)
    if isinstance(exc, TimeIsUp):
        return {"kind": "soft_limit", "traceback": lines}
    return {"kind": "exception", "type": type(exc).__name__, "message": str(exc)[:2000], "traceback": lines}


def _traceback(exc: BaseException) -> list[str]:
    """The solution's own frames, the innermost last."""
    lines, step = list[str](), exc.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            text = linecache.getline(FILE_NAME, step.tb_lineno).strip()
            lines.append(f"line {step.tb_lineno}, in {code.co_name}: {text}"[:300])
        step = step.tb_next
    return lines[-_MAX_TRACEBACK:]
