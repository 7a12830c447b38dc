"""Each check of a package, on reports as they come from a judging."""

from dataclasses import replace
from pathlib import Path

import pytest
from scripted import LIMITS, write_package

from judge.growth import fit
from judge.models import CaseResult, GroupResult, Report, Verdict
from judge.package import JurySubmission, Problem, load_package
from judge.verify import (
    Finding,
    Judged,
    check_cases,
    check_groups,
    check_limits,
    check_samples,
    check_verdicts,
    jury_needs,
)

SOURCES = {
    "submissions/accepted/plus.py": "def add_two(a, b):\n    return a + b\n",
    "submissions/wrong_answer/minus.py": "def add_two(a, b):\n    return a - b\n",
    "submissions/time_limit_exceeded/slow.py": "def add_two(a, b):\n    return sum(range(10**9))\n",
    "data/secret/large/1.in": "[1000, 2000]\n",
    "data/secret/large/1.ans": "3000\n",
    "statement/problem.en.md": "`add_two(1, 2)` is `3`.\n",
}


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return load_package(write_package(tmp_path / "add-two", SOURCES))


def jury(problem: Problem, name: str) -> JurySubmission:
    return next(one for one in problem.jury if one.name == name)


def group(name: str, *verdicts: str, cpu_time_s: float = 0.01) -> GroupResult:
    cases = [
        CaseResult(number=number, name=str(number), verdict=Verdict(verdict), cpu_time_s=cpu_time_s)
        for number, verdict in enumerate(verdicts, 1)
    ]
    first = next((case.verdict for case in cases if case.verdict is not Verdict.AC), Verdict.AC)
    return GroupResult(name=name, verdict=first, limits=LIMITS, cases=cases)


def report(*groups: GroupResult) -> Report:
    first = next((one.verdict for one in groups if one.verdict is not Verdict.AC), Verdict.AC)
    return Report(verdict=first, groups=list(groups))


def judged(problem: Problem, name: str, *groups: GroupResult) -> Judged:
    return Judged(jury(problem, name), report(*groups))


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.check, finding.where) for finding in findings]


# ---- verdicts ----------------------------------------------------------------------------------------------------


def test_what_each_folder_says_is_well(problem: Problem):
    well = [
        judged(problem, "accepted/plus.py", group("sample", "AC"), group("small", "AC", "AC")),
        judged(problem, "wrong_answer/minus.py", group("sample", "WA"), group("small", "AC", "WA")),
        judged(problem, "time_limit_exceeded/slow.py", group("sample", "AC"), group("small", "TLE")),
    ]
    assert not list(check_verdicts(problem, well))


@pytest.mark.parametrize(
    ("name", "verdict", "what"),
    [
        ("accepted/plus.py", "WA", "earns WA (small/1), not AC"),
        ("wrong_answer/minus.py", "AC", "earns AC, not WA"),
        ("wrong_answer/minus.py", "RTE", "earns RTE (small/1), not WA"),
        ("time_limit_exceeded/slow.py", "WA", "earns WA (small/1), not TLE"),
    ],
)
def test_another_verdict_is_named_with_the_case(problem: Problem, name: str, verdict: str, what: str):
    (finding,) = check_verdicts(problem, [judged(problem, name, group("small", verdict))])
    assert (finding.where, finding.what) == (f"submissions/{name}", what)


def test_the_right_verdict_with_a_wrong_one_behind_it_is_not_what_the_folder_says(problem: Problem):
    one = judged(problem, "wrong_answer/minus.py", group("sample", "WA"), group("small", "RTE"))
    (finding,) = check_verdicts(problem, [one])
    assert finding.what == "earns WA, but RTE on small/1; permitted: AC and WA"


# ---- samples -----------------------------------------------------------------------------------------------------


def test_a_sample_that_the_statement_never_shows_is_named(problem: Problem):
    assert not list(check_samples(problem))
    silent = replace(problem, statement="Add two numbers.")
    assert told(list(check_samples(silent))) == [("samples", "data/sample/1")]


# ---- limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "findings"), [(0.2, 0), (0.49, 0), (0.51, 1), (0.9, 1)])
def test_an_accepted_solution_may_take_half_the_limit(problem: Problem, share: float, findings: int):
    taken = group("small", "AC", cpu_time_s=share * LIMITS.cpu_time_s)
    assert (
        len(list(check_limits(problem, [judged(problem, "accepted/plus.py", group("sample", "AC"), taken)])))
        == findings
    )


def test_a_slow_one_must_be_so_by_a_margin(problem: Problem):
    slow = judged(problem, "time_limit_exceeded/slow.py", group("small", "TLE"))
    assert not list(check_limits(problem, [slow]))
    assert told(list(check_limits(problem, [replace(slow, margin=False)]))) == [
        ("limits", "submissions/time_limit_exceeded/slow.py")
    ]


# ---- groups and cases --------------------------------------------------------------------------------------------


def test_a_group_is_needed_where_it_alone_refuses(problem: Problem):
    twice = judged(problem, "wrong_answer/minus.py", group("small", "WA"), group("large", "WA"))
    slow = judged(problem, "time_limit_exceeded/slow.py", group("small", "AC"), group("large", "TLE"))
    right = judged(problem, "accepted/plus.py", group("small", "AC"), group("large", "AC"))
    assert not jury_needs("small", [right, twice, slow])
    assert jury_needs("large", [right, twice, slow])
    assert not jury_needs("large", [right, twice])


def test_a_group_is_needed_where_another_verdict_would_come_without_it(problem: Problem):
    assert jury_needs("small", [judged(problem, "wrong_answer/minus.py", group("small", "WA"), group("large", "TLE"))])


@pytest.mark.parametrize(("exponents", "needed"), [((1.0, 1.05), False), ((1.0, 2.0), True), ((1.0,), False)])
def test_a_group_whose_growth_tells_solutions_apart_is_needed(
    problem: Problem, exponents: tuple[float, ...], needed: bool
):
    growths = [fit({n: [n**exponent] for n in (1000, 2000, 4000, 8000)}) for exponent in exponents]
    grown = [group("large", "AC").model_copy(update={"growth": growth}) for growth in growths]
    assert jury_needs("large", [judged(problem, "accepted/plus.py", one) for one in grown]) == needed


def test_a_group_that_neither_jury_nor_mutant_needs_is_dead(problem: Problem):
    assert told(list(check_groups(problem, ["small", "large"], {"large"}))) == [("groups", "data/secret/small")]


def test_cases_that_nobody_fails_are_a_note(problem: Problem):
    one = judged(
        problem, "wrong_answer/minus.py", group("sample", "AC"), group("small", "AC", "WA"), group("large", "AC")
    )
    findings = list(check_cases(problem, [one]))
    assert told(findings) == [("cases", "data/secret/small"), ("cases", "data/secret/large")]
    assert findings[0].what == "no jury submission fails 1 of 2 cases: 1"
    assert all(finding.is_note for finding in findings)


def test_cases_left_out_after_one_that_took_too_long_are_no_note(problem: Problem):
    slow = group("small", "TLE", "AC")
    skipped = slow.cases[1].model_copy(update={"verdict": None, "skipped": True})
    slow = slow.model_copy(update={"cases": [slow.cases[0], skipped]})
    assert not list(check_cases(problem, [judged(problem, "time_limit_exceeded/slow.py", slow)]))
