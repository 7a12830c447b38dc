"""Denied system calls are told by name, and whoever makes them neither waits for ever nor escapes its limits."""

import pytest
from boxes import CLEAN, IMPATIENT, SHORT, Caller, function

from judge.sandbox.base import program_entry

BY_NUMBER = "import ctypes\ncall = ctypes.CDLL(None, use_errno=True).syscall\n"
SOCKET = "import socket\nsocket.socket()"
FORK = "import os\nos.fork()"
# Many denied calls at once, some of them interrupted while they wait for their answer.
STORM = """
import os, signal, threading
def storm():
    while True:
        try: os.fork()
        except OSError: pass
for _ in range(4): threading.Thread(target=storm, daemon=True).start()
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
"""


@pytest.fixture(autouse=True)
def _told(box: Caller) -> None:
    """Skip where the kernel tells nobody: a box whose denied calls fail as ever, and mutely."""
    if "seccomp" not in box.walls or not box.one(function(FORK)).denied:
        pytest.skip("this kernel or runtime has no listeners for denied calls")


def test_nothing_is_denied_to_an_honest_solution(box: Caller):
    assert box.one(CLEAN).denied == ()


def test_what_python_itself_is_denied_does_no_harm(box: Caller):
    run = box.one(function("import asyncio\nreturn asyncio.run(asyncio.sleep(0, 7))"))
    assert (run.ended, run.output) == ("ok", b"7")


@pytest.mark.parametrize(("body", "name"), [(SOCKET, "socket"), (FORK, "clone"), ("open('/x', 'w')", "openat")])
def test_a_denied_call_is_named(box: Caller, body: str, name: str):
    run = box.one(function(body))
    assert (run.ended, run.failure and run.failure.type, run.denied) == ("failed", "PermissionError", (name,))


def test_a_denied_call_still_fails_with_the_usual_error(box: Caller):
    assert (
        box.value("import errno, os\ntry: os.fork()\nexcept OSError as exc: return exc.errno == errno.EPERM") == b"true"
    )


def test_each_name_is_told_once_and_for_the_case_that_it_was_denied_to(box: Caller):
    source = function(
        "import os, socket\nfor make in (socket.socket, os.fork)[:n] * 3:\n    try: make()\n    except OSError: pass"
    )
    result = box.job(source, b"[0]", b"[2]", b"[1]", b"[0]")
    assert [run.denied for run in result.runs] == [(), ("socket", "clone"), ("socket",), ()]


def test_a_call_denied_while_the_source_loads_is_told_of_the_first_case(box: Caller):
    run = box.one(f"{SOCKET}\n{CLEAN}")
    assert (run.ended, run.denied) == ("failed", ("socket",))
    swallowed = f"import os\ntry: os.fork()\nexcept OSError: pass\n{CLEAN}"
    assert [run.denied for run in box.job(swallowed, b"[1]", b"[2]").runs] == [("clone",), ()]


@pytest.mark.parametrize("rest", ["", "\nos.abort()"])
def test_a_programs_denied_calls_are_told(box: Caller, rest: str):
    source = f"import os\ntry: os.fork()\nexcept OSError: print(1){rest}"
    assert box.one(source, b"", entry=program_entry()).denied[0] == "clone"  # abort then tries tgkill


def test_a_call_denied_before_a_death_is_told(box: Caller):
    run = box.one(function("import os\ntry: os.fork()\nexcept OSError: os._exit(3)"))
    assert (run.ended, run.exit_code, run.denied) == ("died", 3, ("clone",))


def test_after_many_denied_calls_the_kernel_answers_by_itself(box: Caller):
    body = f"{BY_NUMBER}return [call(101, 0) and ctypes.get_errno() for _ in range(1000)]"
    run = box.one(function(body))
    assert run.denied == ("ptrace",)
    assert set(run.output.strip(b"[]").split(b",")) == {b"1", b"38"}  # EPERM, then ENOSYS


@pytest.mark.parametrize("end", ["while True: pass", "import time\nwhile True: time.sleep(1)"])
def test_a_storm_of_denied_calls_runs_out_of_time_like_anything_else(box: Caller, end: str):
    limits = SHORT if "pass" in end else IMPATIENT
    run = box.one(function(f"{STORM}{end}"), limits=limits)
    assert run.ended in ("cpu_limit", "wall_limit")
    assert run.denied == ("clone",)


def test_a_storm_that_goes_on_while_the_process_ends_holds_nobody_up(box: Caller):
    run = box.one(function(f"{STORM}return 1"))
    assert run.ended in ("ok", "cpu_limit")
    run = box.one(f"{STORM}os.kill = print", b"", entry=program_entry())
    assert run.ended in ("ok", "exited", "cpu_limit")


def test_a_denied_call_between_two_cases_is_answered_with_the_next(box: Caller):
    body = """
import os, threading, time
def later():
    time.sleep(0.05)
    try: os.fork()
    except OSError: done.set()
if n == 1:
    global done
    done = threading.Event()
    threading.Thread(target=later).start()
    return 0
return done.wait(5)"""
    runs = box.job(function(body), b"[1]", b"[2]").runs
    assert [(run.output, run.denied) for run in runs] == [(b"0", ()), (b"true", ("clone",))]
