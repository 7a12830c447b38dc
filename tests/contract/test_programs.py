"""Whole programs: standard input, standard output, exit code, as `python3 solution.py` would have it, in every box."""

import json

import pytest
from boxes import IMPATIENT, LIMITS, SHORT, Caller

from judge.sandbox.base import Input, Job, program_entry

PROGRAM = program_entry()


def output(box: Caller, source: str, data: bytes = b"", **more: object) -> bytes:
    run = box.one(source, data, entry=PROGRAM, **more)
    assert run.ended == "ok", run
    return run.output


@pytest.mark.parametrize(
    "source",
    [
        "print(sum(map(int, input().split())))",
        "import sys\nsys.stdout.write(str(sum(map(int, sys.stdin.read().split()))) + '\\n')",
        "import sys\nprint(sum(int(word) for line in sys.stdin for word in line.split()))",
        "import sys\nsys.stdout.buffer.write(b'%d\\n' % sum(map(int, sys.stdin.buffer.read().split())))",
        "import os\nos.write(1, b'%d\\n' % sum(map(int, os.read(0, 100).split())))",
        "print(sum(map(int, open(0).read().split())))",
        "def main():\n    print(sum(map(int, input().split())))\n\nif __name__ == '__main__':\n    main()",
        "print(sum(map(int, input().split())), flush=True)\nexit()",
        "print(sum(map(int, input().split())))\nimport sys\nsys.exit(0)",
        "import os\nprint(sum(map(int, input().split())), flush=True)\nos._exit(0)",
        "import atexit\natexit.register(lambda: print(sum(map(int, input().split()))))",
        "import threading\nthreading.Thread(target=lambda: print(sum(map(int, input().split())))).start()",
    ],
)
def test_a_program_may_read_and_write_however_it_likes(any_box: Caller, source: str):
    assert output(any_box, source, b"2 3\n") == b"5\n"


def test_every_case_has_a_process_of_its_own(any_box: Caller):
    source = "import builtins\nprint(getattr(builtins, 'seen', 0))\nbuiltins.seen = 1"
    result = any_box.job(source, b"1", b"2", b"3", entry=PROGRAM)
    assert [run.output for run in result.runs] == [b"0\n"] * 3


def test_large_streams_pass_both_ways_at_once(any_box: Caller):
    data = b"line of text\n" * 70_000
    limits = LIMITS.model_copy(update={"output_mib": 4})
    assert output(any_box, "import sys\nfor line in sys.stdin:\n    print(line, end='')", data, limits=limits) == data


def test_what_is_not_read_is_no_fault(any_box: Caller):
    assert output(any_box, "print('early')", b"x" * 3_000_000) == b"early\n"


def test_a_program_gets_no_names_for_nothing(any_box: Caller):
    run = any_box.one("print(deque())", b"", entry=PROGRAM)
    assert run.failure
    assert run.failure.type == "NameError"


@pytest.mark.parametrize(
    ("source", "ended", "code"),
    [
        ("import sys\nsys.exit(3)", "exited", 3),
        ("exit('a message')", "exited", 1),
        ("import os\nos._exit(7)", "exited", 7),
        ("raise ValueError(1)", "failed", None),
        ("input()", "failed", None),
        ("import sys\nsys.stdin.close()\nprint(sys.stdin.read())", "failed", None),
    ],
)
def test_how_a_program_ended_is_told(any_box: Caller, source: str, ended: str, code: int | None):
    run = any_box.one(source, b"", entry=PROGRAM)
    assert (run.ended, run.exit_code) == (ended, code)


def test_a_program_that_crashes_is_told_by_its_signal(any_box: Caller):
    run = any_box.one("import ctypes\nctypes.string_at(0)", b"", entry=PROGRAM)
    assert (run.ended, run.signal) == ("died", 11)


def test_where_a_program_raised_is_told_where_it_may_be_shown(any_box: Caller):
    run = any_box.one("import sys\nprint('why', file=sys.stderr)\nint('x')", b"", entry=PROGRAM, show=True)
    assert run.failure
    assert run.failure.traceback[-1].startswith("line 3")
    assert run.printed == "why\n"


def test_a_source_that_does_not_compile_is_a_compile_error(any_box: Caller):
    result = any_box.job("print(", b"", b"", entry=PROGRAM)
    assert result.compile_error
    assert result.compile_error.line == 1


@pytest.mark.parametrize(
    ("source", "limits", "ended"),
    [
        ("while True: pass", SHORT, "cpu_limit"),
        ("import os\nos.close(0)\nos.close(1)\nwhile True: pass", SHORT, "cpu_limit"),
        ("import time\ntime.sleep(60)", IMPATIENT, "wall_limit"),
        ("import time\nprint(1, flush=True)\ntime.sleep(60)", IMPATIENT, "wall_limit"),
        ("while True: print('x' * 1000)", LIMITS, "output_limit"),
    ],
)
def test_a_limit_ends_a_program(any_box: Caller, source: str, limits: object, ended: str):
    assert any_box.one(source, b"", entry=PROGRAM, limits=limits).ended == ended


def test_after_three_time_outs_the_rest_is_left_out(any_box: Caller):
    result = any_box.job("while True: pass", *(b"%d" % n for n in range(5)), entry=PROGRAM, limits=SHORT)
    assert [run.ended for run in result.runs] == ["cpu_limit"] * 3


# ---- files and feedback, for validators --------------------------------------------------------------------------

VALIDATOR = program_entry(
    ["validate.py", "/case/input", "/case/answer", "/feedback/", "extra"], {"helper": "N = 43\n"}, "/feedback/"
)
CHECK = """
import sys, pathlib, helper
wanted = open(sys.argv[2]).read().split()
with open(sys.argv[3] + "judgemessage.txt", "w") as file:
    file.write("input " + pathlib.Path(sys.argv[1]).read_text())
pathlib.Path(sys.argv[3], "teammessage.txt").write_text(sys.argv[4])
sys.exit(42 if sys.stdin.read().split() == wanted else helper.N)
"""


def test_a_validator_reads_its_case_and_leaves_feedback(any_box: Caller):
    files = [{"/case/input": Input.of(b"in"), "/case/answer": Input.of(b"1 2\n")}] * 2
    job = Job(CHECK, VALIDATOR, [Input.of(b"1  2"), Input.of(b"2 1")], LIMITS, files=files)
    runs = any_box.box.run(job).runs
    assert [(run.ended, run.exit_code) for run in runs] == [("exited", 42), ("exited", 43)]
    assert json.loads(runs[0].output) == {"judgemessage.txt": "input in", "teammessage.txt": "extra"}


def test_a_validator_finds_no_other_file_and_can_write_none(box: Caller):
    source = "open('/etc/passwd')"
    run = box.box.run(Job(source, VALIDATOR, [Input.of(b"")], LIMITS, files=[{}])).runs[0]
    assert run.failure
    assert run.failure.type in ("FileNotFoundError", "PermissionError")
    run = box.box.run(Job("open('/x', 'w')", VALIDATOR, [Input.of(b"")], LIMITS, files=[{}])).runs[0]
    assert run.failure
    assert run.failure.type in ("FileNotFoundError", "PermissionError", "OSError")


# ---- talking -----------------------------------------------------------------------------------------------------


def test_a_program_can_be_talked_with(any_box: Caller):
    source = "while True:\n    n = int(input())\n    print(n * n, flush=True)\n    if n == 9: break\n"
    talk = any_box.box.talk(Job(source, PROGRAM, [Input.of(b"")], LIMITS))
    heard = []
    for n in (3, 5, 9):
        talk.send(b"%d\n" % n)
        heard.append(talk.receive())
    assert heard == [b"9\n", b"25\n", b"81\n"]
    assert talk.receive() == b""
    assert [run.ended for run in talk.result().runs] == ["ok"]


def test_the_end_of_input_is_found_by_who_is_talked_with(any_box: Caller):
    talk = any_box.box.talk(Job("import sys\nprint(len(sys.stdin.read()))", PROGRAM, [Input.of(b"")], LIMITS))
    talk.send(b"abc")
    talk.send(b"de", end=True)
    assert talk.receive() == b"5\n"
    assert talk.receive() == b""


def test_who_is_talked_with_has_limits_too(any_box: Caller):
    talk = any_box.box.talk(Job("input()", PROGRAM, [Input.of(b"")], IMPATIENT))
    assert talk.receive() == b""
    assert talk.result().runs[0].ended == "wall_limit"


def test_input_that_comes_after_the_end_does_no_harm(any_box: Caller):
    talk = any_box.box.talk(Job("print(1)", PROGRAM, [Input.of(b"")], LIMITS))
    assert talk.receive() == b"1\n"
    assert talk.receive() == b""
    talk.send(b"too late", end=True)
    assert any_box.value("return n") == b"1"


def test_a_talk_that_does_not_compile_says_so(any_box: Caller):
    talk = any_box.box.talk(Job("print(", PROGRAM, [Input.of(b"")], LIMITS))
    assert talk.receive() == b""
    assert talk.result().compile_error
