"""Packages of the format before 2025-09: their keys, and what their groups and flags mean in the words of today."""

from pathlib import Path

import pytest
from packages import LEGACY, WITHOUT_SECRET, Files, cases, write

from judge.errors import PackageError
from judge.package import Problem, load_package

SECRET, SAMPLE, ROOT = (f"data/{folder}testdata.yaml" for folder in ("secret/", "sample/", ""))
ALL_KEYS = """\
problem_format_version: legacy
type: scoring
name: Plus
uuid: acde070d
author: Ann Lee, Bob and Carol
source: A contest
source_url: https://contest.example
license: cc by-sa
rights_owner: Ann
limits:
  time_multiplier: 3
  time_safety_margin: 1.5
  memory: 512
  output: 4
  code: 64
  compilation_time: 10
  compilation_memory: 100
  validation_time: 10.5
  validation_memory: 100
  validation_output: 1
validation: custom interactive score
validator_flags: --strict "two words"
grading: {objective: max, show_test_data_groups: true}
keywords: games search
"""
SCORING = "type: scoring\ngrading:\n  show_test_data_groups: true\n"
LENIENT = "on_reject: continue\ngrader_flags: first_error accept_if_any_accepted\n"
IGNORE_SAMPLE: Files = {ROOT: "on_reject: continue\ngrader_flags: ignore_sample\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "add-two"


def load(folder: Path, changes: Files | None = None) -> Problem:
    return load_package(write(folder, {**LEGACY, **(changes or {})}))


def error_of(folder: Path, changes: Files) -> PackageError:
    with pytest.raises(PackageError) as caught:
        load(folder, changes)
    return caught.value


def test_a_plain_package_is_read_with_the_old_names(folder: Path):
    problem = load(folder)
    assert (problem.title, problem.statement) == ("Add Two", "\\problemname{Add Two}\nAdd two numbers.\n")
    assert (problem.interface, problem.validator, problem.scoring, problem.interactive) == (None, None, False, False)
    assert [(group.name, group.options.cpu_multiplier) for group in problem.groups] == [("sample", 5), ("secret", 5)]
    assert problem.meta.limits.memory == 1024


def test_every_key_of_the_format_is_read(folder: Path):
    problem = load(
        folder,
        {
            **IGNORE_SAMPLE,
            "problem.yaml": ALL_KEYS,
            "output_validators/guess/guess.py": "",
            "output_validators/guess/lib.py": "",
            SECRET: "output_validator_flags: deep\nrange: 0 60\ngrader_flags: min\n",
        },
    )
    meta = problem.meta
    assert (problem.title, problem.scoring, problem.interactive) == ("Plus", True, True)
    assert (meta.credits.authors, meta.source, meta.keywords) == (
        ["Ann Lee", "Bob", "Carol"], ("A contest",), ("games", "search")
    )  # fmt: skip
    assert (meta.limits.memory, meta.limits.output) == (512, 4)
    assert problem.validator
    assert (problem.validator.name, problem.validator.main) == ("guess", "guess.py")
    group = problem.groups[1]
    assert group.cases[0].validator_args == ("--strict", "two words", "deep")
    assert (group.options.cpu_multiplier, group.options.max_score, group.options.score_aggregation) == (3, 60, "min")


def test_a_key_without_a_value_is_as_if_it_were_not_there(folder: Path):
    assert (
        load(folder, {"problem.yaml": "source:\nlicense: cc by-sa\nrights_owner:\nlimits:\n  memory:\n"}).meta.source
        == ()
    )


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ({"problem_statement/problem.tex": None}, "Add Two"),
        ({"problem_statement/problem.tex": "\\problemname{$x$}\n%% plainproblemname: The x  \n"}, "The x"),
        ({"problem_statement/problem.tex": "\\problemname{$x$}\n"}, "Add Two"),
        ({"problem_statement/problem.tex": None, "problem_statement/problem.en.md": "Words."}, "Add Two"),
    ],
)
def test_the_title_comes_from_the_statement_or_the_folder(folder: Path, statement: Files, title: str):
    assert load(folder, statement).title == title


def test_groups_within_groups_are_joined_and_take_the_nearest_file_whole(folder: Path):
    problem = load(
        folder,
        {
            **cases("secret/a/1", "secret/a/deep/1", "secret/b/1", "sample/more/2"),
            ROOT: "output_validator_flags: case_sensitive\n",
            "data/secret/a/testdata.yaml": "output_validator_flags: {name: v, flags: float_tolerance 1e-6}\n",
            "data/secret/b/testdata.yaml": "on_reject: continue\n",
            "data/secret/a/1.desc": "The smallest.\n",
            "data/secret/a/1.hint": "h",
            "data/secret/a/1.png": b"\x89",
            "data/sample/7.interaction": "<1\n",
        },
    )
    found = {group.name: [(case.name, case.validator_args) for case in group.cases] for group in problem.groups}
    assert found == {
        "sample": [("1", ("case_sensitive",)), ("more/2", ("case_sensitive",))],
        "secret": [("1", ("case_sensitive",))],
        "a": [("1", ("float_tolerance", "1e-6"))],
        "a/deep": [("1", ("float_tolerance", "1e-6"))],
        "b": [("1", ())],
    }
    assert problem.groups[2].cases[0].description == "The smallest."


def test_what_is_too_slow_may_be_wrong_as_well(folder: Path):
    problem = load(folder, {"submissions/time_limit_exceeded/slow.py": ""})
    assert {one.name: str(one.expected) for one in problem.jury}["time_limit_exceeded/slow.py"] == "TLE or WA"


@pytest.mark.parametrize(
    ("changes", "file", "key", "line", "reason"),
    [
        ({"problem.yaml": "source: x\nvalidaton: default\n"}, "problem.yaml", "validaton", 2,
         "did you mean 'validation'?"),
        ({"problem.yaml": "limits:\n  time_multiplyer: 2\n"}, "problem.yaml", "limits.time_multiplyer", 2,
         "did you mean 'time_multiplier'?"),
        ({"problem.yaml": "validation: score\n"}, "problem.yaml", "validation", 1, "must be 'default', or 'custom'"),
        ({"problem.yaml": "validation: default score\n"}, "problem.yaml", "validation", 1, "only a custom validator"),
        ({"problem.yaml": "validation: custom\n"}, "problem.yaml", "validation", None, "output_validators/ holds none"),
        ({"output_validators/v.py": ""}, "problem.yaml", "validation", None, "so this must be 'custom'"),
        ({"problem.yaml": "validation: custom score\n", "output_validators/v.py": ""}, "problem.yaml", None, None,
         "only a problem of type scoring"),
        ({"problem.yaml": "type: scoring\ngrading: {objective: min}\n"}, "problem.yaml", "grading.objective", 2,
         "not supported by this judge"),
        ({"problem.yaml": "source_url: x\n"}, "problem.yaml", None, None, "'source_url' needs a 'source'"),
        ({"problem.yaml": "validation: custom\n", "output_validators/a.py": "", "output_validators/b.py": ""},
         "output_validators", None, None, "several output validators are not supported"),
        ({"problem.yaml": "validation: custom\n", "output_validators/v/v.cc": ""}, "output_validators/v/v.cc", None,
         None, "only validators in Python"),
        ({SECRET: "on_rejct: break\n"}, SECRET, "on_rejct", 1, "did you mean 'on_reject'?"),
        ({SECRET: "grading: custom\n"}, SECRET, "grading", 1, "not supported by this judge"),
        ({SECRET: "accept_score: 5\n"}, SECRET, "accept_score", None, "only a problem of type scoring"),
        ({SECRET: "grader_flags: always_accept\n"}, SECRET, "grader_flags", None, "always_accept is not supported"),
        ({SECRET: "grader_flags: avg\n"}, SECRET, "grader_flags", None, "avg is not supported"),
        ({"data/secret/1.files/x": ""}, "data/secret/1.files", None, None, "not supported"),
        ({"data/secret/1.ans": None}, "data/secret/1.ans", None, None, "the answer to this input is missing"),
        ({**cases("secret/sample/1")}, "data/secret/sample", None, None, "may not have this name"),
        ({"output_validator/v.py": ""}, "output_validator", None, None, "did you mean 'output_validators'?"),
    ],
)  # fmt: skip
def test_a_fault_is_named(
    folder: Path, changes: Files, file: str, key: str | None, line: int | None, reason: str
):  # fmt: skip
    error = error_of(folder, changes)
    assert (error.file, error.key, error.line) == (file, key, line)
    assert reason in error.reason


# ---- scores ------------------------------------------------------------------------------------------------------


def scoring(yaml: str = "", **options: str) -> Files:
    """A scoring problem whose groups have two cases each and these testdata.yaml."""
    groups = {f"data/secret/{name}/testdata.yaml": text for name, text in options.items()}
    two = cases(*(f"secret/{name}/{number}" for name in options for number in (1, 2)))
    return {**WITHOUT_SECRET, **IGNORE_SAMPLE, **two, "problem.yaml": SCORING + yaml, SECRET: LENIENT, **groups}


@pytest.mark.parametrize(
    ("options", "most", "aggregation"),
    [
        ("accept_score: 40\nrange: 0 40\ngrader_flags: min\n", 40, "pass-fail"),
        ("accept_score: 20\n", 40, "pass-fail"),
        ("accept_score: 20\non_reject: continue\ngrader_flags: sum always_accept\n", 40, "sum"),
        ("accept_score: 20\ngrader_flags: always_accept min\n", 20, "min"),
        ("accept_score: 20\ngrader_flags: always_accept worst_error sum min\n", 20, "pass-fail"),
        ("accept_score: 0.5\n", 1, "pass-fail"),
    ],
)
def test_flags_become_a_greatest_score_and_an_aggregation(folder: Path, options: str, most: int, aggregation: str):
    problem = load(folder, scoring(a=options, b="accept_score: 30\n"))
    group = problem.groups[1].options
    assert (group.max_score, group.score_aggregation) == (most, aggregation)
    assert (problem.secret.max_score, problem.secret.score_aggregation) == (most + 60, "sum")


def test_a_strict_whole_is_all_or_nothing(folder: Path):
    problem = load(folder, {**scoring(a="accept_score: 1\n", b="accept_score: 2\n"), SECRET: ""})
    assert (problem.secret.max_score, problem.secret.score_aggregation) == (6, "pass-fail")


def test_scores_of_a_validator_are_bounded_by_the_range_where_the_least_counts(folder: Path):
    validator: Files = {"output_validators/v.py": ""}
    problem = load(
        folder,
        {**scoring("validation: custom score\n", a="range: 0 40\ngrader_flags: min\n", b=LENIENT), **validator},
    )
    assert [(group.options.max_score, group.options.score_aggregation) for group in problem.groups[1:]] == [
        (40, "min"), ("unbounded", "sum")
    ]  # fmt: skip
    assert problem.secret.max_score == "unbounded"


def test_samples_must_be_passed_where_the_root_grader_counts_them(folder: Path):
    files = {**scoring(a="accept_score: 1\n"), SAMPLE: "accept_score: 0\n"}
    assert load(folder, files).secret.require_pass == ()
    assert load(folder, {**files, ROOT: "on_reject: continue\n"}).secret.require_pass == ("sample",)


@pytest.mark.parametrize(
    ("changes", "file", "key", "reason"),
    [
        (scoring(a="reject_score: 1\n"), "a", "reject_score", "not supported by this judge"),
        (scoring(a="accept_score: 0.3\n"), "a", "accept_score", "greatest score of 0.6; it must be a whole number"),
        (scoring(a="grader_flags: max\n"), "a", "grader_flags", "max is not supported"),
        (scoring(a="grader_flags: always_accept\n"), "a", "on_reject", "'break' with a sum is not supported"),
        ({**scoring(a=""), **IGNORE_SAMPLE, ROOT: "on_reject: continue\n"}, "../sample", "accept_score",
         "samples that score are not supported"),
    ],
)  # fmt: skip
def test_scores_that_cannot_be_expressed_are_refused(folder: Path, changes: Files, file: str, key: str, reason: str):
    error = error_of(folder, changes)
    assert error.file in (f"data/secret/{file}/testdata.yaml", "data/sample/testdata.yaml")
    assert error.key == key
    assert reason in error.reason


@pytest.mark.parametrize(
    ("options", "key", "reason"),
    [
        ("grader_flags: sum\n", "grader_flags", "sum, unless always_accept is there too, is not supported"),
        ("range: 0 x\ngrader_flags: min\n", "range", "must be two numbers"),
        ("range: 9 0\ngrader_flags: min\n", "range", "must not be less than the first"),
    ],
)
def test_scores_of_a_validator_that_cannot_be_expressed_are_refused(folder: Path, options: str, key: str, reason: str):
    files = {**scoring("validation: custom score\n", a=options), "output_validators/v.py": ""}
    error = error_of(folder, files)
    assert (error.file, error.key) == ("data/secret/a/testdata.yaml", key)
    assert reason in error.reason


def test_scores_within_groups_within_groups_are_refused(folder: Path):
    error = error_of(folder, {**scoring(a=""), **cases("secret/a/deep/1")})
    assert (error.file, error.key) == ("data/secret", None)
    assert "groups within groups that have scores" in error.reason
