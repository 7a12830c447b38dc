"""Limits come from the references: a multiple of the slowest case of the slowest one, never below the floor."""

from dataclasses import replace
from pathlib import Path

import pytest
from scripted import INFO, ScriptedBox, ended, ok, write_package

from judge.cache import Cache
from judge.calibration import calibrate
from judge.errors import PackageError
from judge.models import CompileError
from judge.package import Problem, load_package
from judge.sandbox.base import Job, JobResult, RunResult

OPTIONS = "cpu_multiplier: 5\ncpu_floor_s: 0.3\nmemory_mib: 100\n"
RIGHT = {b"[1, 2]": b"3", b"[10, 20]": b"30", b"[-1, 1]": b"0"}


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    files = {"data/secret/small/test_group.yaml": OPTIONS, "submissions/accepted/slow.py": "# slow\n"}
    return load_package(write_package(tmp_path / "add-two", files))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def timed(times_s: dict[bytes, float] | None = None, slow: float = 1.0) -> ScriptedBox:
    """A box in which each input takes its time, the slow reference `slow` times as long."""

    def answer(job: Job) -> list[RunResult]:
        factor = slow if job.source.startswith("# slow") else 1.0
        times = [(times_s or {}).get(given.data, 0.01) * factor for given in job.inputs]
        return [replace(ok(RIGHT[given.data]), cpu_time_s=took) for given, took in zip(job.inputs, times, strict=True)]

    return ScriptedBox(answer)


def test_the_slowest_case_of_the_slowest_reference_counts(problem: Problem, cache: Cache):
    calibration = calibrate(problem, timed({b"[10, 20]": 0.1, b"[-1, 1]": 0.2}, slow=2), cache)
    assert calibration.slowest_s["small"] == pytest.approx(0.4)
    limits = calibration.limits["small"]
    assert limits.cpu_time_s == pytest.approx(2.0)
    assert limits.wall_time_s > limits.cpu_time_s
    assert (limits.memory_mib, limits.output_mib) == (100, 8)


def test_a_quick_reference_gets_the_floor(problem: Problem, cache: Cache):
    limits = calibrate(problem, timed({b"[10, 20]": 0.001, b"[-1, 1]": 0.001}), cache).limits
    assert limits["small"].cpu_time_s == 0.3
    assert limits["sample"].cpu_time_s == 0.25
    assert limits["sample"].memory_mib == 256


def test_one_slow_moment_does_not_count(problem: Problem, cache: Cache):
    calls = 0

    def answer(job: Job) -> list[RunResult]:
        nonlocal calls
        calls += 1
        took = 9.0 if calls == 1 else 0.01
        return [replace(ok(RIGHT[given.data]), cpu_time_s=took) for given in job.inputs]

    assert max(calibrate(problem, ScriptedBox(answer), cache).slowest_s.values()) == 0.01


def test_it_is_measured_once_for_a_box_and_again_for_another(problem: Problem, cache: Cache):
    box = timed()
    calibrate(problem, box, cache)
    measured = len(box.jobs)
    assert measured
    calibrate(problem, box, cache)
    assert len(box.jobs) == measured
    other = timed()
    other.info = replace(INFO, image="sha256:another")
    calibrate(problem, other, cache)
    assert len(other.jobs) == measured


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (JobResult(compile_error=CompileError(kind="missing_entry", message="looked for it")), "looked for it"),
        (JobResult([ok(b"999")]), "fails sample/1"),
        (JobResult([ended("cpu_limit")]), "fails sample/1: cpu_limit"),
        (JobResult([ok(b"no json")]), "fails sample/1"),
    ],
)
def test_a_reference_that_is_not_accepted_is_a_broken_package(
    problem: Problem, cache: Cache, result: JobResult, reason: str
):
    with pytest.raises(PackageError) as caught:
        calibrate(problem, ScriptedBox(lambda job: result), cache)
    assert caught.value.file.startswith("submissions/accepted/")
    assert reason in caught.value.reason


def test_the_reason_does_not_tell_a_hidden_case(tmp_path: Path, cache: Cache):
    """It is read by whoever submitted: the report of a broken package says JE and why."""
    files = {"data/secret/small/1.ans": "77700777\n"}
    problem = load_package(write_package(tmp_path / "add-two", files))
    box = ScriptedBox(lambda job: [ok(b"3" if given.data == b"[1, 2]" else b"88800888") for given in job.inputs])
    with pytest.raises(PackageError) as caught:
        calibrate(problem, box, cache)
    assert "77700777" not in str(caught.value)
    assert "88800888" not in str(caught.value)
