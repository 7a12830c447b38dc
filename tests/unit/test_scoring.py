"""Scores: every rule of the format's result aggregation, on a package whose groups say how they score."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from scripted import FILES, write_package

from judge.errors import PackageError
from judge.package import Problem, load_package
from judge.scoring import CaseOutcome, Score, blocked_by, score

AC, WA = CaseOutcome(True), CaseOutcome(False)
SCORING = {"problem.yaml": FILES["problem.yaml"] + "type: scoring\n"}


def scored(value: float) -> CaseOutcome:
    return CaseOutcome(True, score=value)


def times(value: float) -> CaseOutcome:
    return CaseOutcome(True, multiplier=value)


def problem_of(tmp_path: Path, secret: str = "", **groups: str) -> Problem:
    """A scoring problem with these test_group.yaml files; the cases' files are only there to be found."""
    files: dict[str, str | bytes | None] = {name: None for name in FILES if "secret" in name}
    for name, options in groups.items():
        case = f"data/secret/{name}"
        files |= {f"{case}/1.in": "[1, 2]", f"{case}/1.ans": "3", f"{case}/test_group.yaml": options}
    files["data/secret/test_group.yaml"] = secret
    return load_package(write_package(tmp_path / "add-two", {**SCORING, **files}))


def total(problem: Problem, **outcomes: Sequence[CaseOutcome]) -> float:
    return score(problem, {"sample": [AC], **outcomes}).total.score


def test_a_group_is_all_or_nothing_and_the_whole_is_the_sum_unless_told_otherwise(tmp_path: Path):
    problem = problem_of(tmp_path, a="max_score: 30", b="max_score: 70")
    scores = score(problem, {"sample": [AC], "a": [AC, AC], "b": [AC, WA]})
    assert scores.total == Score(30, 100)
    assert scores.groups == {"a": Score(30, 30), "b": Score(0, 70)}
    assert total(problem, a=[AC], b=[AC]) == 100
    assert total(problem, a=[], b=[]) == 0


def test_a_sum_gives_every_case_its_part(tmp_path: Path):
    problem = problem_of(tmp_path, a="max_score: 100\nscore_aggregation: sum")
    assert total(problem, a=[AC, WA, AC, WA]) == 50
    assert total(problem, a=[times(0.5), AC, WA, WA]) == 37.5
    assert total(problem, a=[scored(10), AC, WA, WA]) == 35
    assert total(problem, a=[AC] * 7) == 100, "no more than max_score, whatever the rounding"


def test_a_minimum_counts_the_worst_case(tmp_path: Path):
    problem = problem_of(tmp_path, a="max_score: 100\nscore_aggregation: min")
    assert total(problem, a=[scored(80), times(0.7), AC]) == 70
    assert total(problem, a=[scored(80), WA]) == 0


def test_the_least_group_can_count(tmp_path: Path):
    problem = problem_of(tmp_path, "score_aggregation: min", a="max_score: 30", b="max_score: 70")
    assert total(problem, a=[AC], b=[AC]) == 30
    assert total(problem, a=[AC], b=[WA]) == 0


def test_the_whole_can_be_all_or_nothing(tmp_path: Path):
    problem = problem_of(tmp_path, "score_aggregation: pass-fail\nmax_score: 5", a="max_score: 1", b="max_score: 1")
    assert total(problem, a=[AC], b=[AC]) == 5
    assert total(problem, a=[AC], b=[WA]) == 0


def test_without_bound_the_validator_scores(tmp_path: Path):
    problem = problem_of(tmp_path, "max_score: unbounded", a="score_aggregation: sum")
    assert score(problem, {"a": [scored(1000), scored(0.5), WA]}).total == Score(1000.5, None)


def test_cases_directly_in_secret_are_scored_by_its_own_options(tmp_path: Path):
    direct = {"data/secret/1.in": "[1, 2]", "data/secret/1.ans": "3"}
    none: dict[str, str | bytes | None] = {name: None for name in FILES if "secret" in name}
    problem = load_package(write_package(tmp_path / "add-two", {**SCORING, **none, **direct}))
    assert [group.name for group in problem.groups] == ["sample", "secret"]
    assert total(problem, secret=[AC, WA]) == 50


def test_a_group_whose_requirement_is_not_passed_scores_nothing_and_passes_nothing_on(tmp_path: Path):
    problem = problem_of(
        tmp_path, a="max_score: 20\nrequire_pass: sample", b="max_score: 30\nrequire_pass: secret/a",
        c="max_score: 50\nrequire_pass: [b]",
    )  # fmt: skip
    everything = {"a": [AC], "b": [AC], "c": [AC]}
    assert total(problem, **everything) == 100
    assert total(problem, **{**everything, "b": [WA]}) == 20
    assert score(problem, {"sample": [WA], **everything}).total == Score(0, 100)
    assert blocked_by(problem.groups[3].options, {"sample", "a"}) == "b"
    assert blocked_by(problem.groups[3].options, {"b"}) is None


def test_secret_as_a_whole_can_require_the_samples(tmp_path: Path):
    problem = problem_of(tmp_path, "require_pass: sample", a="max_score: 100")
    assert total(problem, a=[AC]) == 100
    assert score(problem, {"sample": [WA], "a": [AC]}).total == Score(0, 100)


@pytest.mark.parametrize(
    ("options", "case", "reason"),
    [
        ("max_score: 10", scored(1), "scores a pass-fail group"),
        ("max_score: 10", times(1), "scores a pass-fail group"),
        ("max_score: 10\nscore_aggregation: sum", scored(10.5), "gives 10.5; at most 10"),
        ("max_score: 10\nscore_aggregation: min", scored(-1), "gives the score -1"),
        ("max_score: 10\nscore_aggregation: min", scored(float("nan")), "gives the score nan"),
        ("max_score: 10\nscore_aggregation: min", times(1.5), "gives the multiplier 1.5, not 0 to 1"),
        ("max_score: 10\nscore_aggregation: min", CaseOutcome(False, 3), "scores a case that it does not accept"),
        ("max_score: 10\nscore_aggregation: min", CaseOutcome(True, 3, 1), "gives a score and a multiplier"),
        ("score_aggregation: sum", AC, "gives no score, and no greatest score is set"),
        ("score_aggregation: sum", times(0.5), "gives no score, and no greatest score is set"),
        ("score_aggregation: sum", scored(float("inf")), "gives the score inf"),
    ],
)  # fmt: skip
def test_a_validator_that_breaks_the_rules_is_the_packages_fault(
    tmp_path: Path, options: str, case: CaseOutcome, reason: str
):
    problem = problem_of(tmp_path, "max_score: unbounded", a=options)
    with pytest.raises(PackageError) as caught:
        score(problem, {"a": [case]})
    assert caught.value.reason == f"{reason} (in a)"


def test_a_sum_of_groups_beyond_the_whole_is_the_packages_fault(tmp_path: Path):
    problem = problem_of(tmp_path, a="max_score: 60", b="max_score: 60")
    with pytest.raises(PackageError, match="the score 120 exceeds max_score, 100"):
        total(problem, a=[AC], b=[AC])
