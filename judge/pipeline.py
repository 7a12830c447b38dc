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

from judge import checkers
from judge.calibration import Calibration
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
from judge.package import SAMPLE, Case, Group, GroupYaml, Problem
from judge.sandbox.base import Box, Input, Job, JobResult, RunResult
from judge.verdicts import name_verdict, overall

OWN_INPUT = "own input"
_MAX_SHOWN = 4_000


def judge(submission: Submission, problem: Problem, calibration: Calibration, box: Box) -> Report:
    """Judge against all groups, samples first. Raises MachineFault when the box is at fault."""
    return _judge(submission, problem, problem.groups, calibration, box)


def run_samples(submission: Submission, problem: Problem, calibration: Calibration, box: Box) -> Report:
    """Judge against the samples only."""
    return _judge(submission, problem, [group for group in problem.groups if group.is_sample], calibration, box)


def run_own_input(submission: Submission, problem: Problem, data: bytes, calibration: Calibration, box: Box) -> Report:
    """Run once on an input of the user's. Nothing is compared: a run that ends well has no verdict."""
    group = Group(OWN_INPUT, GroupYaml(), (Case.of("1", data, b""),))
    widest = max(calibration.limits.values(), key=lambda limits: limits.cpu_time_s)
    return _judge(submission, problem, [group], Calibration({OWN_INPUT: widest}, {}), box)


def judge_error(reason: str) -> Report:
    """The report when the machine is at fault."""
    return Report(verdict=Verdict.JE, judge_error=reason)


def _judge(
    submission: Submission, problem: Problem, groups: Sequence[Group], calibration: Calibration, box: Box
) -> Report:
    started_s = time.monotonic()
    results: list[GroupResult] = []
    compile_error = None
    for group in groups:
        limits = calibration.limits[group.name]
        job_result = _run_group(submission, problem, group, limits, box)
        if job_result.compile_error:
            compile_error = job_result.compile_error
            break
        first = 1 + sum(len(result.cases) for result in results)
        results.append(_group_result(problem, group, limits, job_result.runs, first))
    judged_with = _judged_with(submission, problem, calibration, box)
    return _report(results, compile_error, judged_with, time.monotonic() - started_s)


def _run_group(submission: Submission, problem: Problem, group: Group, limits: Limits, box: Box) -> JobResult:
    shown = _is_shown(group)
    job = Job(
        source=submission.source,
        entry=problem.interface.entry,
        inputs=[Input(case.input, case.digest) for case in group.cases],
        limits=limits,
        show=shown,
        soft_limit=shown,
    )
    result = box.run(job)
    if any(map(_is_open_to_doubt, result.runs)):
        result = box.run(replace(job, soft_limit=False))
    return result


def _is_open_to_doubt(run: RunResult) -> bool:
    """Whether the wall clock alone ended it: a sleeper will be as slow again, a machine that stood still will not."""
    interrupted = run.ended == "failed" and run.failure is not None and run.failure.kind == "soft_limit"
    return interrupted or run.ended == "wall_limit"


def _group_result(problem: Problem, group: Group, limits: Limits, runs: Sequence[RunResult], first: int) -> GroupResult:
    cases = [
        _case_result(problem, group, limits, case, number, runs[number - first])
        if number - first < len(runs)
        else CaseResult(number=number, name=case.name, verdict=None, skipped=True)
        for number, case in enumerate(group.cases, first)
    ]
    return GroupResult(name=group.name, verdict=overall(cases), limits=limits, cases=cases)


def _case_result(problem: Problem, group: Group, limits: Limits, case: Case, number: int, run: RunResult) -> CaseResult:
    compared = group.name != OWN_INPUT
    difference: str | None = None
    fault: Literal["unserialisable", "protocol"] | None = None
    if run.ended == "protocol":
        fault = "protocol"
    elif run.failure and run.failure.kind == "unserialisable":
        fault = "unserialisable"
    elif run.ended == "ok" and compared:
        try:
            difference = checkers.check(problem.interface, case.answer, run.output)
        except checkers.NotJson as exc:
            run, fault, difference = replace(run, ended="protocol"), "unserialisable", str(exc)
    verdict = name_verdict(run, limits.memory_mib, difference is None)
    return CaseResult(
        number=number,
        name=case.name,
        verdict=verdict if compared or verdict is not Verdict.AC else None,
        cpu_time_s=run.cpu_time_s,
        wall_time_s=run.wall_time_s,
        peak_memory_kib=run.peak_memory_kib,
        time_limit=("cpu" if run.ended == "cpu_limit" else "wall") if verdict is Verdict.TLE else None,
        exception_type=_exception_type(run, _is_shown(group)),
        exit_code=_exit_code(run),
        signal=run.signal,
        fault=fault if verdict is Verdict.RTE else None,
        detail=_detail(case, run, difference, compared) if _is_shown(group) else None,
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


def _judged_with(submission: Submission, problem: Problem, calibration: Calibration, box: Box) -> JudgedWith:
    info = box.info
    return JudgedWith(
        source_sha256=hashlib.sha256(submission.source.encode()).hexdigest(),
        package=problem.hash,
        language=submission.language,
        box=info.backend,
        walls=list(info.walls),
        runtime=info.runtime,
        image=info.image,
        slowest_reference_s=calibration.slowest_s,
    )


def _is_shown(group: Group) -> bool:
    return group.name in (SAMPLE, OWN_INPUT)


def _shown(data: bytes) -> str:
    return _cut(data[: 4 * _MAX_SHOWN].decode("utf-8", "replace"))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}… ({len(text)} characters)"
