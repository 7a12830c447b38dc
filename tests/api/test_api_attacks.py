"""Attacks by a client who wants what is hidden, more than is allowed, or a place outside. Numbers: docs/attacks.md."""

from typing import Any

import pytest
from api_help import Caller, RedisServer, body_for, caller_of, report_for
from flask import Flask

SUBMISSIONS, RUNS = "/api/v1/submissions", "/api/v1/runs"


@pytest.mark.parametrize(
    "field", [{"case": "secret/all/1"}, {"group": "all"}, {"test_id": 3}, {"input_file": "data/secret/all/1.in"}]
)
def test_a_run_can_name_no_hidden_case(caller: Caller, redis_server: RedisServer, field: dict[str, Any]) -> None:
    answer = caller.post(RUNS, json=body_for(**field))
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:judge:unknown-field"
    assert redis_server.queued() == 0


@pytest.mark.parametrize("name", ["../add-two", "..", "add-two/../../secret", "/etc/passwd", "ADD-TWO", "."])
def test_a_path_in_a_name_leads_nowhere(caller: Caller, redis_server: RedisServer, name: str) -> None:
    answer = caller.post(SUBMISSIONS, json=body_for(problem=name))
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:judge:unknown-problem"
    for place in ("problems", "submissions", "runs"):
        assert caller.get(f"/api/v1/{place}/{name.replace('/', '%2F')}").status_code in (404, 405, 308)
    assert redis_server.queued() == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "0" * 64])
def test_a_path_for_a_package_leads_nowhere(worker: Caller, name: str) -> None:
    assert worker.get(f"/internal/packages/{name}").status_code == 404


@pytest.mark.parametrize(
    "field",
    [
        {"cpu_time_limit": 0},
        {"wall_time_limit": -1},
        {"limits": {"cpu_time_s": 1e9}},
        {"memory_mib": 1 << 40},
        {"verdict": "AC"},
        {"number_of_runs": 1000},
    ],
)
@pytest.mark.parametrize("url", [SUBMISSIONS, RUNS])
def test_a_client_sets_no_limits(caller: Caller, redis_server: RedisServer, url: str, field: dict[str, Any]) -> None:
    answer = caller.post(url, json=body_for(**field))
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:judge:unknown-field"
    assert answer.json["field"] == next(iter(field))
    assert redis_server.queued() == 0


FORGED = [
    "eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFkbWluIiwib3JnX2lkIjoxfQ.",
    "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImFkbWluIn0.c2lnbmF0dXJl",
    "judge_" + "' OR ''='" * 5,
    "judge_" + "%00" * 14 + "A",
]


@pytest.mark.parametrize("forged", FORGED)
def test_nothing_that_is_sent_makes_a_key_or_makes_it_more(app: Flask, caller: Caller, forged: str) -> None:
    answer = app.test_client().get("/api/v1/keys", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401
    reader = caller_of(app, "reader", "somebody", scopes=("read",))
    headers = {**reader.headers, "X-Scope": "admin", "X-Organisation": "1", "X-HTTP-Method-Override": "GET"}
    assert reader.http.get("/api/v1/keys?scope=admin", headers=headers).status_code == 403
    assert reader.http.post(SUBMISSIONS, json=body_for(), headers=headers).status_code == 403
    assert reader.http.get(f"{SUBMISSIONS}?org_id=2", headers=headers).status_code == 422


def test_nobody_but_a_worker_reports(app: Flask, caller: Caller, worker: Caller) -> None:
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    url = f"/internal/judgings/{worker.judging(submission_id)}/report"
    for liar in (caller, Caller(app.test_client(), ""), Caller(app.test_client(), worker.key[:-1])):
        assert liar.post(url, json=report_for("AC")).status_code == 401
    assert caller.get(f"{SUBMISSIONS}/{submission_id}").json["status"] == "running"
    assert worker.report(submission_id, report_for("WA")) == 204
    assert caller.get(f"{SUBMISSIONS}/{submission_id}").json["verdict"] == "WA"
