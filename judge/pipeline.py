"""The judging itself: run every group in the box, check what came out, name the verdicts, report.

Expected outputs stay on this side. What a report shows of a hidden case is decided here, in `_case_result`: a verdict
and figures, and an exception's name only where it is Python's own, for any other the submission could choose to tell.
"""

import builtins
import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from judge import scoring, traces
from judge.calibration import Calibration
from judge.measuring import Attempt, Outcome, Outcomes, measure
from judge.models import (
    CaseDetail,
    CaseResult,
    CompileError,
    GroupResult,
    JudgedWith,
    Limits,
    Report,
    Submission,
    Verdict,
)
from judge.package import Case, Group, GroupYaml, Problem
from judge.runs import PATIENCE, Terms
from judge.runs import run as run_cases
from judge.sandbox.base import Boxes, RunResult
from judge.verdicts import name_verdict, overall

OWN_INPUT = "own input"
_MAX_SHOWN = 4_000


def judge(
    submission: Submission, problem: Problem, calibration: Calibration, boxes: Boxes, *, impatient: bool = False
) -> Report:
    """Judge against all groups, samples first. Raises PackageError (a validator failed), MachineFault (a box did).

    `impatient`, for who expects it to be too slow: a group ends at its first case that runs out of time, and what the
    wall clock alone ended is not looked at again.
    """
    return _judge(submission, Attempt(problem, submission.source, boxes, impatient), problem.groups, calibration)


def run_samples(submission: Submission, problem: Problem, calibration: Calibration, boxes: Boxes) -> Report:
    """Judge against the samples only."""
    samples = [group for group in problem.groups if group.is_sample]
    return _judge(submission, Attempt(problem, submission.source, boxes), samples, calibration)


def run_own_input(
    submission: Submission, problem: Problem, data: bytes, calibration: Calibration, boxes: Boxes
) -> Report:
    """Run once on an input of the user's. Nothing is compared: a run that ends well has no verdict."""
    started_s = time.monotonic()
    limits = max(calibration.limits.values(), key=lambda limits: limits.cpu_time_s)
    group = Group(OWN_INPUT, GroupYaml(full_feedback=True), (Case.of("1", data, b""),))
    found = run_cases(problem, submission.source, group.cases, _terms(group, limits), boxes.submissions)
    outcomes = Outcomes([Outcome(run, None) for run in found.runs], found.compile_error)
    groups = [] if found.compile_error else [_group_result(group, limits, outcomes, 1)]
    judged_with = _judged_with(submission, problem, calibration, boxes)
    return _report(groups, found.compile_error, judged_with, time.monotonic() - started_s)


def judge_error(reason: str) -> Report:
    """The report when the machine is at fault."""
    return Report(verdict=Verdict.JE, judge_error=reason)


def _judge(submission: Submission, attempt: Attempt, groups: Sequence[Group], calibration: Calibration) -> Report:
    started_s = time.monotonic()
    problem, boxes = attempt.problem, attempt.boxes
    results: list[GroupResult] = []
    scored: dict[str, list[scoring.CaseOutcome]] = {}
    compile_error = None
    for group in groups:
        limits = calibration.limits[group.name]
        terms = _terms(group, limits, attempt.impatient)
        with traces.span("group", group=group.name):
            outcomes = Outcomes(()) if _is_blocked(group, results) else measure(attempt, group, terms)
        if outcomes.compile_error:
            compile_error = outcomes.compile_error
            break
        attempt = replace(attempt, loaded=attempt.loaded or bool(outcomes.cases))
        first = 1 + sum(len(result.cases) for result in results)
        results.append(_group_result(group, limits, outcomes, first))
        scored[group.name] = [_scored(*pair) for pair in zip(results[-1].cases, outcomes.cases, strict=False)]
    judged_with = _judged_with(submission, problem, calibration, boxes)
    report = _report(results, compile_error, judged_with, time.monotonic() - started_s)
    return _with_scores(report, scoring.score(problem, scored)) if problem.scoring and not compile_error else report


def _terms(group: Group, limits: Limits, impatient: bool = False) -> Terms:
    """The soft limit shows people where their time went, and ends what must then be run again: not if impatient."""
    shown = group.full_feedback
    return Terms(limits, show=shown, soft_limit=shown and not impatient, max_timeouts=1 if impatient else PATIENCE)


def _is_blocked(group: Group, results: Sequence[GroupResult]) -> bool:
    """Whether a group that this one requires is not passed; then it scores nothing and need not be run."""
    return scoring.blocked_by(group.options, {one.name for one in results if one.verdict is Verdict.AC}) is not None


def _scored(case: CaseResult, outcome: Outcome) -> scoring.CaseOutcome:
    check = outcome.check
    return scoring.CaseOutcome(
        case.verdict is Verdict.AC, check.score if check else None, check.multiplier if check else None
    )


def _with_scores(report: Report, scores: scoring.Scores) -> Report:
    groups = [
        group.model_copy(update={"score": given.score, "max_score": given.maximum})
        if (given := scores.groups.get(group.name))
        else group
        for group in report.groups
    ]
    total = scores.total
    return report.model_copy(update={"groups": groups, "score": total.score, "max_score": total.maximum})


def _group_result(group: Group, limits: Limits, outcomes: Outcomes, first: int) -> GroupResult:
    cases = [
        _case_result(group, limits, case, number, outcomes.cases[number - first])
        if number - first < len(outcomes.cases)
        else CaseResult(number=number, name=case.name, verdict=None, skipped=True)
        for number, case in enumerate(group.cases, first)
    ]
    if outcomes.growth and outcomes.growth.exceeds:
        cases[-1] = cases[-1].model_copy(update={"verdict": Verdict.TLE, "time_limit": "growth"})
    return GroupResult(
        name=group.name,
        verdict=overall(cases),
        limits=limits,
        full_feedback=group.full_feedback,
        growth=outcomes.growth,
        cases=cases,
    )


def _case_result(group: Group, limits: Limits, case: Case, number: int, outcome: Outcome) -> CaseResult:
    run, check = outcome.run, outcome.check
    compared = group.name != OWN_INPUT
    fault: Literal["unserialisable", "protocol"] | None = None
    if run.ended == "protocol":
        fault = "protocol"
    elif (run.failure and run.failure.kind == "unserialisable") or (check and check.unserialisable):
        run, fault = replace(run, ended="protocol" if run.ended == "ok" else run.ended), "unserialisable"
    verdict = name_verdict(run, limits.memory_mib, check.correct if check else None)
    return CaseResult(
        number=number,
        name=case.name,
        verdict=verdict if compared or verdict is not Verdict.AC else None,
        cpu_time_s=run.cpu_time_s,
        wall_time_s=run.wall_time_s,
        peak_memory_kib=run.peak_memory_kib,
        time_limit=("cpu" if run.ended == "cpu_limit" else "wall") if verdict is Verdict.TLE else None,
        borderline=outcome.borderline,
        exception_type=_exception_type(run, group.full_feedback),
        exit_code=_exit_code(run),
        signal=run.signal,
        fault=fault if verdict is Verdict.RTE else None,
        denied=list(run.denied[: None if group.full_feedback else 1]),  # which of many could carry the input out
        detail=_detail(case, run, check.message if check else None, compared) if group.full_feedback else None,
    )


def _exit_code(run: RunResult) -> int | None:
    """As the kernel would have it, eight bits, also where the driver saw the exit coming."""
    code = run.failure.code if run.failure and run.failure.kind == "exit" else run.exit_code
    return None if code is None else code & 0xFF


def _exception_type(run: RunResult, shown: bool) -> str | None:
    """The exception's name; in a hidden case only if it is Python's own, for a new name could carry the input out."""
    if run.failure is None or run.failure.kind != "exception":
        return None
    own = getattr(builtins, run.failure.type, None)
    known = isinstance(own, type) and issubclass(own, BaseException)
    return run.failure.type if shown or known else "Exception"


def _detail(case: Case, run: RunResult, difference: str | None, compared: bool) -> CaseDetail:
    failure = run.failure
    message = difference
    if failure and failure.kind == "exception":
        message = f"{failure.type}: {failure.message}" if failure.message else failure.type
    elif failure and failure.kind == "unserialisable":
        message = f"the result cannot be written as JSON: {failure.message}"
    elif failure and failure.kind == "exit":
        message = f"the program ended itself with exit code {failure.code}"
    return CaseDetail(
        input=_shown(case.input),
        expected=_shown(case.answer) if compared else None,
        output=_shown(run.output) if run.ended == "ok" else None,
        printed=_cut(run.printed),
        message=None if message is None else _cut(message),
        traceback=[_cut(line) for line in failure.traceback] if failure else [],
    )


def _report(
    groups: list[GroupResult], compile_error: CompileError | None, judged_with: JudgedWith, judging_time_s: float
) -> Report:
    cases = [case for group in groups for case in group.cases]
    return Report(
        verdict=Verdict.CE if compile_error else overall(cases),
        cpu_time_s=max((case.cpu_time_s for case in cases), default=0.0),
        wall_time_s=max((case.wall_time_s for case in cases), default=0.0),
        peak_memory_kib=max((case.peak_memory_kib for case in cases), default=0),
        cases_passed=sum(case.verdict is Verdict.AC for case in cases),
        cases_total=len(cases),
        judging_time_s=judging_time_s,
        compile_error=compile_error,
        groups=[] if compile_error else groups,
        judged_with=judged_with,
    )


def _judged_with(submission: Submission, problem: Problem, calibration: Calibration, boxes: Boxes) -> JudgedWith:
    info = boxes.submissions.info
    return JudgedWith(
        source_sha256=hashlib.sha256(submission.source.encode()).hexdigest(),
        package=problem.hash,
        language=submission.language,
        box=info.backend,
        walls=list(info.walls),
        runtime=info.runtime,
        image=info.image,
        container_runtime=info.container_runtime,
        slowest_reference_s=calibration.slowest_s,
    )


def _shown(data: bytes) -> str:
    return _cut(data[: 4 * _MAX_SHOWN].decode("utf-8", "replace"))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}… ({len(text)} characters)"
