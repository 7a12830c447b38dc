"""What a candidate may see of a judging. The only place where a stored report becomes an answer.

Cases of groups without full feedback (as good as all but 'sample') are hidden: of them only what is listed in _OPEN is
shown, everything else is the model's default. It is a list of what may pass and not of what may not, so that a field
added to the models tomorrow stays inside. Times are rounded to 10 ms and memory to 1 MiB, so that neither is a channel
out of the box.
"""

from typing import Any

import msgspec

from api.store import Outlook, StoredSubmission
from judge.models import CaseResult
from judge.package import SAMPLE

_OPEN = ("number", "verdict", "skipped", "time_limit")
_HIDDEN_DEFAULTS: dict[str, Any] = CaseResult.model_validate({"number": 0, "name": "", "verdict": None}).model_dump(
    mode="json"
)


def encode(view: dict[str, Any] | list[Any]) -> bytes:
    return msgspec.json.encode(view)


def summary(row: StoredSubmission) -> dict[str, Any]:
    """A schemas.SubmissionSummary."""
    return {
        "id": row.id,
        "problem": row.problem,
        "language": row.language,
        "person": row.person,
        "status": row.status,
        "created_at": row.created_at,
        "judged_at": row.judged_at,
        "verdict": row.verdict,
        "score": row.score,
        "max_score": row.max_score,
        "cpu_time_s": _time(row.cpu_time_s),
        "wall_time_s": _time(row.wall_time_s),
        "peak_memory_kib": _memory(row.peak_memory_kib),
        "cases_passed": row.cases_passed,
        "cases_total": row.cases_total,
    }


def submission(row: StoredSubmission, outlook: Outlook | None = None) -> dict[str, Any]:
    """A schemas.Submission."""
    report = candidates_report(row.report) if row.report else None
    return {**summary(row), "report": report, "waiting": waiting(outlook) if outlook else None}


def waiting(outlook: Outlook) -> dict[str, Any]:
    """A schemas.Waiting."""
    return {
        "place": outlook.place,
        "estimate_s": _tenths(outlook.estimate_s),
        "reason": outlook.reason,
        "last_worker_s": _tenths(outlook.last_worker_s),
    }


def run(run_id: str, report: bytes | None) -> dict[str, Any]:
    """A schemas.Run. Shown in full: a run is given only samples or the caller's own input."""
    shown = msgspec.Raw(report) if report else None
    return {"id": run_id, "status": "judged" if report else "queued", "report": shown}


def candidates_report(report_json: str) -> dict[str, Any]:
    """A stored report (every field present) without what a candidate may not see."""
    report: dict[str, Any] = msgspec.json.decode(report_json)
    _round(report)
    report["judging_time_s"] = _time(report["judging_time_s"])
    for group in report["groups"]:
        if not group.get("full_feedback", group["name"] == SAMPLE):  # reports of earlier versions say no more
            group["cases"] = [_hidden(case) for case in group["cases"]]
    return report


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """The same with times and memory as they may be shown."""
    shown = dict(figures)
    _round(shown)
    return shown


def _hidden(case: dict[str, Any]) -> dict[str, Any]:
    shown = dict(_HIDDEN_DEFAULTS)
    for key in _OPEN:
        shown[key] = case[key]
    # The name of a hidden case ("all-equal", "one-element") says what it tests.
    shown["name"] = str(case["number"])
    for key in ("cpu_time_s", "wall_time_s", "peak_memory_kib"):
        shown[key] = case[key]
    _round(shown)
    return shown


def _round(figures: dict[str, Any]) -> None:
    figures["cpu_time_s"] = _time(figures["cpu_time_s"])
    figures["wall_time_s"] = _time(figures["wall_time_s"])
    figures["peak_memory_kib"] = _memory(figures["peak_memory_kib"])


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _time(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _memory(kib: int | None) -> int | None:
    return None if kib is None else (kib + 512) // 1024 * 1024
