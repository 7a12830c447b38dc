"""Why a submission waits, and for how long still."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from api_help import Caller, body_for, caller_of, report_for, services_of
from flask import Flask

from api.store import Key, NewKey, NewSubmission, Outlook, Store
from judge.client import Answer
from judge.models import Report

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REPORT = Report.model_validate(report_for())


@pytest.fixture
def key(store: Store) -> Key:
    store.keys.add(NewKey("a", "a" * 64, "abcd", NOW))
    found = store.keys.find("a" * 64)
    assert found
    return found


def submit(store: Store, key: Key, after_s: float = 0.0) -> str:
    at = NOW + after_s * SECOND
    one = NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "x = 1", at)
    store.submissions.add(one)
    return one.id


def test_the_estimate_is_what_is_ahead_shared_by_the_workers(store: Store, key: Key) -> None:
    for number in range(3):
        submit(store, key, number)
        claim = store.judgings.claim("w", ["python"], NOW)
        assert claim
        store.judgings.finish(claim.id, REPORT, NOW + 4 * SECOND)
    waiting = [submit(store, key, number) for number in range(10, 16)]
    for worker in ("v", "w"):
        store.workers.see(worker, ["python"], NOW)

    def of(submission_id: str, after_s: float = 5.0) -> Outlook | None:
        return store.outlooks.of(submission_id, NOW + after_s * SECOND, 10)

    assert of(waiting[0]) == Outlook(1, 6.0)
    assert of(waiting[5]) == Outlook(6, 16.0)
    assert of(waiting[0], 9.9) == Outlook(1, 6.0)
    assert of(waiting[0], 12) == Outlook(1, None, "no_worker", 12.0)
    store.workers.see("w", ["cobol"], NOW + 12 * SECOND)
    assert of(waiting[0], 12) == Outlook(1, None, "no_worker_for_language")
    store.workers.see("w", ["cobol", "python"], NOW + 3600 * SECOND)
    assert of(waiting[0], 3600) == Outlook(1, None), "nothing was judged lately"
    store.workers.forget(NOW + 9000 * SECOND)
    assert of(waiting[0], 9000) == Outlook(1, None, "no_worker", None)


def test_only_what_waits_has_an_outlook(store: Store, key: Key) -> None:
    submission_id = submit(store, key)
    assert store.outlooks.of(submission_id, NOW, 10)
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim
    assert store.outlooks.of(submission_id, NOW, 10) is None
    store.judgings.finish(claim.id, REPORT, NOW)
    assert store.outlooks.of(submission_id, NOW, 10) is None
    assert store.outlooks.of("0" * 32, NOW, 10) is None


def test_what_a_pending_submission_shows(app: Flask, caller: Caller, worker: Caller) -> None:
    first = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    second = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    path = f"/api/v1/submissions/{second}"
    nobody = {"place": 2, "estimate_s": None, "reason": "no_worker", "last_worker_s": None}
    assert caller.get(path).json["waiting"] == nobody
    assert caller.get(f"{path}?wait=0.01").json["waiting"] == nobody
    assert worker.post("/internal/workers/w", json={"languages": ["python"]}).status_code == 204
    assert caller.get(path).json["waiting"]["reason"] is None
    assert worker.report(first, report_for()) == 204
    waiting = caller.get(path).json["waiting"]
    assert waiting["place"] == 1
    assert waiting["estimate_s"] is not None
    worker.claim()
    assert caller.get(path).json["waiting"] is None
    worker.report(second, report_for())
    assert caller.get(path).json["waiting"] is None
    assert "waiting" not in caller.get("/api/v1/submissions").json["submissions"][0]
    assert caller_of(app, "other").get(path).status_code == 404
    assert services_of(app).store.judgings.waiting() == {}


@pytest.mark.parametrize(
    ("waiting", "told"),
    [
        (None, "queued for 3 s"),
        ({"place": 2, "estimate_s": 7.4, "reason": None}, "queued for 3 s, number 2 in the queue, about 7 s more"),
        ({"place": 2, "estimate_s": None, "reason": None}, "queued for 3 s, number 2 in the queue"),
        ({"reason": "no_worker_for_language"}, "queued for 3 s: no worker for this language"),
        ({"reason": "no_worker", "last_worker_s": 31.2}, "queued for 3 s: no worker was heard of for 31 s"),
        ({"reason": "no_worker", "last_worker_s": None}, "queued for 3 s: no worker was heard of lately"),
    ],
)
def test_what_the_command_says_meanwhile(waiting: dict[str, object] | None, told: str) -> None:
    assert Answer({"status": "queued", "waiting": waiting}, 3.2).told == told
