"""Runs a group until its facts can be believed: what is close to a limit, or may be the machine's doing, is run again.

borderline   a CPU time within a quarter of its limit, on either side: run three times in all, the median counts
wall clock   what the wall clock alone ended: run once more; a sleeper will be as slow again, a machine that stood
             still will not
growth       an exponent whose limit it may exceed: the group is run up to three times, each size's shortest counts
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from judge.checking import Check, check_all
from judge.growth import Growth, fit
from judge.interaction import interact_all
from judge.models import CompileError, Limits
from judge.package import Case, Group, Problem
from judge.runs import Terms, run
from judge.sandbox.base import Boxes, Failure, RunResult

BORDERLINE = 0.25
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case, and whether more than one run was needed to say so."""

    run: RunResult
    check: Check | None
    borderline: bool = False


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One outcome for each case, fewer where the rest was left out; or why the source cannot be run at all."""

    cases: Sequence[Outcome]
    compile_error: CompileError | None = None
    growth: Growth | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A source, and where it is tried. `loaded`: it has been loaded before, so it is known to be one that can be.

    `impatient`: that the wall clock alone ended a case is believed at once.
    """

    problem: Problem
    source: str
    boxes: Boxes
    impatient: bool = False
    loaded: bool = False

    def once(self, cases: Sequence[Case], terms: Terms) -> Outcomes:
        """Run and check these cases, whatever kind of problem it is."""
        if self.problem.interactive:
            result, checks = interact_all(self.problem, self.source, cases, terms, self.boxes)
        else:
            result = run(self.problem, self.source, cases, terms, self.boxes.submissions)
            checks = [] if result.compile_error else check_all(self.problem, cases, result.runs, self.boxes)
        if result.compile_error and self.loaded:
            return Outcomes([_no_compile_error(result.compile_error)])
        if result.compile_error:
            return Outcomes((), result.compile_error)
        return Outcomes([Outcome(*pair) for pair in zip(result.runs, checks, strict=True)])


def measure(attempt: Attempt, group: Group, terms: Terms) -> Outcomes:
    """The outcomes of a group. A run may go a little beyond its limit, to tell a close one from a hopeless."""
    limits = terms.limits
    cpu_time_s = limits.cpu_time_s * (1 + BORDERLINE)
    roomy = replace(terms, limits=limits.model_copy(update={"cpu_time_s": cpu_time_s}))
    first = attempt.once(group.cases, roomy)
    if first.compile_error:
        return first
    attempt = replace(attempt, loaded=True)
    rounds = [first.cases]
    patient = replace(roomy, soft_limit=False)
    if not attempt.impatient and any(_is_wall_clocks_doing(outcome.run) for outcome in first.cases):
        rounds = [attempt.once(group.cases, patient).cases]
    if any(_is_borderline(outcome.run, limits) for outcome in rounds[0]):
        rounds += (attempt.once(group.cases, patient).cases for _ in range(_RUNS - 1))
    tries = ([one[place] for one in rounds if place < len(one)] for place in range(len(rounds[0])))
    outcomes = [_held_to(limits, _believed(of_case, limits)) for of_case in tries]
    return Outcomes(outcomes, growth=_growth(attempt, group, outcomes, patient))


def _believed(tries: Sequence[Outcome], limits: Limits) -> Outcome:
    """Of a case that was borderline at first the outcome with the median time, else the first.

    It is the whole group that is run again: what a case does in the next one's time would not be seen in a run alone.
    """
    if not _is_borderline(tries[0].run, limits) or len(tries) == 1:
        return tries[0]
    median = sorted(tries, key=lambda one: one.run.cpu_time_s)[len(tries) // 2]
    return replace(median, borderline=True)


def _no_compile_error(said: CompileError) -> Outcome:
    """A process that is not the source's first says that it cannot be compiled: the program's own doing.

    It can guess from the clock that it is not the first. A compile error would undo what the first has earned.
    """
    failure = Failure("exception", "SyntaxError", said.message)
    return Outcome(RunResult("failed", 0.0, 0.0, 0, failure=failure), None)


def _is_wall_clocks_doing(run: RunResult) -> bool:
    interrupted = run.ended == "failed" and run.failure is not None and run.failure.kind == "soft_limit"
    return interrupted or run.ended == "wall_limit"


def _is_borderline(run: RunResult, limits: Limits) -> bool:
    low, high = (limits.cpu_time_s * (1 + side * BORDERLINE) for side in (-1, 1))
    return run.ended == "ok" and low <= run.cpu_time_s <= high


def _held_to(limits: Limits, outcome: Outcome) -> Outcome:
    """The outcome by the limit itself: no longer than that, though it was let run a little longer."""
    if outcome.run.ended != "ok" or outcome.run.cpu_time_s <= limits.cpu_time_s:
        return outcome
    return replace(outcome, run=replace(outcome.run, ended="cpu_limit", output=b""), check=None)


def _growth(attempt: Attempt, group: Group, outcomes: Sequence[Outcome], terms: Terms) -> Growth | None:
    """The group's growth, if it has sizes and every case is right; measured again while its limit may be exceeded.

    None also where a case took no time at all: the box's clock is too coarse for it (gVisor's moves in steps of 10 ms).
    """
    options = group.options.growth
    right = len(outcomes) == len(group.cases) and all(one.check and one.check.correct for one in outcomes)
    if options is None or not right or not all(one.run.cpu_time_s for one in outcomes):
        return None
    points: dict[int, list[float]] = {}
    _note_times(points, group, outcomes)
    fitted = fit(points, options.max_exponent)
    for _ in range(_RUNS - 1):
        if fitted.verdict == "within":
            break
        _note_times(points, group, attempt.once(group.cases, terms).cases)
        fitted = fit(points, options.max_exponent)
    return fitted


def _note_times(points: dict[int, list[float]], group: Group, outcomes: Sequence[Outcome]) -> None:
    for case, outcome in zip(group.cases, outcomes, strict=False):
        if case.size is not None:
            points.setdefault(case.size, []).append(outcome.run.cpu_time_s)
