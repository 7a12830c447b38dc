"""Runs a source on a problem's cases and brings back the facts, whatever kind of problem it is.

One function or class: a process for all the cases. Stages: a process for each stage, the result of one being the input
of the next, looked at in between. A whole program: a process for each case. No verdict is named here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from judge.interface import Interface
from judge.models import Limits
from judge.package import Case, Problem
from judge.sandbox.base import Box, Failure, Input, Job, JobResult, RunResult, program_entry

PATIENCE = 3  # cases of a group that may run out of time before the rest is left out


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a source is run; see judge/sandbox/base.py, Job."""

    limits: Limits
    show: bool = False
    soft_limit: bool = False
    max_timeouts: int = PATIENCE


def run(problem: Problem, source: str, cases: Sequence[Case], terms: Terms, box: Box) -> JobResult:
    """The facts of each case, fewer where the rest was left out. Raises MachineFault."""
    inputs = [Input(case.input, case.digest) for case in cases]
    if problem.interface is None:
        return box.run(_job(source, program_entry(), inputs, terms))
    return _run_stages(problem.interface, source, inputs, terms, box)


def _job(source: str, entry: dict[str, object], inputs: Sequence[Input], terms: Terms) -> Job:
    return Job(source, entry, inputs, terms.limits, terms.show, terms.soft_limit, terms.max_timeouts)


def _run_stages(interface: Interface, source: str, inputs: Sequence[Input], terms: Terms, box: Box) -> JobResult:
    first, *others = interface.entries
    result = box.run(_job(source, first, inputs, terms))
    for stage, entry in enumerate(others):
        if result.compile_error:
            break
        runs = [_looked_at(interface, stage, run) for run in result.runs]
        going_on = [place for place, run in enumerate(runs) if run.ended == "ok"]
        following = [Input.of(b"[" + runs[place].output + b"]") for place in going_on]
        result = box.run(_job(source, entry, following, terms))
        for place, run in zip(going_on, result.runs, strict=False):
            runs[place] = _together(runs[place], run)
        left_out = going_on[len(result.runs) :]
        result = JobResult(runs[: left_out[0]] if left_out else runs, result.compile_error)
    return result


def _looked_at(interface: Interface, stage: int, run: RunResult) -> RunResult:
    """The run, unless what it returned is nothing that the next stage could be given."""
    if run.ended != "ok":
        return run
    try:
        reason = interface.why_not_between(stage, msgspec.json.decode(run.output))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return replace(run, ended="protocol", output=b"")
    if reason is None:
        return run
    return replace(run, ended="failed", output=b"", failure=Failure("exception", "TypeError", reason))


def _together(before: RunResult, run: RunResult) -> RunResult:
    """Two stages of a case as one run."""
    return replace(
        run,
        cpu_time_s=before.cpu_time_s + run.cpu_time_s,
        wall_time_s=before.wall_time_s + run.wall_time_s,
        peak_memory_kib=max(before.peak_memory_kib, run.peak_memory_kib),
        printed=before.printed + run.printed,
        denied=tuple(dict.fromkeys(before.denied + run.denied)),
    )
