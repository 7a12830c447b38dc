"""What a candidate sees of a report, and what never leaves."""

import pytest
from api_help import Caller, body_for, report_for
from hypothesis import given
from hypothesis import strategies as st

from api.views import candidates_report
from judge.models import CaseResult, Report


def view_of(report: dict[str, object]) -> dict[str, object]:
    return candidates_report(Report.model_validate(report).model_dump_json())


def test_hidden_cases_show_number_verdict_time_and_memory_only() -> None:
    view = Report.model_validate(view_of(report_for("RTE")))
    sample, hidden = (group.cases[0] for group in view.groups)
    assert sample.detail is not None
    assert (sample.exception_type, sample.exit_code, sample.cpu_time_s) == ("KeyError", 3, 0.123456)
    assert hidden == CaseResult.model_validate(
        {
            "number": 1,
            "name": "1",
            "verdict": "RTE",
            "cpu_time_s": 0.12,
            "wall_time_s": 0.23,
            "peak_memory_kib": 10 * 1024,
        }
    )


def test_totals_are_rounded() -> None:
    view = Report.model_validate(view_of(report_for()))
    assert (view.cpu_time_s, view.wall_time_s, view.peak_memory_kib, view.judging_time_s) == (0.12, 0.23, 10_240, 0.35)


def test_nothing_hidden_in_any_answer(caller: Caller, worker: Caller) -> None:
    report = report_for("RTE")
    del report["groups"][0]
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    assert worker.report(submission_id, report) == 204
    for path in (f"/api/v1/submissions/{submission_id}", "/api/v1/submissions"):
        answer = caller.get(path).text
        assert "SECRET" not in answer
        assert "123456" not in answer


def test_a_compile_error_is_shown(caller: Caller, worker: Caller) -> None:
    error = {"kind": "syntax_error", "message": "invalid syntax", "line": 1, "column": 5, "text": "def ("}
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    report = {"verdict": "CE", "compile_error": error}
    assert worker.report(submission_id, report) == 204
    shown = caller.get(f"/api/v1/submissions/{submission_id}").json["report"]["compile_error"]
    assert {key: shown[key] for key in error} == error


@given(seconds=st.floats(0, 100), kib=st.integers(0, 2**22))
def test_figures_are_no_channel(seconds: float, kib: int) -> None:
    figures = {"cpu_time_s": seconds, "wall_time_s": seconds, "peak_memory_kib": kib}
    report = report_for(**figures)
    report["groups"][1]["cases"][0] |= figures
    view = Report.model_validate(view_of(report))
    for shown in (view, view.groups[1].cases[0]):
        for time in (shown.cpu_time_s, shown.wall_time_s):
            assert round(time * 100) / 100 == time
            assert abs(time - seconds) <= 0.0051
        assert shown.peak_memory_kib % 1024 == 0
        assert abs(shown.peak_memory_kib - kib) <= 512


@pytest.mark.parametrize("path", ["/api/v1/problems", "/api/v1/problems/add-two"])
def test_problems_show_samples_and_nothing_hidden(caller: Caller, path: str) -> None:
    answer = caller.get(path)
    assert answer.status_code == 200
    assert "Add two" in answer.text
    for hidden in ("[40, 2]", "return a + b", "accepted"):
        assert hidden not in answer.text


def test_one_problem(caller: Caller) -> None:
    assert caller.get("/api/v1/problems").json == [
        {"slug": "add-two", "title": "Add two", "languages": ["python"], "keywords": ["arithmetic"]}
    ]
    problem = caller.get("/api/v1/problems/add-two").json
    assert problem["signature"] == "def add(a: int, b: int) -> int: ..."
    assert problem["samples"] == [{"name": "1", "input": "[1, 2]", "output": "3", "interaction": None}]
    assert problem["limits"] == {"memory_mib": 256, "output_mib": 8}
    assert len(problem["package"]) == 64
