"""Generated cases: built in a box, checked like a stranger's input, kept by the package's hash."""

import json
from pathlib import Path

import pytest
from scripted import GENERATORS, ScriptedBox, ended, ok, raised, write_package

from judge.cache import Cache
from judge.errors import PackageError
from judge.generate import build
from judge.models import CompileError
from judge.package import Problem, load_package
from judge.sandbox.base import Failure, Job, JobResult
from judge.sandbox.boxes import Boxes
from judge.sandbox.fake import FakeBox


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return load_package(write_package(tmp_path / "add-two", dict(GENERATORS)))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def answering(make: JobResult | None = None, solve: JobResult | None = None) -> ScriptedBox:
    """A box that generates [n, n] and adds up, or answers as given."""

    def answer(job: Job) -> JobResult:
        if job.entry["kind"] == "recipe":
            recipes = [json.loads(given.data) for given in job.inputs]
            return make or JobResult([ok(json.dumps([recipe["n"]] * 2).encode()) for recipe in recipes])
        return solve or JobResult([ok(b"%d" % sum(json.loads(given.data))) for given in job.inputs])

    return ScriptedBox(answer)


def test_inputs_come_from_the_generator_and_answers_from_the_reference(problem: Problem, cache: Cache):
    box = FakeBox()
    boxes = Boxes(lambda: box)
    built = {group.name: group for group in build(problem, boxes, cache).groups}
    assert [(case.name, case.input, case.answer) for case in built["big"].cases] == [
        ("1", b"[5,50]", b"55"), ("2", b"[7,70]", b"77")
    ]  # fmt: skip
    assert [case.name for case in built["small"].cases] == ["1", "2"]
    assert [job.entry["kind"] for job in box.jobs] == ["recipe", "function"]


def test_it_is_built_once(problem: Problem, cache: Cache):
    box = answering()
    first = build(problem, box, cache)
    assert len(box.jobs) == 2
    assert build(problem, box, cache) == first
    assert len(box.jobs) == 2


def test_another_package_is_built_anew(problem: Problem, cache: Cache):
    box = answering()
    build(problem, box, cache)
    (problem.folder / "statement" / "problem.en.md").write_text("Changed.")
    build(load_package(problem.folder), box, cache)
    assert len(box.jobs) == 4


def test_a_package_without_generators_needs_no_box(tmp_path: Path, cache: Cache):
    box = answering()
    problem = load_package(write_package(tmp_path / "add-two"))
    assert build(problem, box, cache) is problem
    assert not box.jobs


@pytest.mark.parametrize(
    ("make", "solve", "file", "reason"),
    [
        (JobResult([raised("KeyError", "'n'")]), None, "generators/generate.py", "1: KeyError: 'n' (line 1, in f"),
        (JobResult([ok(b"[1,2]"), ended("cpu_limit")]), None, "generators/generate.py", "2: took more than 30 s"),
        (JobResult([ok(b"[1,2]"), ended("wall_limit")]), None, "generators/generate.py", "2: took more than 60 s"),
        (JobResult([ended("died", signal=11)]), None, "generators/generate.py", "1: died"),
        (JobResult([ended("failed", Failure("exit", code=1))]), None, "generators/generate.py", "1: exit"),
        (JobResult([ok(b"[1,2]")]), None, "generators/generate.py", "stopped before the last case"),
        (JobResult([ok(b"[1,2]"), ok(b"[1]")]), None, "generators/generate.py", "big/2: add_two takes 2 arguments"),
        (JobResult([ok(b'["1",2]'), ok(b"[1,2]")]), None, "generators/generate.py", "big/1: add_two: a is str"),
        (
            JobResult(compile_error=CompileError(kind="syntax_error", message="what")),
            None,
            "generators/generate.py",
            "what",
        ),
        (None, JobResult([raised("ValueError", "no")]), "submissions/accepted/plus.py", "big/1: ValueError: no"),
        (
            None,
            JobResult(compile_error=CompileError(kind="missing_entry", message="which")),
            "submissions/accepted/plus.py",
            "which",
        ),
    ],
)
def test_a_fault_of_generator_or_reference_names_file_and_case(
    problem: Problem, cache: Cache, make: JobResult | None, solve: JobResult | None, file: str, reason: str
):
    with pytest.raises(PackageError) as caught:
        build(problem, answering(make, solve), cache)
    assert caught.value.file == file
    assert reason in caught.value.reason


@pytest.mark.parametrize("output", [b"", b"nonsense", b"[" * 5_000, b'"\xff"', b'["\\ud800", 1]'])
def test_a_generator_that_sends_no_json_is_a_broken_package(problem: Problem, cache: Cache, output: bytes):
    with pytest.raises(PackageError) as caught:
        build(problem, answering(JobResult([ok(output)] * 2)), cache)
    assert caught.value.file == "generators/generate.py"


def test_what_failed_is_not_kept(problem: Problem, cache: Cache):
    with pytest.raises(PackageError):
        build(problem, answering(JobResult([raised("KeyError")])), cache)
    assert build(problem, answering(), cache).groups[1].cases
