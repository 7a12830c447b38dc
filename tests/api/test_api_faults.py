"""What becomes of a submission when a worker, Redis or the database's disk fails around it: one verdict, and late."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from api_help import (
    WORKER_TOKEN,
    Caller,
    RedisServer,
    body_for,
    caller_of,
    eventually,
    report_for,
    services_of,
    settings_for,
)
from flask import Flask
from sqlalchemy import event

from api.dispatch import Sweeper
from api.settings import Settings

SUBMISSIONS = "/api/v1/submissions"


@pytest.fixture
def app(database_url: str, make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """It gives workers up early."""
    changes = {"database_url": database_url, "lease_s": 0.05, "sweep_interval_s": 0.05}
    return make_app(settings_for(settings.redis_url, settings.problems_dir, **changes))


def worker_of(app: Flask) -> Caller:
    return Caller(app.test_client(), WORKER_TOKEN)


def swept_until(app: Flask, holds: Callable[[], Any]) -> None:
    def sweep() -> Any:
        services_of(app).sweeper.sweep()
        return holds()

    eventually(sweep)


def dropped(app: Flask) -> float:
    return services_of(app).metrics.late_reports._value.get()


def test_a_judging_whose_worker_and_hint_are_gone_comes_to_its_verdict(app: Flask, redis_server: RedisServer) -> None:
    caller, gone, other = caller_of(app), worker_of(app), worker_of(app)
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    assert gone.claim()
    with redis_server.client() as client:
        client.flushall()
    assert caller.get(f"{SUBMISSIONS}/{submission_id}").json["status"] == "running"
    assert other.claim() is None
    swept_until(app, redis_server.queued)
    assert other.report(submission_id, report_for("WA")) == 204
    assert caller.get(f"{SUBMISSIONS}/{submission_id}").json["verdict"] == "WA"


def test_a_zombies_late_report_is_dropped_and_counted(app: Flask, redis_server: RedisServer) -> None:
    caller, zombie, other = caller_of(app), worker_of(app), worker_of(app)
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    held = zombie.judging(submission_id)
    swept_until(app, lambda: caller.get(f"{SUBMISSIONS}/{submission_id}").json["status"] == "queued")
    assert zombie.post("/internal/workers/zombie", json={"languages": ["python"], "judging": held}).status_code == 409
    assert zombie.report(submission_id, report_for("AC")) == 204, "thanked, and dropped"
    assert (caller.get(f"{SUBMISSIONS}/{submission_id}").json["status"], dropped(app)) == ("queued", 1)
    assert other.report(submission_id, report_for("WA")) == 204
    assert zombie.report(submission_id, report_for("AC")) == 204
    assert (caller.get(f"{SUBMISSIONS}/{submission_id}").json["verdict"], dropped(app)) == ("WA", 2)


def test_a_hint_that_comes_again_and_again_leads_to_one_verdict(app: Flask) -> None:
    """A queue may deliver a message twice, and each worker that gets one asks and reports."""
    caller = caller_of(app)
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    workers, start = [worker_of(app) for _ in range(8)], Barrier(8)

    def claim(worker: Caller) -> dict[str, Any] | None:
        start.wait(10)
        return worker.claim()

    def report(worker: Caller) -> int:
        start.wait(10)
        return worker.post(f"/internal/judgings/{held['id']}/report", json=report_for("WA")).status_code

    with ThreadPoolExecutor(8) as pool:
        (held,) = filter(None, pool.map(claim, workers))
        assert list(pool.map(report, workers)) == [204] * 8
    assert (held["submission"], dropped(app)) == (submission_id, 7)
    assert caller.get(f"{SUBMISSIONS}/{submission_id}").json["verdict"] == "WA"


def test_many_sweepers_at_once_get_in_nobodys_way(app: Flask) -> None:
    """Each process has one: all find the same workers silent, and the same things old, in the same moment."""
    caller, worker, held = caller_of(app), worker_of(app), services_of(app)
    ids = {caller.post(SUBMISSIONS, json=body_for()).json["id"] for _ in range(12)}
    assert {task["submission"] for task in iter(worker.claim, None)} == ids
    for number in range(12):
        held.store.workers.see(f"gone {number}", ["python"], datetime.now(UTC) - timedelta(days=2))
    sweepers = [Sweeper(held.store, held.settings, held.board, held.metrics) for _ in range(6)]
    start = Barrier(len(sweepers))

    def sweep(sweeper: Sweeper) -> None:
        start.wait(10)
        eventually(lambda: sweeper.sweep() or not held.store.judgings.running())

    with ThreadPoolExecutor(len(sweepers)) as pool:
        list(pool.map(sweep, sweepers))
    assert held.store.judgings.waiting() == {"python": 12}, "each is given back once"
    assert {task["submission"] for task in iter(worker.claim, None)} == ids


@pytest.fixture
def full_disk(app: Flask) -> Iterator[Callable[[bool], None]]:
    """Lets a SQLite database grow no further, or again: it then says what it says on a full disk."""
    full = [False]

    def limit(connection: Any, *_: object) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used if full[0] else 1 << 30}")

    engine = services_of(app).store.database.engine
    event.listen(engine, "checkout", limit)
    yield lambda is_full: full.__setitem__(0, is_full)
    event.remove(engine, "checkout", limit)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_what_it_cannot_keep_and_takes_it_later(
    app: Flask, full_disk: Callable[[bool], None]
) -> None:
    caller, worker = caller_of(app), worker_of(app)
    first = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    large = {**report_for("AC"), "judge_error": "x" * 200_000}
    judging = f"/internal/judgings/{worker.judging(first)}/report"
    full_disk(True)
    refused = caller.post(SUBMISSIONS, json=body_for(source="#" * 60_000))
    assert (refused.status_code, refused.json["type"]) == (503, "urn:judge:database-unavailable")
    assert worker.post(judging, json=large).status_code == 503
    assert caller.get(f"{SUBMISSIONS}/{first}").json["status"] == "running"
    full_disk(False)
    assert worker.post(judging, json=large).status_code == 204
    assert caller.get(f"{SUBMISSIONS}/{first}").json["verdict"] == "AC"
    assert len(caller.get(SUBMISSIONS).json["submissions"]) == 1
    assert caller.post(SUBMISSIONS, json=body_for(source="#" * 60_000)).status_code == 202
