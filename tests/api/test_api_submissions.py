"""The way of a submission through the API: taken in, queued, reported, shown to its owner only."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_help import WORKER_TOKEN, Caller, RedisServer, body_for, caller_of, eventually, report_for, services_of
from flask import Flask
from werkzeug.test import TestResponse

from api.schemas import Submission, SubmissionPage
from api.settings import Settings

URL = "/api/v1/submissions"


def submit(caller: Caller, **changes: object) -> str:
    response = caller.post(URL, json=body_for(**changes))
    assert response.status_code == 202, response.text
    submission_id: str = response.json["id"]
    return submission_id


def report(worker: Caller, submission_id: str, **changes: object) -> int:
    return worker.report(submission_id, report_for(**changes))


def test_is_stored_and_queued(caller: Caller, redis_server: RedisServer) -> None:
    response = caller.post(URL, json=body_for())
    assert response.status_code == 202
    view = Submission.model_validate_json(response.data)
    assert (view.status, view.verdict, view.report, view.problem) == ("queued", None, None, "add-two")
    assert response.headers["Location"] == f"{URL}/{view.id}"
    assert redis_server.queued() == 1
    assert {**caller.get(response.headers["Location"]).json, "waiting": None} == response.json


def test_report_is_stored_and_shown(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    assert report(worker, submission_id, verdict="WA") == 204
    view = Submission.model_validate_json(caller.get(f"{URL}/{submission_id}").data)
    assert (view.status, view.verdict, view.cases_passed, view.cases_total) == ("judged", "WA", 1, 2)
    assert view.judged_at is not None
    assert view.judged_at >= view.created_at
    assert view.report is not None
    assert view.report.groups[0].cases[0].detail is not None


def test_only_the_first_report_counts(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    assert report(worker, submission_id, verdict="AC") == 204
    before = caller.get(f"{URL}/{submission_id}").json
    assert report(worker, submission_id, verdict="WA") == 204
    assert caller.get(f"{URL}/{submission_id}").json == before
    assert before["verdict"] == "AC"


def test_nobody_sees_the_submissions_of_others(app: Flask, caller: Caller) -> None:
    submission_id = submit(caller)
    other = caller_of(app, "other")
    theirs = other.get(f"{URL}/{submission_id}?wait=5")
    unknown = other.get(f"{URL}/{'0' * 32}")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.json == unknown.json
    assert other.get(URL).json == {"submissions": [], "next": None}
    assert other.get(f"{URL}?before={submission_id}").status_code == 422


def test_own_submissions_newest_first_in_pages(caller: Caller, worker: Caller) -> None:
    ids = [submit(caller) for _ in range(5)]
    report(worker, ids[4])
    first = SubmissionPage.model_validate_json(caller.get(f"{URL}?limit=3").data)
    assert [entry.id for entry in first.submissions] == [ids[4], ids[3], ids[2]]
    assert first.submissions[0].verdict == "AC"
    second = SubmissionPage.model_validate_json(caller.get(f"{URL}?limit=3&before={first.next}").data)
    assert [entry.id for entry in second.submissions] == [ids[1], ids[0]]
    assert second.next is None


def test_held_post_is_woken_by_the_report(make_app: Callable[[Settings], Flask], settings: Settings) -> None:
    # It never looks into the database, so only the report's handler can have woken it.
    app = make_app(settings.model_copy(update={"poll_interval_s": 60.0}))
    worker = Caller(app.test_client(), settings.worker_token.get_secret_value())
    caller = caller_of(app)
    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        held = pool.submit(caller.post, f"{URL}?wait=20", json=body_for())
        submission_id = eventually(lambda: list(services_of(app).held_submissions._tickets))[0]
        eventually(lambda: services_of(app).store.submissions.get(submission_id, 1))
        report(worker, submission_id)
        response = held.result(10)
    assert time.monotonic() - begun < 5
    assert response.status_code == 201
    assert response.json["verdict"] == "AC"
    assert response.json == caller.get(f"{URL}/{submission_id}").json
    assert not services_of(app).held_submissions._tickets


def test_held_get_finds_what_was_reported_elsewhere(
    app: Flask, make_app: Callable[[Settings], Flask], settings: Settings, caller: Caller
) -> None:
    elsewhere = Caller(make_app(settings).test_client(), settings.worker_token.get_secret_value())
    submission_id = submit(caller)
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(Caller(app.test_client(), caller.key).get, f"{URL}/{submission_id}?wait=20") for _ in "123"]
        eventually(lambda: len(services_of(app).held_submissions._tickets.get(submission_id, ())) == 3)
        report(elsewhere, submission_id)
        assert [each.result(10).json["verdict"] for each in held] == ["AC"] * 3


def test_a_wait_ends_with_what_is_known(caller: Caller) -> None:
    begun = time.monotonic()
    response = caller.post(f"{URL}?wait=0.2", json=body_for())
    assert response.status_code == 202
    assert 0.2 <= time.monotonic() - begun < 5
    response = caller.get(f"{URL}/{response.json['id']}?wait=0.1")
    assert (response.status_code, response.json["status"]) == (200, "queued")


def test_no_more_are_held_than_there_are_places(make_app: Callable[[Settings], Flask], settings: Settings) -> None:
    caller = caller_of(make_app(settings.model_copy(update={"max_held": 0})))
    begun = time.monotonic()
    assert caller.post(f"{URL}?wait=30", json=body_for()).status_code == 202
    assert time.monotonic() - begun < 5


def test_closing_ends_every_wait(app: Flask, caller: Caller) -> None:
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller.post, f"{URL}?wait=30", json=body_for())
        eventually(lambda: services_of(app).held_submissions._tickets)
        services_of(app).held_submissions.close()
        assert held.result(5).status_code == 202


def test_nothing_is_lost_while_redis_is_down(
    own_redis: RedisServer, problems_dir: object, make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    app = make_app(settings.model_copy(update={"redis_url": own_redis.url}))
    caller, sweeper = caller_of(app), services_of(app).sweeper
    own_redis.stop()
    submission_id = submit(caller)
    own_redis.start()
    sweeper.sweep()
    sweeper.sweep()
    assert own_redis.queued() == 1, "one waits, so one hint is enough"
    task = Caller(app.test_client(), WORKER_TOKEN).claim()
    assert task is not None
    assert task["submission"] == submission_id


def test_a_flushed_redis_gets_its_hints_again(app: Flask, caller: Caller, redis_server: RedisServer) -> None:
    submit(caller)
    submit(caller)
    with redis_server.client() as client:
        client.flushall()
    for _ in range(3):
        services_of(app).sweeper.sweep()
    assert redis_server.queued() == 2


def test_the_sweeper_runs_by_itself(own_redis: RedisServer, settings: Settings, make_app: Callable[..., Flask]) -> None:
    changes = {"redis_url": own_redis.url, "sweep": True, "sweep_interval_s": 0.05}
    caller = caller_of(make_app(settings.model_copy(update=changes)))
    own_redis.stop()
    submit(caller)
    own_redis.start()
    assert eventually(own_redis.queued)


def test_what_is_judged_wakes_nobody(app: Flask, caller: Caller, worker: Caller, redis_server: RedisServer) -> None:
    submission_id = submit(caller)
    report(worker, submission_id)
    with redis_server.client() as client:
        client.flushall()
    services_of(app).sweeper.sweep()
    assert redis_server.queued() == 0


def test_a_report_in_the_middle_of_the_post_is_not_missed(
    app: Flask, caller: Caller, worker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge_at_once(_url: str, _language: str) -> None:
        def judge() -> None:
            task = worker.claim()
            assert task is not None
            report(worker, task["submission"])

        thread = threading.Thread(target=judge)
        thread.start()
        thread.join()

    monkeypatch.setattr("api.dispatch.wake", judge_at_once)
    response = caller.post(f"{URL}?wait=10", json=body_for())
    assert (response.status_code, response.json["verdict"]) == (201, "AC")


def test_what_a_worker_has_taken_is_running(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    assert caller.get(f"{URL}/{submission_id}").json["status"] == "queued"
    worker.claim()
    assert caller.get(f"{URL}/{submission_id}").json["status"] == "running"
    assert [each["status"] for each in caller.get(URL).json["submissions"]] == ["running"]
    report(worker, submission_id)
    assert caller.get(f"{URL}/{submission_id}").json["status"] == "judged"


# ---- idempotency -------------------------------------------------------------------------------------------------


def post_with(caller: Caller, key: str, wait: float = 0, **changes: object) -> TestResponse:
    headers = {**caller.headers, "Idempotency-Key": key}
    return caller.http.post(f"{URL}?wait={wait}", headers=headers, json=body_for(**changes))


def test_the_same_request_twice_is_one_submission(caller: Caller, worker: Caller) -> None:
    first, again = post_with(caller, "k"), post_with(caller, "k")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == again.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    report(worker, first.json["id"])
    assert worker.claim() is None
    judged = post_with(caller, "k")
    assert (judged.status_code, judged.json["verdict"]) == (201, "AC")


def test_a_key_belongs_to_one_body(caller: Caller) -> None:
    post_with(caller, "k")
    refused = post_with(caller, "k", source="def add(a, b): return b + a")
    assert (refused.status_code, refused.json["type"]) == (409, "urn:judge:idempotency-key-reused")


def test_keys_of_others_do_not_matter(app: Flask, caller: Caller) -> None:
    assert post_with(caller, "k").json["id"] != post_with(caller_of(app, "another"), "k").json["id"]


def test_many_at_once_are_one_submission(app: Flask, caller: Caller) -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = [Caller(app.test_client(), caller.key) for _ in range(16)]
        ids = set(pool.map(lambda client: post_with(client, "k").json["id"], clients))
    assert len(ids) == len(caller.get(URL).json["submissions"]) == 1


def test_what_was_refused_uses_no_key_up(caller: Caller) -> None:
    assert post_with(caller, "k", problem="unknown").status_code == 422
    assert post_with(caller, "k").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\t", "\xe9"])
def test_what_is_no_key_is_refused(caller: Caller, key: str) -> None:
    response = post_with(caller, key)
    assert (response.status_code, response.json["field"]) == (422, "Idempotency-Key")
