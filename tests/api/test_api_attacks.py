"""Attacks by a client who wants what is hidden, more than is allowed, or a place outside. Numbers: docs/attacks.md."""

from typing import Any

import pytest
from api_help import Caller, RedisServer, body_for

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
