"""A child that lies: what it may write to its channel, when, and how much. The box says so and lives on.

Each of these programs takes the driver's place, which shares its process: it walks to the driver's frame and puts its
own function where the reply is sent. So what is tested is only what stands outside the child.
"""

import pytest
from boxes import CLEAN, FUNCTION, LIMITS, SHORT, Caller, function

from judge import checkers
from judge.interface import Interface
from judge.models import Limits
from judge.sandbox.base import program_entry

ANYTHING = Interface.model_validate({"function": "two_words", "parameters": [], "returns": "any"})

# `reply` is called with the channel instead of the driver's own, once per case.
TAKEOVER = """
import os, struct, sys, time, threading

def frame(kind, payload, printed=b''):
    return struct.pack('>cII', kind, len(payload), len(printed)) + payload + printed

def send(data):
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(3, rest):]

def two_words(n):
    step = sys._getframe()
    while step.f_code.co_name != 'main':
        step = step.f_back
    step.f_globals['reply'] = lambda *_: reply(n)
    return n

def reply(n):
"""


def hostile(body: str) -> str:
    return TAKEOVER + "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("send(frame(b'X', b'1'))", "protocol"),
        ("send(frame(b'R', b'1') + frame(b'R', b'1'))", "protocol"),
        ("send(frame(b'R', b'1') + b'more')", "protocol"),
        ("send(b'\\0' * 9)", "protocol"),
        ("send(b'R' + b'\\xff' * 8)", "output_limit"),
        ("send(struct.pack('>cII', b'R', 2 << 20, 0))", "output_limit"),
        ("send(struct.pack('>cII', b'F', 1 << 20, 0))", "output_limit"),
        ("send(struct.pack('>cII', b'R', 1, 1 << 30))", "output_limit"),
        ("send(b'R')\nos._exit(0)", "died"),
        ("send(frame(b'R', b'12345')[:-2])\nos._exit(0)", "died"),
        ("os.close(3)\nos._exit(0)", "died"),
        ("os.close(3)\ntime.sleep(60)", "died"),
        ("send(frame(b'L', b''))", "failed"),
        ("send(frame(b'F', b'no json at all'))", "failed"),
        ("send(frame(b'F', b'\\xff\\xfe'))", "failed"),
        ("send(frame(b'F', b'[]'))", "failed"),
        ("send(frame(b'F', b''))", "failed"),
    ],
)
def test_a_forged_frame_is_the_programs_own_fault(box: Caller, body: str, ended: str):
    run = box.job(hostile(body), b"[0]").runs[0]
    assert run.ended == ended, run


def test_a_frame_that_never_ends_runs_out_of_time(box: Caller):
    limits = Limits(cpu_time_s=2, wall_time_s=0.5, memory_mib=256, output_mib=1)
    assert box.one(hostile("send(b'R')\ntime.sleep(60)"), limits=limits).ended == "wall_limit"


def test_a_flood_on_the_channel_is_cut(box: Caller):
    assert box.one(hostile("while True: send(b'x' * 100_000)"), limits=SHORT).ended in (
        "output_limit",
        "protocol",
        "cpu_limit",
    )


def test_what_comes_after_the_answer_is_no_second_answer(box: Caller):
    """An extra frame that arrives late can only be taken for the next case's answer: never more than one a case."""
    body = "send(frame(b'R', b'1'))\nsend(frame(b'R', b'2'))"
    result = box.job(hostile(body), b"[0]", b"[1]", b"[2]")
    assert len(result.runs) == 3
    assert all(run.ended in ("ok", "protocol") for run in result.runs)


def test_an_early_answer_does_not_stop_the_clock(box: Caller):
    """Answered ahead of the question: what is computed after it is still on the next case's clock."""
    source = hostile("send(frame(b'R', b'1'))\nif n == 0:\n    while True: pass")
    result = box.job(source, b"[0]", b"[1]", limits=SHORT)
    assert "cpu_limit" in [run.ended for run in result.runs]


def test_an_answer_followed_by_a_hang_is_no_answer(box: Caller):
    body = "send(frame(b'R', b'1'))\nwhile True: time.sleep(60)"
    assert box.one(hostile(body)).ended in ("wall_limit", "cpu_limit")


def test_a_result_is_never_executed(box: Caller):
    """Pickled bytes as a result stay bytes: they are no JSON, and nobody unpickles."""
    run = box.one(hostile("import pickle\nsend(frame(b'R', pickle.dumps(eval)))"))
    with pytest.raises(checkers.NotJson):
        checkers.check(ANYTHING, b"1", run.output)


@pytest.mark.parametrize(
    "payload",
    [
        'b\'{"kind":"exit","code":1e400}\'',
        'b\'{"kind":"soft_limit"}\'',
        'b\'{"kind":["exception"]}\'',
        'b\'{"type":"\\\\ud800"}\'',
        'b\'{"traceback":["x","y"],"unknown":{"a":[]}}\'',
        "b'{\"x\":' + b'[' * 60_000",
        "b'[' * 60_000",
        "b'{\"code\":' + b'9' * 60_000 + b'}'",
        "b'{\"message\":\"' + b'\\\\u0000' * 9_000 + b'\"}'",
    ],
)
def test_a_forged_failure_is_a_failure_and_no_more(box: Caller, payload: str):
    run = box.one(hostile(f"send(frame(b'F', {payload}))"))
    assert run.ended == "failed"
    assert run.failure


@pytest.mark.parametrize("kind", ["missing_entry", "wrong_parameters", "syntax_error"])
def test_a_forged_compile_error_in_a_case_is_no_compile_error(box: Caller, kind: str):
    result = box.job(hostile(f"send(frame(b'F', b'{{\"kind\":\"{kind}\"}}'))"), b"[0]")
    assert result.compile_error is None
    assert [run.ended for run in result.runs] == ["failed"]


def test_much_printed_before_a_failing_load_does_not_break_the_box(box: Caller):
    """Printing is the program's fault, whatever the moment: never the machine's."""
    limits = Limits(cpu_time_s=5, wall_time_s=60, memory_mib=256, output_mib=8)
    run = box.job("print('x' * 4_000_000)\nraise ValueError", limits=limits, show=True).runs[0]
    assert run.ended in ("failed", "output_limit")


@pytest.mark.parametrize("show", [True, False])
def test_printed_text_of_many_cases_together_does_not_break_the_box(box: Caller, show: bool):
    """Each case within its own limit, all together more than a frame may hold."""
    limits = Limits(cpu_time_s=5, wall_time_s=60, memory_mib=256, output_mib=8)
    source = hostile("send(frame(b'R', b'1', bytes(32 << 20)))")
    result = box.job(source, *(b"[%d]" % n for n in range(10)), limits=limits, show=show)
    assert len(result.runs) == 10


def test_results_of_many_cases_together_are_capped(box: Caller):
    limits = Limits(cpu_time_s=5, wall_time_s=60, memory_mib=256, output_mib=16)
    result = box.job(function("return 'x' * 15_000_000"), *(b"[%d]" % n for n in range(6)), limits=limits)
    assert sum(len(run.output) for run in result.runs) <= 64 << 20
    assert {run.ended for run in result.runs} == {"ok", "output_limit"}


def test_what_programs_write_in_many_cases_together_is_capped(box: Caller):
    """Each within its limit, all together more than a frame may hold: the program's fault, never the box's."""
    limits = Limits(cpu_time_s=5, wall_time_s=60, memory_mib=256, output_mib=16)
    source = "import os\nfor _ in range(15): os.write(1, bytes(1 << 20))\n"
    result = box.job(source, *(b"%d" % n for n in range(20)), limits=limits, entry=program_entry())
    assert len(result.runs) == 20
    assert sum(len(run.output) for run in result.runs) <= 64 << 20
    assert {run.ended for run in result.runs} == {"ok", "output_limit"}


def test_a_hundred_hostile_jobs_in_a_row_do_not_wear_the_box_out(box: Caller):
    programs = [
        function("import os; os._exit(1)"),
        hostile("send(b'x' * 50)"),
        function("import ctypes; ctypes.string_at(0)"),
        CLEAN,
    ]
    for _ in range(25):
        for source in programs:
            assert len(box.job(source).runs) == 1


def test_the_entry_and_the_limits_are_not_the_programs_to_change(box: Caller):
    body = """
step = sys._getframe()
while step.f_code.co_name != 'main':
    step = step.f_back
step.f_locals['job']['output_limit'] = 1 << 40
sys.stdout.limit = 1 << 40
print('x' * 5_000_000)
return 'x' * 5_000_000"""
    run = box.one("import sys\n" + function(body), entry=FUNCTION, show=True, limits=LIMITS)
    assert run.ended == "output_limit"
