"""Scores, as the format defines them: of a case, a group, and the submission, whose score is that of `secret`. Pure.

A case scores only in a group whose scores are summed or of which the least counts; there a validator may have given it
a score of its own. A group whose requirement is not passed, and a case that is not accepted, score nothing.
Source: ICPC/Kattis problem package format, 2025-09, "Result aggregation".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from judge.package import SECRET, GroupYaml, Problem

_WHOLE = 100.0


class CaseOutcome(NamedTuple):
    """What scoring needs of one case: whether it is AC, and what the validator wrote to score(_multiplier).txt."""

    accepted: bool
    score: float | None = None
    multiplier: float | None = None


class Score(NamedTuple):
    """`maximum` None: without bound."""

    score: float
    maximum: float | None


@dataclass(frozen=True)
class Scores:
    """The submission's score and, by name, those of the groups (samples have none)."""

    total: Score
    groups: Mapping[str, Score]


class _Rule(NamedTuple):
    """How a group scores, the defaults filled in."""

    where: str
    aggregation: str
    maximum: float | None


def score(problem: Problem, outcomes: Mapping[str, Sequence[CaseOutcome]]) -> Scores:
    """The scores of a submission with these outcomes, by group. Raises PackageError when a validator broke a rule."""
    passed: set[str] = set()
    scores: dict[str, Score] = {}
    whole = _rule(SECRET, problem.secret)
    for group in problem.groups:
        cases = outcomes.get(group.name, ())
        blocked = blocked_by(group.options, passed) is not None
        if cases and not blocked and all(case.accepted for case in cases):
            passed.add(group.name)
        if not group.is_sample:
            rule = _rule(group.name, group.options)
            scores[group.name] = Score(0.0 if blocked else _of_group(problem, rule, cases), rule.maximum)
    if blocked_by(problem.secret, passed):
        return Scores(Score(0.0, whole.maximum), {name: Score(0.0, given.maximum) for name, given in scores.items()})
    return Scores(_total(problem, whole, scores, passed), scores)


def blocked_by(options: GroupYaml, passed: Collection[str]) -> str | None:
    """The group that these options require and that is not passed: then a group is not run at all."""
    return next((name for name in options.require_pass if name not in passed), None)


def _rule(name: str, options: GroupYaml) -> _Rule:
    whole = name == SECRET
    default = _WHOLE if whole else None
    maximum = default if options.max_score is None else options.max_score
    aggregation = options.score_aggregation or ("sum" if whole else "pass-fail")
    return _Rule(name, aggregation, None if maximum == "unbounded" or maximum is None else float(maximum))


def _of_group(problem: Problem, rule: _Rule, cases: Sequence[CaseOutcome]) -> float:
    if rule.aggregation == "pass-fail":
        for case in cases:
            _refuse(problem, rule, case.score is not None or case.multiplier is not None, "scores a pass-fail group")
        return rule.maximum or 0.0 if cases and all(case.accepted for case in cases) else 0.0
    most = rule.maximum
    if most is not None and rule.aggregation == "sum":
        most /= max(1, len(cases))
    return _together(problem, rule, [_of_case(problem, rule, most, case) for case in cases])


def _of_case(problem: Problem, rule: _Rule, most: float | None, case: CaseOutcome) -> float:
    own = case.score is not None or case.multiplier is not None
    if not case.accepted:
        _refuse(problem, rule, own, "scores a case that it does not accept")
        return 0.0
    _refuse(problem, rule, case.score is not None and case.multiplier is not None, "gives a score and a multiplier")
    if most is None:
        _refuse(problem, rule, case.score is None, "gives no score, and no greatest score is set")
    elif case.score is not None:
        _refuse(problem, rule, _exceeds(case.score, most), f"gives {case.score:g}; at most {most:g}")
    if case.multiplier is not None:
        _refuse(problem, rule, not 0 <= case.multiplier <= 1, f"gives the multiplier {case.multiplier}, not 0 to 1")
        return case.multiplier * (most or 0.0)
    if case.score is None:
        return most or 0.0
    _refuse(problem, rule, not 0 <= case.score < float("inf"), f"gives the score {case.score}")
    return case.score


def _total(problem: Problem, rule: _Rule, scores: Mapping[str, Score], passed: Collection[str]) -> Score:
    if SECRET in scores:
        return scores[SECRET]
    if rule.aggregation == "pass-fail":
        everything = bool(scores) and all(name in passed for name in scores)
        return Score((rule.maximum or 0.0) if everything else 0.0, rule.maximum)
    return Score(_together(problem, rule, [given.score for given in scores.values()]), rule.maximum)


def _together(problem: Problem, rule: _Rule, scores: Sequence[float]) -> float:
    total = sum(scores) if rule.aggregation == "sum" else min(scores, default=0.0)
    if rule.maximum is not None and _exceeds(total, rule.maximum):
        where = f"data/{SECRET}" if rule.where == SECRET else f"data/{SECRET}/{rule.where}"
        reason = f"the score {total:g} exceeds max_score, {rule.maximum:g}"
        raise problem.error(f"{where}/test_group.yaml", reason, "max_score")
    return min(total, rule.maximum) if rule.maximum is not None else total


def _exceeds(score: float, most: float) -> bool:
    """More than rounding explains: N times a Nth part of 100 may be a little more than 100."""
    return score > most * (1 + 1e-9) + 1e-9


def _refuse(problem: Problem, rule: _Rule, broken: bool, what: str) -> None:
    if broken:
        raise problem.error("output_validator", f"{what} (in {rule.where})")
