"""What the hidden tests make of the mutants of the accepted solutions: each should be refused.

A mutant is judged by one hidden group after another, the quickest first, until one refuses it; a case that runs out of
time ends its group. Those that no test can refuse are named in the package's mutation.yaml, by hand, with the reason:

    equivalent:
      - {submission: accepted/two_pointers.py, before: "while low < high:", after: "while low <= high:", reason: "..."}

What became of a mutant is kept in the cache under everything it depends on.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
from pydantic import BaseModel, ConfigDict, Field

import judge
from judge.calibration import Prepared
from judge.crew import Crew, Desk
from judge.models import Submission, Verdict
from judge.mutation import Mutant, mutants
from judge.package import Group, Problem, package_files
from judge.package.files import PackageFolder

GOAL = 0.95
_AT_A_TIME = 8
_NOT_JUDGED_BY = ("statement", "solution", "mutation.yaml")

Tick = Callable[[], None]


class Equivalent(BaseModel):
    """A mutant that no test can refuse, by its line's text before and after; `line` where that is not enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    submission: str
    before: str
    after: str
    line: int | None = None
    reason: str = Field(min_length=10)


class MutationYaml(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    equivalent: list[Equivalent] = []


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: the group and case that refused it first, or None."""

    submission: str
    mutant: Mutant
    refused_by: str | None


@dataclass(frozen=True)
class Mutation:
    """All mutants of a package and their fates."""

    problem: Problem
    fates: Sequence[Fate]
    equivalent: Sequence[Equivalent]

    @property
    def refused(self) -> int:
        return sum(fate.refused_by is not None for fate in self.fates)

    @property
    def survivors(self) -> list[Fate]:
        """Those that live without a reason given."""
        return [fate for fate in self.fates if fate.refused_by is None and not self._explains(fate)]

    @property
    def explained(self) -> int:
        return len(self.fates) - self.refused - len(self.survivors)

    @property
    def share(self) -> float:
        """Of the mutants that are not explained, the share that is refused."""
        counted = len(self.fates) - self.explained
        return self.refused / counted if counted else 1.0

    @property
    def stale(self) -> list[Equivalent]:
        """Entries of mutation.yaml that fit no mutant, or one that is refused after all."""
        living = [fate for fate in self.fates if fate.refused_by is None]
        return [entry for entry in self.equivalent if not any(_fits(entry, fate) for fate in living)]

    @property
    def is_enough(self) -> bool:
        return self.share >= GOAL and not self.stale

    def _explains(self, fate: Fate) -> bool:
        return any(_fits(entry, fate) for entry in self.equivalent)


def _fits(entry: Equivalent, fate: Fate) -> bool:
    mutant = fate.mutant
    same_text = (entry.submission, entry.before, entry.after) == (fate.submission, mutant.before, mutant.after)
    return same_text and entry.line in (None, mutant.line)


def mutate(problem: Problem, crew: Crew, tick: Tick = lambda: None) -> Mutation:
    """Judge all mutants of the accepted solutions. Ticks after each."""
    options = PackageFolder(problem.folder).yaml_if_there("mutation.yaml", MutationYaml) or MutationYaml()
    return Mutation(problem, _fates(problem, crew, tick), options.equivalent)


def count(problem: Problem) -> int:
    """How many mutants there are."""
    return sum(len(chunk) for _, chunk in _chunks(problem))


def lone_refusals(problem: Problem, groups: Sequence[str], crew: Crew) -> set[str]:
    """Those of the groups without which some mutant would live."""
    fates, needed = _fates(problem, crew), set()
    for group in groups:
        sources = [fate.mutant.source for fate in fates if (fate.refused_by or "").partition("/")[0] == group]
        work = crew.map(lives_without, [problem.folder] * len(sources), [group] * len(sources), sources)
        if any(work):
            needed.add(group)
    return needed


def _fates(problem: Problem, crew: Crew, tick: Tick = lambda: None) -> list[Fate]:
    chunks = list(_chunks(problem))
    fates: list[Fate] = []
    sources = [[mutant.source for mutant in chunk] for _, chunk in chunks]
    for (name, chunk), refused_by in zip(
        chunks, crew.map(refusals, [problem.folder] * len(chunks), sources), strict=True
    ):
        for mutant, refusal in zip(chunk, refused_by, strict=True):
            fates.append(Fate(name, mutant, refusal))
            tick()
    return fates


def _chunks(problem: Problem) -> Iterator[tuple[str, list[Mutant]]]:
    """(accepted submission, some of its mutants): what is judged at a time. Only Python can be mutated."""
    for jury in problem.accepted:
        if jury.path.suffix == ".py":
            found = mutants(jury.source)
            yield from ((jury.name, found[start : start + _AT_A_TIME]) for start in range(0, len(found), _AT_A_TIME))


# ---- work for the crew -------------------------------------------------------------------------------------------


def refusals(desk: Desk, folder: Path, sources: list[str]) -> list[str | None]:
    """For each mutant the group and case that refuse it, as "group/case"."""
    prepared = desk.prepare(folder)
    key = _key(desk, prepared.problem, sources)
    data = desk.cache.get_or_make(
        "mutants", key, lambda: msgspec.json.encode([_refusal(desk, prepared, source) for source in sources])
    )
    return msgspec.json.decode(data, type=list[str | None])


def lives_without(desk: Desk, folder: Path, group: str, source: str) -> bool:
    """Whether a mutant passes all hidden groups but this one."""
    prepared = desk.prepare(folder)
    key = _key(desk, prepared.problem, [group, source])
    data = desk.cache.get_or_make("mutants", key, lambda: msgspec.json.encode(_refusal(desk, prepared, source, group)))
    return msgspec.json.decode(data, type=str | None) is None


def _refusal(desk: Desk, prepared: Prepared, source: str, but: str | None = None) -> str | None:
    problem, calibration = prepared
    submission = Submission(language="python", source=source)
    for group in sorted(problem.groups, key=lambda group: _cost_s(group, prepared)):
        if group.is_sample or group.name == but:
            continue
        alone = Prepared(replace(problem, groups=(group,)), calibration)
        report = desk.judge(submission, alone, impatient=True)
        if report.verdict is not Verdict.AC:
            cases = [case for result in report.groups for case in result.cases]
            case = next((case.name for case in cases if case.verdict is not Verdict.AC), "")
            return f"{group.name}/{case}"
    return None


def _cost_s(group: Group, prepared: Prepared) -> float:
    return prepared.calibration.slowest_s[group.name] * len(group.cases)


def _key(desk: Desk, problem: Problem, sources: list[str]) -> str:
    depends_on = (
        _content(problem.folder, problem.hash),
        _judge_version(),
        desk.boxes("python").submissions.info,
        sources,
    )
    return hashlib.sha256(repr(depends_on).encode()).hexdigest()


@cache
def _content(folder: Path, _hash: str) -> str:
    """A hash of what a mutant is judged by: the package without its texts and without what it refuses."""
    digest = hashlib.sha256()
    for path in package_files(folder):
        if path.parts[0] not in _NOT_JUDGED_BY and (path.parts[0] != "submissions" or path.parts[1] == "accepted"):
            digest.update(repr((path.as_posix(), (folder / path).read_bytes())).encode())
    return digest.hexdigest()


@cache
def _judge_version() -> str:
    """A hash of the judge's own code outside the box; what is inside is named by the box."""
    digest = hashlib.sha256()
    for path in sorted(Path(judge.__path__[0]).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
