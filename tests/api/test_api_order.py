"""Who is served first, as a worker sees it: runs, then submissions, then rejudgings; and each client in turn."""

from typing import Any

from api_help import Caller, body_for, caller_of, report_for, services_of
from flask import Flask
from sqlalchemy import select

from api.store.judgings import SUBMISSION, NewJudging, enqueue_all
from api.store.tables import JudgingRow

SUBMISSIONS = "/api/v1/submissions"


def submit(caller: Caller) -> str:
    submission_id: str = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    return submission_id


def next_of(worker: Caller) -> dict[str, Any]:
    task = worker.claim()
    assert task
    return task


def test_runs_come_before_submissions_and_those_before_rejudgings(caller: Caller, worker: Caller) -> None:
    judged = submit(caller)
    assert worker.report(judged, report_for()) == 204
    wanted = {"reason": "to see", "filter": {"submissions": [judged]}}
    assert caller.post("/api/v1/rejudgings", json=wanted).status_code == 201
    submission = submit(caller)
    run = caller.post("/api/v1/runs?wait=0", json=body_for()).json["id"]
    served = [next_of(worker) for _ in range(3)]
    assert [(task["kind"], task["submission"]) for task in served] == [
        ("run", None),
        ("submission", submission),
        ("submission", judged),
    ]
    assert served[0]["id"] == run
    assert worker.claim() is None


def test_anothers_one_is_second_behind_a_thousand(app: Flask, worker: Caller) -> None:
    many, one = caller_of(app, "many"), caller_of(app, "one")
    first = submit(many)
    _wait_behind(app, first, 999)
    assert services_of(app).store.judgings.waiting() == {"python": 1000}
    others = submit(one)
    assert [next_of(worker)["submission"] for _ in range(3)] == [first, others, first]
    answer = worker.post(f"/internal/judgings/{worker.claimed[others]}/report", json=report_for())
    assert answer.status_code == 204
    assert one.get(f"{SUBMISSIONS}/{others}").json["status"] == "judged"


def test_a_rejudging_of_many_delays_nobody(app: Flask, caller: Caller, worker: Caller) -> None:
    judged = [submit(caller) for _ in range(20)]
    for submission_id in judged:
        worker.report(submission_id, report_for())
    wanted = {"reason": "to see", "filter": {"problem": "add-two"}}
    assert caller.post("/api/v1/rejudgings", json=wanted).json["chosen"] == 20
    assert next_of(worker)["submission"] == judged[0]
    new = submit(caller_of(app, "other"))
    assert next_of(worker)["submission"] == new


def _wait_behind(app: Flask, submission_id: str, count: int) -> None:
    """So many more judgings of the same client, as so many requests would have left them."""
    of = select(JudgingRow.key_id, JudgingRow.package, JudgingRow.language, JudgingRow.created_at)
    with services_of(app).store.database.writing() as connection:
        row = connection.execute(of.where(JudgingRow.submission_id == submission_id)).one()
        new = NewJudging(submission_id, row.key_id, row.package, row.language, SUBMISSION, row.created_at)
        enqueue_all(connection, [new] * count)
