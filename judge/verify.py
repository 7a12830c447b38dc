"""Is a package any good? What its jury submissions show of its tests, its limits and its samples.

    verdicts     every jury submission earns what its folder says
    references   the accepted solutions agree with the answers, and so with each other
    samples      the statement shows every sample
    limits       the slowest accepted solution takes at most half the limit, the fastest slow one at least twice
    groups       without a group, some jury submission's verdict or some mutant's fate would be another
    cases        (a note only) cases that no jury submission fails

The judging is done by a crew; each check is a function of what came of it that yields Findings.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from judge.calibration import Calibration, Prepared
from judge.crew import Crew, Desk
from judge.errors import PackageError
from judge.generate import LIMITS
from judge.languages import language_of_file
from judge.models import GroupResult, Limits, Report, Submission, Verdict
from judge.mutants import lone_refusals
from judge.package import JurySubmission, Problem
from judge.shown import is_shown

MARGIN = 2.0  # between what a limit lets pass, the limit, and what it stops
_TRIES = 3

Check = Literal["package", "verdicts", "references", "samples", "limits", "groups", "cases"]
Tick = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a package, or (a note) worth a look."""

    problem: str
    check: Check
    what: str
    where: str

    @property
    def is_note(self) -> bool:
        return self.check == "cases"


@dataclass(frozen=True, slots=True)
class Judged:
    """A jury submission and its report. `margin`: of one that is to be too slow, whether it is so by MARGIN."""

    jury: JurySubmission
    report: Report
    margin: bool = True

    @property
    def where(self) -> str:
        return f"submissions/{self.jury.name}"

    @property
    def fault(self) -> str | None:
        """Why this is not what the folder says; None when it is."""
        report, expected = self.report, self.jury.expected
        if not expected.permits(report.verdict):
            return f"earns {report.verdict}{_deciding(report)}, not {expected}"
        cases = [(group.name, case) for group in report.groups for case in group.cases]
        wrong = next((one for one in cases if one[1].verdict not in (*expected.permitted, None)), None)
        if wrong:
            permitted = " and ".join(sorted(expected.permitted))
            return (
                f"earns {report.verdict}, but {wrong[1].verdict} on {wrong[0]}/{wrong[1].name}; permitted: {permitted}"
            )
        return None


def steps(problem: Problem) -> int:
    """How often `verify` ticks for this package."""
    return 1 + len(problem.jury)


def verify(problem: Problem, crew: Crew, tick: Tick) -> list[Finding]:
    """Judge the package's jury submissions and check what came of it. Ticks after each step, with its name."""
    faults = crew.call(why_broken, problem.folder)
    tick("built")
    if faults:
        return faults
    judged = []
    for one in crew.map(judge_jury, [problem.folder] * len(problem.jury), [jury.name for jury in problem.jury]):
        judged.append(one)
        tick(one.jury.name)
    findings = [*check_verdicts(problem, judged), *check_samples(problem), *check_limits(problem, judged)]
    suspects = [name for name in _hidden(problem) if not jury_needs(name, judged)]
    needed = lone_refusals(problem, suspects, crew) if suspects else set()
    return [*findings, *check_groups(problem, suspects, needed), *check_cases(problem, judged)]


# ---- work for the crew -------------------------------------------------------------------------------------------


def why_broken(desk: Desk, folder: Path) -> list[Finding]:
    """Build and calibrate. If a reference stands in the way: which ones fail, and on which cases."""
    problem = None
    try:
        problem = desk.build(folder)
        desk.prepare(folder)
    except PackageError as exc:
        return (list(_disagreements(desk, problem)) if problem else []) or [broken(exc)]
    return []


def broken(exc: PackageError) -> Finding:
    """The finding that says what the exception does."""
    place = exc.file + (f", line {exc.line}" if exc.line else "") + (f", key {exc.key!r}" if exc.key else "")
    return Finding(exc.package, "package", exc.reason, place)


def judge_jury(desk: Desk, folder: Path, name: str) -> Judged:
    """Judge one jury submission; what looks like a bad limit is measured again, for it may have been the machine."""
    prepared = desk.prepare(folder)
    jury = next(jury for jury in prepared.problem.jury if jury.name == name)
    if jury.expected.verdicts == {Verdict.TLE}:
        return _judge_slow(desk, jury, prepared)
    judged = Judged(jury, desk.judge(submission_of(jury), prepared))
    for _ in range(_TRIES - 1):
        if judged.report.verdict is not Verdict.AC or not list(_too_slow(judged.report)):
            break
        judged = Judged(jury, desk.judge(submission_of(jury), prepared))
    return judged


def submission_of(jury: JurySubmission) -> Submission:
    """As somebody would submit it, in the language of its file."""
    language = language_of_file(jury.path)
    assert language, "a jury submission in no language of ours is among the foreign ones"
    return Submission(language=language.id, source=jury.source)


def _judge_slow(desk: Desk, jury: JurySubmission, prepared: Prepared) -> Judged:
    """Too slow for MARGIN times the limits is too slow for the limits; otherwise those are asked too."""
    problem, calibration = prepared
    wide = Calibration({name: _times(MARGIN, limits) for name, limits in calibration.limits.items()}, {})
    report = desk.judge(submission_of(jury), Prepared(problem, wide), impatient=True)
    if report.verdict is Verdict.TLE:
        return Judged(jury, report)
    return Judged(jury, desk.judge(submission_of(jury), prepared, impatient=True), margin=False)


def _times(factor: float, limits: Limits) -> Limits:
    """More CPU time, and as much more by the wall clock: who only sleeps is not to be waited for any longer."""
    more_s = (factor - 1) * limits.cpu_time_s
    times = {"cpu_time_s": limits.cpu_time_s + more_s, "wall_time_s": limits.wall_time_s + more_s}
    return limits.model_copy(update=times)


def _disagreements(desk: Desk, problem: Problem) -> Iterator[Finding]:
    generous = Calibration({group.name: LIMITS for group in problem.groups}, {})
    for jury in problem.accepted:
        report = desk.judge(submission_of(jury), Prepared(problem, generous))
        if report.compile_error:
            yield Finding(problem.slug, "references", report.compile_error.message, f"submissions/{jury.name}")
        for group in report.groups:
            for case in group.cases:
                if case.verdict not in (Verdict.AC, None):
                    what = f"{case.verdict} on {group.name}/{case.name}: the answer is another"
                    if case.verdict is not Verdict.WA:
                        what = f"{case.verdict} on {group.name}/{case.name}"
                    yield Finding(problem.slug, "references", what, f"submissions/{jury.name}")


# ---- checks ------------------------------------------------------------------------------------------------------


def check_verdicts(problem: Problem, judged: Iterable[Judged]) -> Iterator[Finding]:
    """Every jury submission earns what its folder says."""
    for one in judged:
        if one.fault:
            yield Finding(problem.slug, "verdicts", one.fault, one.where)


def check_samples(problem: Problem) -> Iterator[Finding]:
    """The statement shows every sample, its input and its answer. (That the answers are right, the verdicts show.)

    Not that of a whole program: the format has them appended by whoever shows the statement.
    """
    if problem.interface is None:
        return
    kind = "class" if problem.interface.methods else "function"
    for case in problem.samples:
        if not is_shown(problem.statement, case.input, case.answer, kind):
            yield Finding(problem.slug, "samples", "the statement never shows it", f"data/sample/{case.name}")


def check_limits(problem: Problem, judged: Iterable[Judged]) -> Iterator[Finding]:
    """Limits leave a margin to both sides."""
    for one in judged:
        if one.fault:
            continue
        if one.report.verdict is Verdict.AC:
            for what in _too_slow(one.report):
                yield Finding(problem.slug, "limits", what, one.where)
        if not one.margin:
            what = f"is too slow, but not so with {MARGIN:g} times the limit{_deciding(one.report)}"
            yield Finding(problem.slug, "limits", what, one.where)


def check_groups(problem: Problem, suspects: Iterable[str], needed: set[str]) -> Iterator[Finding]:
    """No group is dead. `suspects`: groups that no jury submission needs; `needed`: those that some mutant does."""
    for name in suspects:
        if name not in needed:
            what = "decides nothing: without it every jury submission's verdict and every mutant's fate is the same"
            yield Finding(problem.slug, "groups", what, f"data/secret/{name}")


def check_cases(problem: Problem, judged: Sequence[Judged]) -> Iterator[Finding]:
    """Hidden cases that no jury submission fails, a note for each group. Those left out for one are not known."""
    failed = {
        (group.name, case.name)
        for one in judged
        for group in one.report.groups
        for case in group.cases
        if case.skipped or case.verdict not in (Verdict.AC, None)
    }
    first = next((one.report for one in judged if one.report.groups), None)
    for group in first.groups if first else ():
        idle = [case.name for case in group.cases if (group.name, case.name) not in failed]
        if idle and group.name in _hidden(problem):
            what = f"no jury submission fails {len(idle)} of {len(group.cases)} cases: {', '.join(idle)}"
            yield Finding(problem.slug, "cases", what, f"data/secret/{group.name}")


def _hidden(problem: Problem) -> list[str]:
    return [group.name for group in problem.groups if not group.is_sample]


def jury_needs(name: str, judged: Sequence[Judged]) -> bool:
    """Whether some verdict would be another without this group, or its growth tells jury submissions apart."""
    changed = any(one.report.groups and _verdict(one.report, without=name) is not one.report.verdict for one in judged)
    growths = [group.growth for one in judged for group in one.report.groups if group.name == name and group.growth]
    return changed or (bool(growths) and max(one.low for one in growths) > min(one.high for one in growths))


def _verdict(report: Report, without: str) -> Verdict | None:
    verdicts = [group.verdict for group in report.groups if group.name != without]
    return next((one for one in verdicts if one is not Verdict.AC), Verdict.AC)


def _too_slow(report: Report) -> Iterator[str]:
    for group in report.groups:
        taken_s, limit_s = max(case.cpu_time_s for case in group.cases), group.limits.cpu_time_s
        if taken_s > limit_s / MARGIN:
            yield f"takes {taken_s:.3f} s of the {limit_s:.3f} s that {group.name} allows: more than 1/{MARGIN:g}"


def _deciding(report: Report) -> str:
    """Where the verdict was decided, as ", in group/case"."""
    for group in report.groups:
        if case := _first_fault(group):
            return f" ({group.name}/{case})"
    return ""


def _first_fault(group: GroupResult) -> str | None:
    return next((case.name for case in group.cases if case.verdict not in (Verdict.AC, None)), None)
