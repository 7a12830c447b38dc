"""Runs: on samples or an own input, not recorded, shown to nobody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api_help import Caller, RedisServer, body_for, caller_of, eventually, report_for, services_of
from flask import Flask

from api.runboard import LIFETIME_S
from api.schemas import Run
from api.settings import Settings

URL = "/api/v1/runs"


def test_a_run_is_held_until_its_report(app: Flask, caller: Caller, worker: Caller, redis_server: RedisServer) -> None:
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller.post, URL, json=body_for(input=[40, 2]))
        task = eventually(worker.claim)
        assert (task["kind"], task["input"], task["problem"]) == ("run", [40, 2], "add-two")
        assert worker.report(task["id"], report_for()) == 204
        response = held.result(10)
    assert response.status_code == 200
    run = Run.model_validate_json(response.data)
    assert (run.id, run.status) == (task["id"], "judged")
    assert run.report is not None
    assert run.report.model_dump(mode="json", exclude_unset=True)["groups"][0]["cases"][0]["detail"]
    assert caller.get(f"{URL}/{run.id}").json == response.json
    assert caller.get("/api/v1/submissions").json["submissions"] == []


def test_a_run_not_ready_can_be_asked_for_later(caller: Caller, worker: Caller, redis_server: RedisServer) -> None:
    response = caller.post(f"{URL}?wait=0", json=body_for())
    assert (response.status_code, response.json["status"]) == (202, "queued")
    location = response.headers["Location"]
    task = worker.claim()
    assert task is not None
    assert task["input"] is None
    assert caller.get(f"{location}?wait=0.1").json == response.json
    for verdict in ("AC", "WA"):
        report = report_for(verdict)
        assert worker.report(response.json["id"], report) == 204
    assert caller.get(f"{location}?wait=10").json["report"]["verdict"] == "AC", "the first report stays"


def test_a_held_run_finds_what_was_reported_elsewhere(
    app: Flask, make_app: Callable[[Settings], Flask], settings: Settings, redis_server: RedisServer
) -> None:
    elsewhere = Caller(make_app(settings).test_client(), settings.worker_token.get_secret_value())
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller_of(app).post, f"{URL}?wait=20", json=body_for())
        elsewhere.report(eventually(elsewhere.claim)["id"], report_for())
        assert held.result(10).status_code == 200


def test_runs_are_nobody_elses_and_do_not_last(app: Flask, caller: Caller, redis_server: RedisServer) -> None:
    run_id = caller.post(f"{URL}?wait=0", json=body_for()).json["id"]
    assert caller_of(app, "other").get(f"{URL}/{run_id}").status_code == 404
    with redis_server.client() as client:
        assert 0 < client.ttl(f"judge:run:{run_id}") <= LIFETIME_S
        client.delete(f"judge:run:{run_id}")
    assert caller.get(f"{URL}/{run_id}").status_code == 404


def test_without_redis_a_run_is_refused(
    own_redis: RedisServer, make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    app = make_app(settings.model_copy(update={"redis_url": own_redis.url}))
    caller = caller_of(app)
    own_redis.stop()
    for response in (caller.post(URL, json=body_for()), caller.get(f"{URL}/x")):
        assert (response.status_code, response.json["type"]) == (503, "urn:judge:queue-unavailable")
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["redis"]) == (503, False)
    assert not services_of(app).held_runs._tickets
