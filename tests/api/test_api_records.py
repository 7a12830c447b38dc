"""What verdicts rest on, whole."""

from api_help import Caller, body_for, caller_of, report_for
from flask import Flask

from api.schemas import Record
from judge.models import Report


def test_a_record_holds_all_that_is_needed_to_judge_again(app: Flask, caller: Caller, worker: Caller) -> None:
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    url = f"/api/v1/submissions/{submission_id}/record"
    assert caller.get(url).json["type"] == "urn:judge:unknown-submission", "it has no verdict yet"
    assert worker.report(submission_id, report_for("WA")) == 204
    record = Record.model_validate_json(caller.get(url).data)
    assert (record.source, record.report) == (body_for()["source"], Report.model_validate(report_for("WA")))
    tar = caller.get(f"/api/v1/packages/{record.package}")
    assert (tar.content_type, tar.data) == (
        "application/x-tar",
        worker.get(f"/internal/packages/{record.package}").data,
    )
    assert caller_of(app, "other").get(url).status_code == 404
    for unknown in ("0" * 64, "x", "%00"):
        assert caller.get(f"/api/v1/packages/{unknown}").json["type"] == "urn:judge:unknown-package"
        assert caller.get(f"/api/v1/submissions/{unknown}/record").json["type"] == "urn:judge:unknown-submission"
