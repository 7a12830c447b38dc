"""The Python driver: loads one solution, calls it once per case, sends back what it returned.

It shares its process with the solution, so nothing it says is believed: the supervisor keeps the clock and the caps,
the worker parses its bytes as a stranger's. What it does promise is courtesy: an honest solution finds the names that
interview sites give, may call its function `two_sum`, `twoSum` or `Solution.twoSum`, and gets a useful message.

    supervisor -> driver   length, then a JSON job; after that length, then a JSON input, once per case; end of stream
    driver -> supervisor   REPLY header, payload, printed text: one `L` (loaded) or `F` to the job, one `R` (result)
                           or `F` (failure, as JSON) to each input

A job of the kind "program" is a whole program, which reads standard input and writes standard output: program.py.
"""

import importlib.util
import io
import json
import linecache
import os
import sys
import types
from typing import NoReturn

import jail
import program
from channel import FAILURE, LOADED, RESULT
from loading import FILE_NAME, Call, LoadError, load, prelude
from replies import Printed, TimeIsUp, failure, load_error, parse, receive, reply, to_json

_RECURSION_LIMIT = 1_000_000


def preload(timeout_decorator: str | None) -> None:
    """Import, in the zygote, what most solutions import: a child gets it for nothing."""
    prelude()
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
    method = {"parameters": ["int"], "returns": "int"}
    entry = {"kind": "class", "name": "Box", "parameters": ["int"], "methods": {"get": method}}
    source = "class Box:\n    def __init__(self, n):\n        self.n = n\n\n    def get(self, n):\n        return n\n"
    for _ in range(10):
        to_json(load(source, entry)(json.loads('[["Box",1],["get",1],["get",2]]')))
    del sys.modules["solution"]


def main(channel: int, stdio: int) -> NoReturn:
    """Serve one job over the channel, then end. Never returns, whatever the solution does."""
    reader = open(channel, "rb", buffering=1 << 16, closefd=False)  # noqa: SIM115 - open as long as the process
    setup = receive(reader)
    if not setup:
        os._exit(0)  # a spare that was never needed
    job = json.loads(setup)
    jail.limit_memory(job["memory_mib"])
    sys.setrecursionlimit(_RECURSION_LIMIT)
    printed = Printed(job["output_limit"], job["show"])
    sys.stdout = sys.stderr = printed
    if job["show"]:
        linecache.cache[FILE_NAME] = (0, None, job["source"].splitlines(True), FILE_NAME)
    if job["entry"]["kind"] == "program":
        files = [receive(reader) for _ in job["files"]]
        program.run(job, dict(zip(job["files"], files, strict=True)), program.Streams(reader, channel, stdio, printed))
    os.close(stdio)
    sys.stdin = io.StringIO("")
    try:
        call = load(job["source"], job["entry"])
        if job["soft_limit_s"]:
            call = _with_soft_limit(call, job["soft_limit_s"])
        reply(channel, LOADED)
    except BaseException as exc:
        facts = load_error(exc) if isinstance(exc, LoadError) else failure(exc)
        reply(channel, FAILURE, facts, printed.take())
        os._exit(0)
    while data := receive(reader):
        try:
            result = call(parse(data))
            kind, payload = RESULT, to_json(result)
        except BaseException as exc:
            kind, payload = FAILURE, failure(exc)
        if printed.size > printed.limit:
            kind, payload = FAILURE, b'{"kind":"output_limit"}'
        reply(channel, kind, payload, printed.take())
    os._exit(0)


def _with_soft_limit(call: Call, seconds: float) -> Call:
    """Stop the call from inside, shortly before the supervisor kills it, to say where it was.

    Only a courtesy, for cases that are shown: the solution can catch or cancel it, and the verdict does not rest on it.
    """
    module = sys.modules.get("timeout_decorator")
    return module.timeout(seconds, use_signals=True, timeout_exception=TimeIsUp)(call) if module else call
