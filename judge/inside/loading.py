"""Loads a Python solution: runs its top level and finds the function or class it must offer, forgiving style.

`two_sum`, `twoSum` and `Solution.twoSum` are the same; the names that interview sites give need no import. What cannot
be loaded is a LoadError with facts, never a guess.
"""

import bisect
import builtins
import collections
import functools
import heapq
import itertools
import math
import sys
import types
import typing
from typing import Any

import calling
import typed

FILE_NAME: typing.Final = calling.SOLUTION
# Imported before the fork: what nearly every solution needs, for each module more makes every fork dearer. `threading`,
# `random` and what needs them would even have work to do in every child, a fifth of what it costs.
# fmt: off
_EAGER = (
    "bisect", "collections", "copy", "enum", "functools", "heapq", "itertools", "json",
    "math", "operator", "re", "string", "time", "typing", "zlib",
)
# fmt: on

Call = typing.Callable[[Any], Any]


_MAX_LINE = 1_000  # characters of a line that does not compile


class LoadError(Exception):
    """The source cannot be judged at all (a compile error); carries the facts for the report."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


def load(source: str, entry: dict[str, Any]) -> Call:
    """Run the source's top level and return the function that runs one case."""
    code = compiled(source)
    module = sys.modules["solution"] = types.ModuleType("solution")
    names = vars(module)
    names["__builtins__"] = prelude()
    exec(code, names)
    own = {name: value for name, value in names.items() if name[0] != "_"}
    return _CALLERS[entry["kind"]](own, entry)


def compiled(source: str) -> types.CodeType:
    """The source's code. Raises LoadError with the place of a syntax error."""
    try:
        return compile(source, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError as exc:
        raise LoadError(
            kind="syntax_error", message=exc.msg, line=exc.lineno, column=exc.offset, text=_start_of(exc.text)
        ) from None
    except (ValueError, OverflowError, RecursionError, MemoryError) as exc:
        raise LoadError(
            kind="syntax_error", message=f"{type(exc).__name__}: {exc}", line=None, column=None, text=""
        ) from None


def _start_of(line: str | None) -> str:
    """A line fit to be shown; whole, a long one would be more than a failure may hold."""
    return (line or "")[:_MAX_LINE].rstrip("\n")


def _function_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    return calling.function(_find_function(own, entry), entry)


def _find_function(own: dict[str, Any], entry: dict[str, Any]) -> typing.Callable[..., Any]:
    """The function itself, or as a method of `Solution` or of the class that the problem names as its holder."""
    name, parameters = entry["name"], len(entry["parameters"])
    found = _find(own, name)
    function = own[found] if found else None
    if callable(function) and not isinstance(function, type):
        _check_parameters(function, parameters, name)
        return typing.cast(typing.Callable[..., Any], function)
    looked_for, offered = [name, _camel(name)], _callables(own)
    for holder in dict.fromkeys((entry.get("holder") or "Solution", "Solution")):
        cls = own.get(holder)
        methods = _public(cls) if isinstance(cls, type) else {}
        method = _find(methods, name)
        if method is not None and isinstance(cls, type):
            static = isinstance(vars(cls).get(method), staticmethod)
            _check_parameters(methods[method], parameters + (not static), f"{holder}.{method}", hidden=not static)
            return lambda *arguments: getattr(cls(), method)(*arguments)  # noqa: PLW0108 - a new object each call
        looked_for.append(f"{holder}.{_camel(name)}")
        offered += [f"{holder}.{key}" for key in _callables(methods)]
    raise LoadError(kind="missing_entry", looked_for=list(dict.fromkeys(looked_for)), found=offered)


def _class_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    name = entry["name"]
    classes = {key: value for key, value in own.items() if isinstance(value, type)}
    found = _find(classes, name)
    if found is None:
        raise LoadError(kind="missing_entry", looked_for=[name], found=_callables(own))
    cls = classes[found]
    constructor = getattr(cls, "__init__")  # noqa: B009 - as a value, whichever class of the line it is from
    if isinstance(constructor, types.FunctionType):
        _check_parameters(constructor, len(entry["parameters"]) + 1, f"{name}.__init__", hidden=True)
    attributes = {}
    offered = _public(cls)
    for method_name, method_entry in entry["methods"].items():
        method = _find(offered, method_name)
        if method is None:
            names = [f"{name}.{key}" for key in _callables(offered)]
            raise LoadError(kind="missing_entry", looked_for=[f"{name}.{method_name}"], found=names)
        count = len(method_entry["parameters"]) + 1
        _check_parameters(offered[method], count, f"{name}.{method_name}", hidden=True)
        attributes[method_name] = method
    return calling.operations(cls, attributes, entry)


def _recipe_caller(own: dict[str, Any], entry: dict[str, Any]) -> Call:
    """For a package's generator: an input names the function and gives its keyword arguments."""

    def run(recipe: dict[str, Any]) -> Any:
        arguments = dict(recipe)
        return own[arguments.pop("make")](**arguments)

    return run


_CALLERS = {"function": _function_caller, "class": _class_caller, "recipe": _recipe_caller}


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
def prelude() -> dict[str, Any]:
    """The names a solution finds without importing them, as on interview sites.

    They are given as its builtins, not copied into its globals: a copy would touch, and so make this process own, the
    memory page of every one of them, which cost more than all the jail's system calls.
    """
    modules = {name: __import__(name) for name in _EAGER}
    names: dict[str, Any] = {**vars(builtins), **modules}
    for module in (typing, collections, heapq, bisect, functools, itertools):
        public = getattr(module, "__all__", None) or [name for name in dir(module) if name[0] != "_"]
        names.update((name, getattr(module, name)) for name in public)
    names.update((name, getattr(math, name)) for name in ("inf", "gcd", "sqrt", "ceil", "floor", "log2"))
    names.update(exit=sys.exit, quit=sys.exit, ListNode=typed.ListNode, TreeNode=typed.TreeNode)
    return names
