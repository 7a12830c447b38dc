"""Runs a whole program: standard input in, standard output out, as `python3 solution.py` would, once per process.

Descriptors 0 and 1 are a socket whose other end the supervisor holds, so the program may read and write them however it
likes, also without Python's own files. How it ended is said on the channel; the exit code is the process's own.

A package's validator is a program too. It finds the files of its case under the paths it is given and may write into
its feedback folder, though there is neither folder nor file: `open` serves both from memory (only in its own process).
"""

import atexit
import builtins
import io
import json
import os
import sys
import types
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn

from channel import FAILURE, LOADED, RESULT
from loading import LoadError, compiled
from replies import Printed, failure, load_error, receive, reply

_EXIT_RAISED = 1  # Python's own for an exception that nobody caught
_MAX_FEEDBACK = 16_000
_ModuleSpec: Final[Any] = type(sys.__spec__)  # importing it by its name would ask the finder that needs it


class Streams(NamedTuple):
    """What connects this process: the channel to the supervisor, the socket for 0 and 1, standard error."""

    reader: BinaryIO
    channel: int
    stdio: int
    printed: Printed


def run(job: dict[str, Any], files: dict[str, bytes], streams: Streams) -> NoReturn:
    """Load the program, say so, run it, say how it ended. Never returns, whatever the program does."""
    try:
        code = compiled(job["source"])
    except LoadError as exc:
        reply(streams.channel, FAILURE, load_error(exc))
        os._exit(0)
    entry = job["entry"]
    written = _serve_files(files, entry["feedback"]) if entry["feedback"] else {}
    _become_a_script(entry, streams.stdio)
    reply(streams.channel, LOADED)
    if not receive(
        streams.reader
    ):  # the word to begin: the next reply is the program's own, and must not come too soon
        os._exit(0)
    status, facts = _execute(code)
    if facts:
        reply(streams.channel, FAILURE, facts, streams.printed.take())
    else:
        reply(streams.channel, RESULT, json.dumps(_texts(written)).encode(), streams.printed.take())
    os._exit(status)


def _become_a_script(entry: dict[str, Any], stdio: int) -> None:
    os.dup2(stdio, 0)
    os.dup2(stdio, 1)
    os.close(stdio)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = entry["argv"]
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]  # the site module's, which is not loaded here
    if entry["modules"]:
        sys.meta_path.insert(0, _Siblings(entry["modules"]))


def _execute(code: types.CodeType) -> tuple[int, bytes]:
    """Run to the very end, threads and exit handlers included; (exit status, facts of what was raised or nothing)."""
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    status, facts = 0, b""
    try:
        exec(code, vars(module))
    except SystemExit as exc:
        status = _status_of(exc.code)
    except BaseException as exc:
        status, facts = _EXIT_RAISED, failure(exc)
    try:
        if "threading" in sys.modules:
            sys.modules["threading"]._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException as exc:
        status, facts = status or _EXIT_RAISED, facts or failure(exc)
    return status, facts


def _status_of(code: Any) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return _EXIT_RAISED


class _Siblings:
    """Finds the modules that lie beside the program."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return _ModuleSpec(name, self) if name in self._sources else None

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        exec(compile(self._sources[module.__name__], f"{module.__name__}.py", "exec"), vars(module))


def _serve_files(files: dict[str, bytes], feedback: str) -> dict[str, Any]:
    """Let `open` find these files, and write below the feedback folder; returns what will be written, by name."""
    written: dict[str, Any] = {}
    real_open = io.open

    def serve(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        path = file if isinstance(file, int) else os.fspath(file)
        if path in files and set(mode) <= set("rbt"):
            return _in_memory(files[path], mode, options)
        folder, _, name = path.rpartition("/") if isinstance(path, str) else ("", "", "")
        if name and os.path.normpath(folder) == os.path.normpath(feedback):
            earlier = written[name].getvalue() if name in written and set(mode) & set("ra+") else b""
            kept = written[name] = _Kept(earlier)
            if "a" in mode:
                kept.seek(0, os.SEEK_END)
            return kept if "b" in mode else io.TextIOWrapper(kept, encoding="utf-8", write_through=True)
        return real_open(file, mode, *more, **options)

    io.open = builtins.open = serve  # pathlib asks io.open
    return written


def _in_memory(data: bytes, mode: str, options: dict[str, Any]) -> Any:
    if "b" in mode:
        return io.BytesIO(data)
    chosen = {key: options[key] for key in ("encoding", "errors", "newline") if options.get(key)}
    return io.TextIOWrapper(io.BytesIO(data), **{"encoding": "utf-8", **chosen})


class _Kept(io.BytesIO):
    """A file whose content outlives its closing."""

    def close(self) -> None:
        self.flush()


def _texts(written: dict[str, Any]) -> dict[str, str]:
    """The first part of each file, as text."""
    return {name: file.getvalue()[:_MAX_FEEDBACK].decode("utf-8", "replace") for name, file in written.items()}
