"""Judging with a scripted box: verdicts, what is shown, and above all what never is."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from scripted import LIMITS, ScriptedBox, ended, ok, raised, write_package

from judge import pipeline
from judge.calibration import Calibration
from judge.models import CompileError, Report, Submission, Verdict
from judge.package import Problem, load_package
from judge.sandbox.base import Failure, Job, JobResult, RunResult
from judge.sandbox.boxes import Boxes
from judge.sandbox.fake import FakeBox

SUBMISSION = Submission(language="python", source="def add_two(a, b): return a + b")
HIDDEN_INPUT, HIDDEN_ANSWER = "987650", "123450"
HIDDEN = {
    "data/secret/small/1.in": f"[{HIDDEN_INPUT}, 1]",
    "data/secret/small/1.ans": HIDDEN_ANSWER,
    "data/secret/small/2.in": "[5, 6]",
    "data/secret/small/2.ans": "11",
}
ROOMY = LIMITS.model_copy(update={"wall_time_s": 30.0, "memory_mib": 1024})  # for programs that really run
Each = Callable[[bytes], RunResult]


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return load_package(write_package(tmp_path / "add-two", dict(HIDDEN)))


@pytest.fixture
def calibration(problem: Problem) -> Calibration:
    return Calibration({group.name: LIMITS for group in problem.groups}, {group.name: 0.1 for group in problem.groups})


def right(data: bytes) -> RunResult:
    return ok(HIDDEN_ANSWER.encode() if HIDDEN_INPUT.encode() in data else b"%d" % sum(json.loads(data)))


def scripted(each: Each) -> ScriptedBox:
    return ScriptedBox(lambda job: [each(given.data) for given in job.inputs])


def hidden_only(run: RunResult) -> Each:
    """The samples run well, each hidden case ends like this."""
    return lambda data: right(data) if data == b"[1, 2]" else run


def judged(problem: Problem, calibration: Calibration, each: Each) -> Report:
    return pipeline.judge(SUBMISSION, problem, calibration, scripted(each))


# ---- verdicts and figures ----------------------------------------------------------------------------------------


def test_a_right_program_is_accepted_in_every_case(problem: Problem, calibration: Calibration):
    report = judged(problem, calibration, right)
    assert (report.verdict, report.cases_passed, report.cases_total) == (Verdict.AC, 3, 3)
    assert [(group.name, group.verdict, len(group.cases)) for group in report.groups] == [
        ("sample", "AC", 1),
        ("small", "AC", 2),
    ]
    assert [case.number for group in report.groups for case in group.cases] == [1, 2, 3]
    assert (report.cpu_time_s, report.wall_time_s, report.peak_memory_kib) == (0.01, 0.02, 10_000)


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (ok(b"0"), "WA"),
        (ok(b'"0"'), "WA"),
        (ended("cpu_limit"), "TLE"),
        (ended("wall_limit"), "TLE"),
        (ended("output_limit"), "OLE"),
        (ended("died", signal=11), "RTE"),
        (ended("died", signal=9), "MLE"),
        (raised("MemoryError"), "MLE"),
        (raised("ValueError"), "RTE"),
        (ended("protocol"), "RTE"),
        (ok(b"no json"), "RTE"),
        (ok(b""), "RTE"),
        (ended("failed", Failure("unserialisable", message="a set")), "RTE"),
        (ended("failed", Failure("exit", code=0)), "RTE"),
    ],
)
def test_how_a_case_ended_becomes_its_verdict(problem: Problem, calibration: Calibration, run: RunResult, verdict: str):
    report = judged(problem, calibration, hidden_only(run))
    assert report.verdict == verdict
    assert [group.verdict for group in report.groups] == ["AC", verdict]


@pytest.mark.parametrize(
    ("run", "facts"),
    [
        (ended("cpu_limit"), {"time_limit": "cpu"}),
        (ended("wall_limit"), {"time_limit": "wall"}),
        (ended("died", signal=11), {"signal": 11}),
        (raised("KeyError"), {"exception_type": "KeyError"}),
        (ended("protocol"), {"fault": "protocol"}),
        (ok(b"no json"), {"fault": "unserialisable"}),
        (ended("failed", Failure("unserialisable")), {"fault": "unserialisable"}),
        (ok(b"0"), {}),
    ],
)
def test_every_distinction_is_a_field(
    problem: Problem, calibration: Calibration, run: RunResult, facts: dict[str, object]
):
    case = judged(problem, calibration, hidden_only(run)).groups[1].cases[0]
    names = ("time_limit", "exception_type", "signal", "fault", "exit_code")
    assert {name: getattr(case, name) for name in names if getattr(case, name) is not None} == facts


def test_an_exit_code_is_a_field_too(problem: Problem, calibration: Calibration):
    report = pipeline.run_samples(
        SUBMISSION, problem, calibration, scripted(lambda _: ended("failed", Failure("exit", code=3)))
    )
    assert report.groups[0].cases[0].exit_code == 3


def test_the_first_fault_is_the_verdict_of_all(problem: Problem, calibration: Calibration):
    report = judged(problem, calibration, lambda data: right(data) if data != b"[5, 6]" else ended("cpu_limit"))
    assert report.verdict == "TLE"
    assert [case.verdict for case in report.groups[1].cases] == ["AC", "TLE"]
    assert report.cases_passed == 2


def test_cases_left_out_are_skipped_and_have_no_verdict(problem: Problem, calibration: Calibration):
    box = ScriptedBox(lambda job: [ended("cpu_limit")])
    report = pipeline.judge(SUBMISSION, problem, calibration, box)
    assert [(case.verdict, case.skipped) for case in report.groups[1].cases] == [("TLE", False), (None, True)]
    assert report.cases_total == 3


def test_a_compile_error_ends_the_judging_at_once(problem: Problem, calibration: Calibration):
    error = CompileError(kind="syntax_error", message="invalid syntax", line=1, column=2, text="x y")
    box = ScriptedBox(lambda job: JobResult(compile_error=error))
    report = pipeline.judge(SUBMISSION, problem, calibration, box)
    assert (report.verdict, report.compile_error, report.groups) == (Verdict.CE, error, [])
    assert len(box.jobs) == 1


def test_the_box_is_never_given_an_answer(problem: Problem, calibration: Calibration):
    box = scripted(right)
    pipeline.judge(SUBMISSION, problem, calibration, box)
    assert HIDDEN_ANSWER not in repr(box.jobs)
    assert HIDDEN_INPUT in repr(box.jobs)


def test_a_verdict_says_what_it_rests_on(problem: Problem, calibration: Calibration):
    judged_with = judged(problem, calibration, right).judged_with
    assert judged_with
    assert judged_with.source_sha256 == hashlib.sha256(SUBMISSION.source.encode()).hexdigest()
    assert judged_with.package == problem.hash
    assert (judged_with.box, judged_with.walls, judged_with.runtime) == ("scripted", ["paper"], "Python 3.11.0")
    assert judged_with.container_runtime == "runc"
    assert judged_with.slowest_reference_s == {"sample": 0.1, "small": 0.1}


def test_a_report_survives_its_journey_as_json(problem: Problem, calibration: Calibration):
    report = judged(problem, calibration, hidden_only(raised("KeyError")))
    assert Report.model_validate_json(report.model_dump_json()) == report


# ---- what is shown -----------------------------------------------------------------------------------------------


def test_a_sample_shows_everything(problem: Problem, calibration: Calibration):
    report = judged(problem, calibration, lambda _: ok(b"4", printed="debug\n"))
    detail = report.groups[0].cases[0].detail
    assert detail
    assert (detail.input, detail.expected, detail.output, detail.printed) == ("[1, 2]", "3", "4", "debug\n")
    assert detail.message == "expected 3, got 4 (int)"


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (raised("KeyError", "'x'"), "KeyError: 'x'"),
        (raised("KeyError"), "KeyError"),
        (raised("MyOwnError", "mine"), "MyOwnError: mine"),
        (ended("failed", Failure("unserialisable", message="a set")), "the result cannot be written as JSON: a set"),
        (ended("failed", Failure("exit", code=2)), "the program ended itself with exit code 2"),
    ],
)
def test_a_samples_failure_is_told_in_words(problem: Problem, calibration: Calibration, run: RunResult, message: str):
    detail = judged(problem, calibration, lambda _: run).groups[0].cases[0].detail
    assert detail
    assert detail.message == message


def test_long_texts_are_cut(problem: Problem, calibration: Calibration):
    run = ok(json.dumps("x" * 1_000_000).encode(), printed="y" * 1_000_000)
    assert len(judged(problem, calibration, hidden_only(right(b"[1, 2]"))).model_dump_json()) < 20_000
    assert len(judged(problem, calibration, lambda _: run).model_dump_json()) < 40_000


def test_a_long_exception_is_cut_too(problem: Problem, calibration: Calibration):
    run = ended("failed", Failure("exception", "E", "m" * 60_000, None, ("t" * 60_000,)))
    assert len(judged(problem, calibration, lambda _: run).model_dump_json()) < 40_000


MARK = "MARKER"
TALKATIVE = [
    ok(b'"MARKER"', printed="MARKER"),
    ok(b"MARKER", printed="MARKER"),
    raised("MARKER", "MARKER"),
    raised("ValueError", "MARKER"),
    ended(
        "failed",
        Failure("exception", "ExceptionMARKER", "MARKER", None, ("line 1, in MARKER: MARKER",)),
        printed="MARKER",
    ),
    ended("failed", Failure("unserialisable", "MARKER", "MARKER", None, ("MARKER",)), printed="MARKER"),
    ended("failed", Failure("exit", "MARKER", "MARKER", 1, ("MARKER",)), printed="MARKER"),
    ended("failed", Failure("soft_limit", "MARKER", "MARKER", None, ("MARKER",)), printed="MARKER"),
    ended("failed", Failure("output_limit", "MARKER", "MARKER"), printed="MARKER"),
    ended("cpu_limit", Failure("soft_limit", "MARKER", "MARKER", None, ("MARKER",)), printed="MARKER"),
    ended("died", signal=11, printed="MARKER"),
    ended("protocol", output=b"MARKER", printed="MARKER"),
]


@pytest.mark.parametrize("run", TALKATIVE, ids=lambda run: f"{run.ended} {run.failure.kind if run.failure else ''}")
def test_nothing_of_a_hidden_case_is_in_the_report(problem: Problem, calibration: Calibration, run: RunResult):
    report = judged(problem, calibration, hidden_only(run))
    text = report.model_dump_json()
    assert MARK not in text
    assert HIDDEN_INPUT not in text
    assert HIDDEN_ANSWER not in text
    assert "secret_source_line" not in text
    assert all(case.detail is None for case in report.groups[1].cases)


def test_a_wrong_answer_in_a_hidden_case_does_not_tell_the_right_one(problem: Problem, calibration: Calibration):
    text = judged(problem, calibration, hidden_only(ok(b"55555"))).model_dump_json()
    assert HIDDEN_ANSWER not in text
    assert "55555" not in text


@pytest.mark.parametrize("name", ["MyError", "N123450", "print", "__import__", "True", "", "KeyError.x", "Exception "])
def test_a_hidden_exception_with_a_name_of_its_own_is_just_an_exception(
    problem: Problem, calibration: Calibration, name: str
):
    case = judged(problem, calibration, hidden_only(raised(name))).groups[1].cases[0]
    assert case.exception_type == "Exception"


@pytest.mark.parametrize("name", ["KeyError", "RecursionError", "StopIteration"])
def test_a_hidden_exception_of_pythons_own_keeps_its_name(problem: Problem, calibration: Calibration, name: str):
    assert judged(problem, calibration, hidden_only(raised(name))).groups[1].cases[0].exception_type == name


def test_a_hidden_exit_code_carries_nothing_out(problem: Problem, calibration: Calibration):
    """The program chooses its exit code: `sys.exit(int.from_bytes(the_input))` must not reach its author."""
    stolen = int.from_bytes(HIDDEN_INPUT.encode(), "big")
    report = judged(problem, calibration, hidden_only(ended("failed", Failure("exit", code=stolen))))
    assert str(stolen) not in report.model_dump_json()


def test_of_a_hidden_case_only_the_first_denied_call_is_told(problem: Problem, calibration: Calibration):
    """Which of many calls a program makes is its own choice: thirty-two names would spell out the input."""
    tried = replace(raised("PermissionError"), denied=("socket", "ptrace", "clone"))
    hidden = judged(problem, calibration, hidden_only(tried)).groups[1].cases[0]
    assert hidden.denied == ["socket"]
    shown = pipeline.run_samples(SUBMISSION, problem, calibration, scripted(lambda _: tried)).groups[0].cases[0]
    assert shown.denied == ["socket", "ptrace", "clone"]


# ---- samples and own inputs --------------------------------------------------------------------------------------


def test_a_run_on_the_samples_touches_nothing_hidden(problem: Problem, calibration: Calibration):
    box = scripted(right)
    report = pipeline.run_samples(SUBMISSION, problem, calibration, box)
    assert (report.verdict, report.cases_total) == (Verdict.AC, 1)
    assert [given.data for job in box.jobs for given in job.inputs] == [b"[1, 2]"]


def test_an_own_input_is_run_and_not_compared(problem: Problem, calibration: Calibration):
    report = pipeline.run_own_input(
        SUBMISSION, problem, b"[40, 2]", calibration, scripted(lambda _: ok(b"7", printed="hi"))
    )
    case = report.groups[0].cases[0]
    assert (report.verdict, case.verdict, case.skipped) == (None, None, False)
    assert case.detail
    assert (case.detail.input, case.detail.expected, case.detail.output, case.detail.printed) == (
        "[40, 2]",
        None,
        "7",
        "hi",
    )


def test_an_own_input_that_fails_has_a_verdict(problem: Problem, calibration: Calibration):
    report = pipeline.run_own_input(
        SUBMISSION, problem, b"[40, 2]", calibration, scripted(lambda _: raised("MyError", "why"))
    )
    case = report.groups[0].cases[0]
    assert (report.verdict, case.exception_type) == (Verdict.RTE, "MyError")
    assert case.detail
    assert case.detail.message == "MyError: why"


def test_an_own_input_gets_the_widest_limits(problem: Problem, calibration: Calibration):
    wide = LIMITS.model_copy(update={"cpu_time_s": 9.0})
    box = scripted(right)
    pipeline.run_own_input(SUBMISSION, problem, b"[1, 2]", Calibration({"sample": LIMITS, "small": wide}, {}), box)
    assert box.jobs[0].limits == wide


# ---- the soft limit ----------------------------------------------------------------------------------------------


def test_only_cases_that_are_shown_get_a_soft_limit_and_keep_their_text(problem: Problem, calibration: Calibration):
    box = scripted(right)
    pipeline.judge(SUBMISSION, problem, calibration, box)
    assert [(job.show, job.soft_limit) for job in box.jobs] == [(True, True), (False, False)]


def test_a_case_that_only_the_soft_limit_stopped_is_run_again_without_it(problem: Problem, calibration: Calibration):
    def answer(job: Job) -> list[RunResult]:
        return [ended("failed", Failure("soft_limit")) if job.soft_limit else right(given.data) for given in job.inputs]

    box = ScriptedBox(answer)
    report = pipeline.judge(SUBMISSION, problem, calibration, box)
    assert report.verdict == Verdict.AC
    assert [job.soft_limit for job in box.jobs] == [True, False, False]


def test_only_a_wall_clock_that_runs_out_twice_counts(problem: Problem, calibration: Calibration):
    """A machine that stood still for a moment must not be the submission's fault; a sleeper is as slow again."""
    stalled = iter([True])
    box = ScriptedBox(
        lambda job: [ended("wall_limit") if next(stalled, False) else right(given.data) for given in job.inputs]
    )
    assert pipeline.judge(SUBMISSION, problem, calibration, box).verdict == Verdict.AC
    sleeper = scripted(lambda _: ended("wall_limit"))
    case = pipeline.run_samples(SUBMISSION, problem, calibration, sleeper).groups[0].cases[0]
    assert (case.verdict, case.time_limit, len(sleeper.jobs)) == (Verdict.TLE, "wall", 2)


FORGED = JobResult(compile_error=CompileError(kind="syntax_error", message="forged"))


@pytest.mark.parametrize("first", [ended("wall_limit"), replace(ok(b"11"), cpu_time_s=LIMITS.cpu_time_s)])
def test_a_source_that_has_loaded_once_is_no_compile_error_when_it_is_run_again(
    problem: Problem, calibration: Calibration, first: RunResult
):
    """A process can guess from the clock that it is not the first; what it says of its source then is no fact."""
    hidden = 0

    def answer(job: Job) -> JobResult | list[RunResult]:
        nonlocal hidden
        if job.inputs[0].data == problem.samples[0].input:
            return [right(given.data) for given in job.inputs]
        hidden += 1
        return [first for _ in job.inputs] if hidden == 1 else FORGED

    report = pipeline.judge(SUBMISSION, problem, calibration, ScriptedBox(answer))
    assert hidden > 1
    assert report.verdict == "RTE"


def test_a_source_that_has_loaded_for_one_group_is_no_compile_error_for_the_next(
    problem: Problem, calibration: Calibration
):
    def answer(job: Job) -> JobResult | list[RunResult]:
        shown = job.inputs[0].data == problem.samples[0].input
        return [right(given.data) for given in job.inputs] if shown else FORGED

    report = pipeline.judge(SUBMISSION, problem, calibration, ScriptedBox(answer))
    assert (report.verdict, report.compile_error) == ("RTE", None)


def test_a_case_that_used_its_time_is_not_run_again(problem: Problem, calibration: Calibration):
    where = Failure("soft_limit", traceback=("line 1, in f: while True: pass",))
    box = scripted(lambda _: ended("cpu_limit", where))
    report = pipeline.run_samples(SUBMISSION, problem, calibration, box)
    assert len(box.jobs) == 1
    case = report.groups[0].cases[0]
    assert (case.verdict, case.time_limit) == (Verdict.TLE, "cpu")
    assert case.detail
    assert case.detail.traceback == ["line 1, in f: while True: pass"]


# ---- with programs that really run -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (SUBMISSION.source, "AC"),
        ("class Solution:\n    def addTwo(self, a, b):\n        print(a)\n        return a + b", "AC"),
        ("def add_two(a, b): return a - b", "WA"),
        ("def add_two(a, b): return True", "WA"),
        ("def add_two(a, b): return object()", "RTE"),
        ("def add_two(a, b): raise KeyError(a)", "RTE"),
        ("def add_two(a): pass", "CE"),
        ("def add_two(a, b) return 1", "CE"),
    ],
)
def test_programs_get_the_verdict_they_deserve(tmp_path: Path, source: str, verdict: str):
    problem = load_package(write_package(tmp_path / "add-two"))
    calibration = Calibration({group.name: ROOMY for group in problem.groups}, {})
    report = pipeline.judge(Submission(language="python", source=source), problem, calibration, Boxes(FakeBox))
    assert report.verdict == verdict


def test_a_class_that_equals_everything_is_no_right_answer(tmp_path: Path):
    source = "class Yes(int):\n    def __eq__(self, other): return True\ndef add_two(a, b): return Yes(7)"
    problem = load_package(write_package(tmp_path / "add-two"))
    calibration = Calibration({group.name: ROOMY for group in problem.groups}, {})
    assert (
        pipeline.judge(Submission(language="python", source=source), problem, calibration, Boxes(FakeBox)).verdict
        == "WA"
    )


def test_a_judge_error_is_a_report_like_any_other():
    report = pipeline.judge_error("the daemon went away")
    assert (report.verdict, report.judge_error, report.groups) == (Verdict.JE, "the daemon went away", [])
