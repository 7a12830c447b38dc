"""The verdict table: what each row is for, and that the rows come in this order."""

import pytest
from scripted import LIMITS, ended, ok, raised

from judge.models import CaseResult, Verdict
from judge.sandbox.base import Failure, RunResult
from judge.verdicts import TABLE, name_verdict, overall

MIB = 1024
OVER = (LIMITS.memory_mib + 1) * MIB


def run(how: str, failure: Failure | None = None, **more: object) -> RunResult:
    return RunResult(how, 0.1, 0.1, more.pop("peak", 1000), failure=failure, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "correct", "verdict"),
    [
        # accepted and wrong
        (run("ok"), True, Verdict.AC),
        (run("ok"), None, Verdict.AC),
        (run("ok"), False, Verdict.WA),
        # memory comes before all else that it may look like
        (run("ok", peak=OVER), True, Verdict.MLE),
        (run("ok", peak=OVER), False, Verdict.MLE),
        (run("failed", Failure("exception", "MemoryError")), None, Verdict.MLE),
        (run("failed", Failure("exception", "ValueError"), peak=OVER), None, Verdict.MLE),
        (run("died", signal=9), None, Verdict.MLE),
        (run("died", signal=11, peak=OVER), None, Verdict.MLE),
        (run("cpu_limit", peak=OVER), None, Verdict.MLE),
        (run("output_limit", peak=OVER), None, Verdict.MLE),
        # exactly at the limit is within it
        (run("ok", peak=LIMITS.memory_mib * MIB), True, Verdict.AC),
        # then the clock
        (run("cpu_limit"), None, Verdict.TLE),
        (run("wall_limit"), None, Verdict.TLE),
        (run("cpu_limit", Failure("soft_limit")), None, Verdict.TLE),
        (run("wall_limit"), True, Verdict.TLE),
        # then the output
        (run("output_limit"), None, Verdict.OLE),
        (run("failed", Failure("output_limit")), None, Verdict.OLE),
        # then every other end that is no answer
        (run("failed", Failure("exception", "ValueError")), None, Verdict.RTE),
        (run("failed", Failure("exit", code=0)), None, Verdict.RTE),
        (run("failed", Failure("unserialisable")), None, Verdict.RTE),
        (run("failed", Failure("soft_limit")), None, Verdict.RTE),
        (run("failed"), None, Verdict.RTE),
        (run("died", exit_code=0), None, Verdict.RTE),
        (run("died", signal=11), None, Verdict.RTE),
        (run("protocol"), True, Verdict.RTE),
    ],
)
def test_facts_become_a_verdict(result: RunResult, correct: bool | None, verdict: Verdict):
    assert name_verdict(result, LIMITS.memory_mib, correct) is verdict


def test_the_rows_stand_in_this_order():
    assert [verdict for _, verdict in TABLE] == [
        Verdict.MLE, Verdict.TLE, Verdict.OLE, Verdict.RTE, Verdict.WA, Verdict.AC
    ]  # fmt: skip


def test_no_facts_of_a_run_lead_to_a_judge_error_or_a_compile_error():
    assert not {Verdict.JE, Verdict.CE} & {verdict for _, verdict in TABLE}


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([], None),
        ([None], None),
        (["AC"], "AC"),
        (["AC", "AC"], "AC"),
        (["AC", "WA", "TLE"], "WA"),
        (["AC", None, "TLE", None], "TLE"),
        ([None, "AC"], "AC"),
        (["RTE", "AC"], "RTE"),
    ],
)
def test_the_verdict_of_many_is_that_of_the_first_that_is_not_accepted(verdicts: list[str | None], whole: str | None):
    cases = [CaseResult(number=1, name="", verdict=verdict and Verdict(verdict)) for verdict in verdicts]
    assert overall(cases) == whole


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_its_name_and_has_words(verdict: Verdict):
    assert verdict == verdict.value == verdict.name
    assert verdict.text[0].isupper()


def test_the_helpers_of_these_tests_make_what_they_say():
    assert (ok(b"1").ended, ended("died").ended, raised("KeyError").failure.type) == ("ok", "died", "KeyError")  # type: ignore[union-attr]
