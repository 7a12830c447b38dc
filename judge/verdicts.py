"""Facts become a verdict: one ordered table, pure. The first row that fits decides.

Memory comes before what a full memory makes of a program (an exception, a crash); the clock before the answer.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from judge.models import CaseResult, Verdict
from judge.sandbox.base import RunResult

_SIGKILL = 9


class Facts(NamedTuple):
    """All that a verdict rests on: what the box saw, the memory limit, whether the output is right (None: no say)."""

    run: RunResult
    memory_mib: int
    correct: bool | None


def _out_of_memory(facts: Facts) -> bool:
    run = facts.run
    raised = run.failure is not None and run.failure.type == "MemoryError"
    return raised or run.peak_memory_kib > facts.memory_mib * 1024 or (run.ended == "died" and run.signal == _SIGKILL)


def _too_much_output(facts: Facts) -> bool:
    failure = facts.run.failure
    return facts.run.ended == "output_limit" or (failure is not None and failure.kind == "output_limit")


TABLE: tuple[tuple[Callable[[Facts], bool], Verdict], ...] = (
    (_out_of_memory, Verdict.MLE),
    (lambda facts: facts.run.ended in ("cpu_limit", "wall_limit"), Verdict.TLE),
    (_too_much_output, Verdict.OLE),
    (lambda facts: facts.run.ended != "ok", Verdict.RTE),
    (lambda facts: facts.correct is False, Verdict.WA),
    (lambda facts: True, Verdict.AC),
)


def name_verdict(run: RunResult, memory_mib: int, correct: bool | None) -> Verdict:
    """The verdict on one case. `correct` None means that nothing was compared (an own input)."""
    facts = Facts(run, memory_mib, correct)
    return next(verdict for fits, verdict in TABLE if fits(facts))


def overall(cases: Iterable[CaseResult]) -> Verdict | None:
    """The verdict on several cases: that of the first which is not AC; None when none has one."""
    verdict = None
    for case in cases:
        if case.verdict is not None and case.verdict is not Verdict.AC:
            return case.verdict
        verdict = verdict or case.verdict
    return verdict
