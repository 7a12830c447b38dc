"""Databases of earlier versions keep what is in them."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from api_help import report_for
from sqlalchemy import text

import api.store
from api.store import Database, NewKey, Store, service_tables
from api.store.migrate import newest, revision, upgrade
from api.store.tables import Base
from judge.models import Report

STEPS = Path(api.store.__path__[0]) / "migrations" / "versions"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_steps_lead_to_the_tables_of_today(store: Store) -> None:
    assert service_tables.Standing.metadata is Base.metadata
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert revision(store.database) == newest()


def _first_step() -> ModuleType:
    spec = importlib.util.spec_from_file_location("first", STEPS / "0001_first.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def old(database_url: str) -> Database:
    """As it was before there were steps, with a judged submission and a waiting one."""
    database = Database(database_url)
    report = Report.model_validate(report_for()).model_dump_json()
    with database.writing() as connection:
        _first_step().TABLES.create_all(connection)
        key = "INSERT INTO api_keys (id, name, sha256, created_at) VALUES (7, 'k', :sha256, :at)"
        connection.execute(text(key), {"sha256": "a" * 64, "at": AT})
        names = "id, key_id, problem, package, language, source, status, created_at, due_at, resent"
        given = ":id, 7, 'p', 'hash', 'python', 'x = 1', :status, :at, :at, 0"
        judged = f"INSERT INTO submissions ({names}, verdict, report, judged_at) VALUES ({given}, 'AC', :report, :at)"
        connection.execute(text(judged), {"id": "a" * 32, "status": "judged", "at": AT, "report": report})
        waiting = f"INSERT INTO submissions ({names}) VALUES ({given})"
        connection.execute(text(waiting), {"id": "b" * 32, "status": "queued", "at": AT})
        package = "INSERT INTO packages (hash, slug, tar, created_at) VALUES (:hash, 'p', :tar, :at)"
        connection.execute(text(package), {"hash": "c" * 64, "tar": b"tar", "at": AT})
    database.close()
    return database


def test_what_was_stored_before_there_were_steps_is_kept(old: Database, database_url: str) -> None:
    store = Store(database_url)
    assert upgrade(store.database) == ("0001", newest())
    key = store.keys.find("a" * 64)
    assert key is not None
    rows = {row.id: row for row in store.submissions.page(key.org_id, 10, None) or ()}
    assert [(rows[letter * 32].status, rows[letter * 32].verdict) for letter in "ab"] == [
        ("judged", "AC"),
        ("queued", None),
    ]
    (judged,) = store.submissions.judged(["a" * 32])
    assert Report.model_validate_json(judged.report or "") == Report.model_validate(report_for())
    assert store.packages.get("c" * 64) == b"tar"
    claim = store.judgings.claim("w", ["python"], AT)
    assert claim is not None
    assert (claim.submission_id, claim.source) == ("b" * 32, "x = 1")
    assert upgrade(store.database) == (newest(), newest())
    store.close()


def test_keys_made_after_the_upgrade_get_ids_of_their_own(old: Database, database_url: str) -> None:
    store = Store(database_url)
    upgrade(store.database)
    for organisation in ("first", "second"):
        assert store.keys.add(NewKey("new", organisation[0] * 64, "abcd", AT, organisation))
    found = [store.keys.find(letter * 64) for letter in "afs"]
    assert len({key.id for key in found if key}) == 3
    assert len({key.org_id for key in found if key}) == 2
    store.close()
