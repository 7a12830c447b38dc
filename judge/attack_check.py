"""Attacks this judge with its own collection of attacks: submissions that forge, steal, exhaust or break out.

Each file below judge/attacks/<verdict>/ is one, with the verdict it must earn as its folder. Against a box it is tried
whether it earns it, whether a hidden input or answer, or a flood, came out with the report, and whether the box judges
an honest submission afterwards as well and as fast as before. That nothing stays behind is for the tests to see, which
may look into the box; so is the proof that each attack bites where the wall it is for is missing.
"""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from judge import pipeline
from judge.calibration import Calibration
from judge.errors import MachineFault, PackageError
from judge.models import Frozen, Limits, Report, Submission, Verdict
from judge.package import Problem, load_packages
from judge.sandbox.base import Boxes

FOLDER = Path(__file__).parent / "attacks"
# Short, for many of these run out of it. The wall clock is for sleepers: it allows for a busy machine.
LIMITS = Limits(cpu_time_s=0.25, wall_time_s=1.0, memory_mib=64, output_mib=1)
_LARGEST_REPORT = 256 << 10
_SLOWER, _SLACK_S = 5.0, 0.1
_TRIES = 3
_HEADER = re.compile(r"# ([a-z ]+): (.+)")


class Header(Frozen):
    """What the first lines of an attack say.

    `then`: what is seen where the walls of `without` are missing: another verdict, "leak", "flood".
    """

    attack: int
    name: str
    problem: str = "square"
    stopped_by: str = Field(alias="stopped by")
    without: str
    then: str

    @property
    def missing_walls(self) -> frozenset[str]:
        return frozenset(wall.strip() for wall in self.without.split(","))


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile submission, and the verdict it must earn."""

    path: Path
    header: Header
    source: str

    @property
    def expected(self) -> Verdict:
        return Verdict(self.path.parent.name)

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack. `seen` is a verdict, or "leak" or "flood" where the report shows more than it may."""

    attack: Attack
    seen: str
    afterwards: Verdict | None  # on an honest submission in the same box, and its time against the usual one
    afterwards_s: float
    usual_s: float

    @property
    def slower(self) -> float:
        return self.afterwards_s / self.usual_s

    @property
    def held(self) -> bool:
        in_time = self.afterwards_s <= _SLOWER * self.usual_s + _SLACK_S
        return self.seen == self.attack.expected and self.afterwards is Verdict.AC and in_time


def load_attacks(folder: Path = FOLDER) -> list[Attack]:
    """All attacks in the order of their numbers. Raises PackageError for a header that is not as it should be."""
    found = [_load(path) for verdict in Verdict for path in sorted((folder / verdict).glob("*.py"))]
    return sorted(found, key=lambda attack: (attack.header.attack, attack.id))


def _load(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    keys = {}
    for line in source.splitlines():
        match = _HEADER.fullmatch(line)
        if not match:
            break
        keys[match[1]] = match[2]
    try:
        return Attack(path, Header.model_validate(keys), source)
    except ValueError as exc:
        raise PackageError("attacks", f"{path.parent.name}/{path.name}", f"has no right header: {exc}") from exc


class Range:
    """The problems that are attacked, in these boxes."""

    def __init__(self, boxes: Boxes) -> None:
        self.problems = load_packages(FOLDER / "problems")
        self._boxes = boxes
        self._usual_s = self._usual()

    def fire(self, attack: Attack) -> Outcome:
        """Try one attack. A box that breaks replaces itself, so that the next attack finds a whole one."""
        problem = self.problems[attack.header.problem]
        try:
            seen = what_is_seen(judge(attack.source, problem, self._boxes), problem)
            afterwards, afterwards_s = self._afterwards()
        except MachineFault:
            seen, afterwards, afterwards_s = Verdict.JE, None, 0.0
        return Outcome(attack, seen, afterwards, afterwards_s, self._usual_s)

    def honest(self) -> Report:
        """Judge an honest submission."""
        problem = self.problems["square"]
        return judge(problem.accepted[0].source, problem, self._boxes)

    def _usual(self) -> float:
        return statistics.median(self.honest().judging_time_s for _ in range(7))

    def _afterwards(self) -> tuple[Verdict | None, float]:
        """(verdict, time) of an honest submission: the first verdict, but the best time of a few."""
        reports = [self.honest()]
        while reports[-1].judging_time_s > _SLOWER * self._usual_s and len(reports) < _TRIES:
            reports.append(self.honest())
        return reports[0].verdict, min(report.judging_time_s for report in reports)


def judge(source: str, problem: Problem, boxes: Boxes, limits: Limits = LIMITS) -> Report:
    """Judge a source under the same limits in every group."""
    calibration = Calibration({group.name: limits for group in problem.groups}, {})
    return pipeline.judge(Submission(language="python", source=source), problem, calibration, boxes)


def what_is_seen(report: Report, problem: Problem) -> str:
    """The verdict, unless the report holds what it may not: something hidden, or more than anybody can read."""
    text = report.model_dump_json()
    if any(secret in text for secret in _secrets(problem)):
        return "leak"
    return "flood" if len(text) > _LARGEST_REPORT else str(report.verdict)


def _secrets(problem: Problem) -> Iterator[str]:
    """Numbers of the hidden cases long enough not to stand in a report by chance."""
    for group in problem.groups:
        if not group.is_sample:
            for case in group.cases:
                yield from re.findall(r"\d{9,}", (case.input + b" " + case.answer).decode())
