"""What workers ask and tell."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_help import (
    WORKER_TOKEN,
    Caller,
    RedisServer,
    body_for,
    caller_of,
    report_for,
    services_of,
    settings_for,
)
from flask import Flask

from api.catalogue import tar_of
from api.settings import Settings
from judge.package import load_package


def test_a_package_comes_as_it_is(app: Flask, worker: Caller, tmp_path: Path) -> None:
    package = worker.get("/internal/problems").json["add-two"]
    response = worker.get(f"/internal/packages/{package}")
    assert response.content_type == "application/x-tar"
    with tarfile.open(fileobj=io.BytesIO(response.data)) as tar:
        for member in tar:  # by hand: Debian 12's Python knows no filter yet, a newer one insists on it
            target = tmp_path / "fetched" / "add-two" / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(tar.extractfile(member).read())
    assert load_package(tmp_path / "fetched" / "add-two").hash == package
    assert tar_of(tmp_path / "fetched" / "add-two") == response.data, "the bytes depend on the files only"


def test_unknown_packages_and_judgings(worker: Caller) -> None:
    assert worker.get("/internal/packages/abc").json["type"] == "urn:judge:unknown-package"
    response = worker.post("/internal/judgings/abc/report", json=report_for())
    assert (response.status_code, response.json["type"]) == (404, "urn:judge:unknown-judging")


def test_a_report_that_is_none_is_refused_and_nothing_stored(caller: Caller, worker: Caller) -> None:
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    url = f"/internal/judgings/{worker.judging(submission_id)}/report"
    for wrong in (
        b"[]",
        b"{}",
        b'{"verdict": "OK"}',
        b'{"verdict": "AC", "surprise": 1}',
        b"\xff",
        b"[" * 100_000,
    ):
        response = worker.post(url, data=wrong, content_type="application/json")
        assert response.status_code == 422, wrong[:50]
        assert response.content_type == "application/problem+json"
    assert caller.get(f"/api/v1/submissions/{submission_id}").json["status"] == "running"


def test_a_large_report_is_taken_and_a_huge_one_is_not(caller: Caller, worker: Caller) -> None:
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    url = f"/internal/judgings/{worker.judging(submission_id)}/report"
    length = {"CONTENT_LENGTH": str(32 * 1024 * 1024 + 1)}
    response = worker.post(url, content_type="application/json", environ_overrides=length)
    assert response.status_code == 413
    assert worker.post(url, json=report_for("JE", judge_error="x" * 3_000_000)).status_code == 204
    assert caller.get(f"/api/v1/submissions/{submission_id}").json["report"]["judge_error"] == "x" * 3_000_000


def test_readiness_says_which_does_not_answer(app: Flask, worker: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    client, services = app.test_client(), services_of(app)
    ready = {"status": "ready", "database": True, "redis": True, "migrated": True, "workers": 0}
    assert client.get("/readyz").json == ready
    worker.post("/internal/workers/one", json={"languages": ["python"]})
    assert client.get("/readyz").json == {**ready, "workers": 1}
    monkeypatch.setattr(services.store.database, "answers", lambda: False)
    response = client.get("/readyz")
    assert response.status_code == 503
    not_known = {"database": False, "migrated": None, "workers": None}
    assert response.json == {"status": "not ready", "redis": True, **not_known}
    assert WORKER_TOKEN not in response.text
    assert client.get("/healthz").status_code == 200


@pytest.fixture
def stored(
    make_app: Callable[[Settings], Flask], redis_server: RedisServer, problems_dir: Path, database_url: str
) -> Flask:
    return make_app(settings_for(redis_server.url, problems_dir, database_url=database_url))


@pytest.mark.parametrize(
    "figures",
    [
        {"cases_passed": 10**30},
        {"cases_total": 1 << 31},
        {"peak_memory_kib": 1 << 31},
        {"cpu_time_s": -1e308},
        {"score": float("inf")},
    ],
)
def test_a_report_that_no_database_keeps_is_refused(stored: Flask, figures: dict[str, Any]) -> None:
    caller, worker = caller_of(stored), Caller(stored.test_client(), WORKER_TOKEN)
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    assert worker.report(submission_id, report_for(**figures)) == 422
    assert worker.report(submission_id, report_for()) == 204


def test_a_worker_that_says_what_no_database_keeps(stored: Flask) -> None:
    caller, worker = caller_of(stored), Caller(stored.test_client(), WORKER_TOKEN)
    submission_id = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    assert worker.post("/internal/claims?worker=%00&languages=python").status_code == 422
    assert worker.post("/internal/claims?worker=w&languages=%00").status_code == 204
    assert worker.post("/internal/workers/%00", json={"languages": ["python"]}).status_code == 422
    for wrong in (
        {"languages": ["\0"]},
        {"languages": ["\ud800"]},
        {"languages": ["python"], "boxes": {"started": -1}},
        {"languages": ["python"], "boxes": {"started": 10**400}},
    ):
        assert worker.post("/internal/workers/w", json=wrong).status_code == 422, wrong
    url = f"/internal/judgings/{worker.judging(submission_id)}/fault"
    assert worker.post(url, json={"reason": "a NUL: \0"}).status_code == 204
    assert worker.claim(), "the fault was noted, so there is another attempt"
