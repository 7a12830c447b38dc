"""Are threads that need a lock found out each time, and those that have one never? Races are chance: 20 runs each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from judge.cache import Cache
from judge.calibration import Calibration
from judge.generate import build
from judge.languages import get_language
from judge.models import Limits, Submission, Verdict
from judge.package import Problem, load_package
from judge.pipeline import judge
from judge.sandbox import Boxes, BoxOptions, start_boxes

PACKAGE = Path(__file__).parents[2] / "problems" / "lfu-cache-concurrent"
RUNS = 20
# No time limit is of interest here, and the machine may be busy.
LIMITS = Limits(cpu_time_s=20, wall_time_s=60, memory_mib=256, output_mib=8)
RACES = [
    *sorted((PACKAGE / "submissions" / "rejected").glob("*.py")),
    PACKAGE / "submissions" / "wrong_answer" / "reads_without_lock.py",  # a race, but one that never raises
]
LOCKED = sorted((PACKAGE / "submissions" / "accepted").glob("*.py"))


@pytest.fixture(scope="module")
def boxes() -> Iterator[Boxes]:
    made = start_boxes("local", BoxOptions(get_language("python"), cpu=0))  # one core, as a worker's
    yield made
    made.close()


@pytest.fixture(scope="module")
def problem(boxes: Boxes, shared_folder: Path) -> Problem:
    """With the group of the threads only; the others know none."""
    whole = build(load_package(PACKAGE), boxes, Cache(shared_folder / "cache"))
    return replace(whole, groups=tuple(group for group in whole.groups if group.name == "concurrent"))


def verdicts(path: Path, problem: Problem, boxes: Boxes) -> list[Verdict | None]:
    calibration = Calibration({group.name: LIMITS for group in problem.groups}, {})
    submission = Submission(language="python", source=path.read_text())
    return [judge(submission, problem, calibration, boxes).verdict for _ in range(RUNS)]


@pytest.mark.parametrize("path", RACES, ids=lambda path: path.stem)
def test_a_race_is_refused_every_time(path: Path, problem: Problem, boxes: Boxes):
    assert Verdict.AC not in verdicts(path, problem, boxes)


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.stem)
def test_a_lock_is_accepted_every_time(path: Path, problem: Problem, boxes: Boxes):
    assert set(verdicts(path, problem, boxes)) == {Verdict.AC}
