"""A problem that is changed or removed while submissions wait: they are judged with what they were submitted to."""

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from api_help import WORKER_TOKEN, Caller, body_for, caller_of, report_for, services_of
from flask import Flask
from sqlalchemy import text

from api.settings import Settings
from judge.package import load_package

MakeApp = Callable[[Settings], Flask]


@pytest.fixture
def settings_in(settings: Settings, database_url: str) -> Settings:
    """The settings, on either kind of database."""
    return settings.model_copy(update={"database_url": database_url})


def change(problems: Path) -> None:
    (problems / "add-two" / "data" / "secret" / "hidden" / "1.ans").write_text("43\n")


def remove(problems: Path) -> None:
    shutil.rmtree(problems / "add-two")


def fetch(worker: Caller, package: str, into: Path) -> Path:
    response = worker.get(f"/internal/packages/{package}")
    assert response.status_code == 200
    with tarfile.open(fileobj=io.BytesIO(response.data)) as tar:
        for member in tar:
            target = into / "add-two" / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(tar.extractfile(member).read())
    return into / "add-two"


@pytest.mark.parametrize("happens", [change, remove])
def test_what_waits_is_judged_with_the_version_it_was_submitted_to(
    settings_in: Settings, make_app: MakeApp, problems_dir: Path, tmp_path: Path,
    happens: Callable[[Path], None],
) -> None:  # fmt: skip
    first = make_app(settings_in)
    submission_id = caller_of(first).post("/api/v1/submissions", json=body_for()).json["id"]
    submitted_to = services_of(first).catalogue.hashes["add-two"]
    happens(problems_dir)

    second = make_app(settings_in)
    worker = Caller(second.test_client(), WORKER_TOKEN)
    assert worker.get("/internal/problems").json.get("add-two") != submitted_to
    task = worker.claim()
    assert task is not None
    assert (task["submission"], task["package"]) == (submission_id, submitted_to)
    problem = load_package(fetch(worker, task["package"], tmp_path / "fetched"))
    assert problem.hash == submitted_to
    assert problem.groups[1].cases[0].answer == b"42"
    assert worker.report(submission_id, report_for()) == 204


def test_a_start_keeps_what_is_offered_once(settings_in: Settings, make_app: MakeApp, problems_dir: Path) -> None:
    hashes = [services_of(make_app(settings_in)).catalogue.hashes["add-two"] for _ in range(2)]
    change(problems_dir)
    app = make_app(settings_in)
    hashes.append(services_of(app).catalogue.hashes["add-two"])
    with services_of(app).store.database.reading() as connection:
        rows = connection.execute(text("SELECT hash, slug, created_at FROM packages ORDER BY created_at")).all()
    assert [(row.hash, row.slug) for row in rows] == [(hashes[0], "add-two"), (hashes[2], "add-two")]
