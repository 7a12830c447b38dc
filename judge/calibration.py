"""Limits that mean something on this machine: multiples of what the accepted reference solutions take in this box.

Each reference judges each group a few times; a case's time is the median of its runs, a group's the slowest case of the
slowest reference. The result is kept in the cache under everything it depends on: package, box, machine.
"""

import hashlib
import platform
import statistics
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from judge import generate
from judge.cache import Cache
from judge.measuring import Attempt
from judge.models import Limits
from judge.package import Group, JurySubmission, Problem
from judge.runs import Terms
from judge.sandbox.base import Boxes

_ROUNDS = 3
_WALL_FACTOR, _WALL_EXTRA_S = 3.0, 1.0  # a wall clock is for those who sleep: it must not punish a busy machine

Slowest = dict[str, float]  # group -> CPU seconds


class Calibration(msgspec.Struct, frozen=True):
    """The limits of every group, and the reference times they were made from."""

    limits: Mapping[str, Limits]
    slowest_s: Slowest


class Prepared(NamedTuple):
    """A package ready to judge with: all its cases, and its limits on this machine."""

    problem: Problem
    calibration: Calibration


def prepare(problem: Problem, boxes: Boxes, cache: Cache) -> Prepared:
    """Build and calibrate a package, or take both from the cache. Raises PackageError."""
    built = generate.build(problem, boxes, cache)
    return Prepared(built, calibrate(built, boxes, cache))


def calibrate(problem: Problem, boxes: Boxes, cache: Cache) -> Calibration:
    """Measure, or take the measurement from the cache. Raises PackageError when a reference is not accepted."""
    key = hashlib.sha256(repr((problem.hash, boxes.submissions.info, _machine(), _ROUNDS)).encode()).hexdigest()
    data = cache.get_or_make("calibration", key, lambda: msgspec.json.encode(_measure(problem, boxes)))
    slowest_s = msgspec.json.decode(data, type=Slowest)
    return Calibration(
        {group.name: _limits(problem, group, slowest_s[group.name]) for group in problem.groups}, slowest_s
    )


def _limits(problem: Problem, group: Group, slowest_s: float) -> Limits:
    cpu_time_s = max(group.options.cpu_floor_s, group.options.cpu_multiplier * slowest_s)
    return Limits(
        cpu_time_s=cpu_time_s,
        wall_time_s=_WALL_FACTOR * cpu_time_s + _WALL_EXTRA_S,
        memory_mib=group.options.memory_mib or problem.meta.limits.memory,
        output_mib=problem.meta.limits.output,
    )


def _measure(problem: Problem, boxes: Boxes) -> Slowest:
    return {
        group.name: max(_reference_time_s(problem, group, reference, boxes) for reference in problem.accepted)
        for group in problem.groups
    }


def _reference_time_s(problem: Problem, group: Group, reference: JurySubmission, boxes: Boxes) -> float:
    """CPU time of the slowest case, each case's the median of its rounds."""
    attempt = Attempt(problem, reference.source, boxes)
    rounds = []
    for _ in range(_ROUNDS):
        outcomes = attempt.once(group.cases, Terms(generate.LIMITS, max_timeouts=1))
        if outcomes.compile_error:
            raise problem.error(f"submissions/{reference.name}", outcomes.compile_error.message)
        for case, outcome in zip(group.cases, outcomes.cases, strict=False):
            if not (outcome.check and outcome.check.correct):
                # Not what was expected: this error may be shown where the case must stay hidden.
                how = "" if outcome.run.ended == "ok" else f": {outcome.run.ended}"
                raise problem.error(f"submissions/{reference.name}", f"fails {group.name}/{case.name}{how}")
        rounds.append([outcome.run.cpu_time_s for outcome in outcomes.cases])
    return max(float(statistics.median(times)) for times in zip(*rounds, strict=True))


@cache
def _machine() -> str:
    """What a measured time depends on beside the box."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.node()} {platform.machine()} {model}"
