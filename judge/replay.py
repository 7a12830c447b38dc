"""Judging again what was judged: the same source, package and limits, here; and what differs then.

Promises: source and package are those that the report names, by their hashes. Does not promise that a difference is a
fault: another machine is faster or slower, and a verdict near a limit may fall to either side.
"""

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge import generate, pipeline
from judge.cache import Cache
from judge.calibration import Calibration, calibrate
from judge.errors import PackageError, WrongUse
from judge.models import CaseResult, JudgedWith, Limits, Report, Submission
from judge.package import Problem, hash_folder, load_package
from judge.package.check import SLUG
from judge.package.tarred import unpack_tar
from judge.sandbox.base import Boxes, BoxInfo


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was judged, with what, and what came out."""

    problem: str
    package: str
    submission: Submission
    report: Report

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Recorded":
        """From an API's record of a submission. Raises WrongUse when its source is not there, or is another."""
        source, report = record["source"], Report.model_validate(record["report"])
        if source is None:
            raise WrongUse("the source of this submission is not kept any more")
        judged_with = report.judged_with
        if judged_with and hashlib.sha256(source.encode()).hexdigest() != judged_with.source_sha256:
            raise WrongUse("the source that is kept is not the one that was judged")
        if not SLUG.fullmatch(record["problem"]):
            raise WrongUse(f"{record['problem']!r} is no name of a problem")
        submission = Submission(language=record["language"], source=source)
        return cls(record["problem"], record["package"], submission, report)

    @property
    def limits(self) -> dict[str, Limits]:
        """By group; of one that did not compile there are none."""
        return {group.name: group.limits for group in self.report.groups}


@dataclass(frozen=True, slots=True)
class CasePair:
    """A case as it was judged, and as it is now; None: there was or is no such case."""

    group: str
    before: CaseResult | None
    now: CaseResult | None

    @property
    def differs(self) -> bool:
        return self.before is None or self.now is None or self.before.verdict != self.now.verdict


def unpack(recorded: Recorded, tar: bytes, folder: Path) -> Problem:
    """The recorded package, written below the folder. Raises PackageError: it is none, or another."""
    place = folder / recorded.problem
    try:
        unpack_tar(tar, place)
    except (tarfile.TarError, EOFError) as exc:
        raise PackageError(recorded.problem, "", f"what was sent is no package: {exc}") from exc
    if hash_folder(place) != recorded.package:
        raise PackageError(recorded.problem, "", "what was sent is another package than the one it was judged with")
    return load_package(place)


def replay(recorded: Recorded, problem: Problem, boxes: Boxes, cache: Cache) -> Report:
    """Judge again, under the recorded limits; under ones measured here where none are recorded."""
    built = generate.build(problem, boxes, cache)
    limits = recorded.limits
    if limits.keys() >= {group.name for group in built.groups}:
        judged_with = recorded.report.judged_with
        calibration = Calibration(limits, judged_with.slowest_reference_s if judged_with else {})
    else:
        calibration = calibrate(built, boxes, cache)
    return pipeline.judge(recorded.submission, built, calibration, boxes)


def pairs(before: Report, now: Report) -> Iterator[CasePair]:
    """Every case of both, in order."""
    first, second = _cases(before), _cases(now)
    for key in [*first, *(key for key in second if key not in first)]:
        yield CasePair(key[0], first.get(key), second.get(key))


def _cases(report: Report) -> dict[tuple[str, str], CaseResult]:
    return {(group.name, case.name): case for group in report.groups for case in group.cases}


def other_than_recorded(judged_with: JudgedWith | None, info: BoxInfo) -> dict[str, tuple[str, str]]:
    """What of the box is not as it was, by name: (then, now)."""
    if judged_with is None:
        return {}
    then = (judged_with.box, judged_with.image, judged_with.runtime, " ".join(judged_with.walls))
    now = (info.backend, info.image, info.runtime, " ".join(info.walls))
    names = ("box", "image", "runtime", "walls")
    return {
        name: (before or "none", after or "none")
        for name, before, after in zip(names, then, now, strict=True)
        if before != after
    }
