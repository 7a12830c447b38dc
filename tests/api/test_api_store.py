"""The store, the same on SQLite and PostgreSQL, and several processes at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy.exc
from api_help import new_database, python, report_for
from sqlalchemy import text

from api.store import Key, NewKey, NewSubmission, Replayed, Store
from judge.models import Report

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
REPORT = Report.model_validate(report_for())


@pytest.fixture
def key(store: Store) -> Key:
    return key_of(store, "a")


def key_of(store: Store, letter: str) -> Key:
    store.keys.add(NewKey("somebody", letter * 64, "abcd", NOW))
    found = store.keys.find(letter * 64)
    assert found is not None
    return found


def new(key: Key, after_s: int = 0, **changes: object) -> NewSubmission:
    at = NOW + timedelta(seconds=after_s)
    given = {"problem": "p", "package": "hash", "language": "python", "source": "é🙂 = 1", "created_at": at, **changes}
    return NewSubmission(id=uuid.uuid4().hex, org_id=key.org_id, key_id=key.id, **given)  # type: ignore[arg-type]


def test_what_goes_in_comes_out(store: Store, key: Key) -> None:
    one = new(key, person="Zoë")
    store.submissions.add(one)
    row = store.submissions.get(one.id, key.org_id)
    assert row is not None
    assert (row.status, row.created_at, row.person, row.judged_at, row.report) == ("queued", NOW, "Zoë", None, None)
    assert store.submissions.get(one.id, key.org_id + 1) is None
    for unknown in ("0" * 32, "unknown", "\0", "\ud800"):
        assert store.submissions.get(unknown, key.org_id) is None
        assert store.submissions.page(key.org_id, 1, unknown) is None


def test_pages_are_in_order_even_within_one_moment(store: Store, key: Key) -> None:
    for after_s in (0, 0, 0, 1, 1, 2):
        store.submissions.add(new(key, after_s))
    seen: list[str] = []
    before = None
    while rows := store.submissions.page(key.org_id, 2, before):
        seen += [row.id for row in rows]
        before = seen[-1]
    assert len(seen) == len(set(seen)) == 6
    assert store.submissions.page(key.org_id, 2, "unknown") is None
    assert store.submissions.page(key.org_id + 1, 2, None) == []


def test_a_submission_needs_a_key_and_leaves_nothing_without(store: Store, key: Key) -> None:
    with pytest.raises(sqlalchemy.exc.IntegrityError) as caught:
        store.submissions.add(new(Key(12345, key.org_id)))
    assert "🙂" not in str(caught.value), "no source in an error's text"
    assert store.submissions.page(key.org_id, 1, None) == []
    assert store.judgings.waiting() == {}


def test_an_idempotency_key_is_used_once(store: Store, key: Key) -> None:
    one = new(key, idempotency_key="k", body_sha256="b" * 64)
    store.submissions.add(one)
    with pytest.raises(Replayed) as caught:
        store.submissions.add(new(key, idempotency_key="k", body_sha256="c" * 64))
    assert (caught.value.id, caught.value.body_sha256) == (one.id, "b" * 64)
    assert store.judgings.waiting() == {"python": 1}
    store.submissions.add(new(key_of(store, "b"), idempotency_key="k", body_sha256="b" * 64))


def test_only_the_first_key(store: Store) -> None:
    def add(n: int) -> int | None:
        return store.keys.add(NewKey("first", f"{n}" * 64, "abcd", NOW), only_first=True)

    with ThreadPoolExecutor(4) as pool:
        assert len([added for added in pool.map(add, range(4)) if added]) == 1
    assert store.keys.add(NewKey("second", "b" * 64, "abcd", NOW))


def test_several_processes_may_upgrade_at_once(database_url: str) -> None:
    code = "import sys; from api.store import Store, migrate; migrate.upgrade(Store(sys.argv[1]).database)"
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _: python("-c", code, database_url, env={}), range(3)))
    assert [(each.returncode, each.stderr) for each in ended] == [(0, "")] * 3
    store = new_database(database_url)
    assert store.database.answers()
    assert store.keys.find("a") is None
    store.close()


def test_a_version_of_a_problem_is_kept_once_and_for_good(store: Store) -> None:
    tar = bytes(range(256)) * 5000
    for name, data in (("a", tar), ("a", b"other"), ("b", b"")):
        store.packages.keep(name * 64, "add-two", data, NOW)
    assert store.packages.get("a" * 64) == tar
    assert store.packages.get("b" * 64) == b""
    assert store.packages.has("a" * 64)
    assert not store.packages.has("c" * 64)
    for unknown in ("c" * 64, "a" * 63, "\0", "\ud800"):
        assert store.packages.get(unknown) is None


def test_several_processes_keep_the_same_version_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.packages.keep("a" * 64, "add-two", b"tar", NOW), range(16)))
    assert store.packages.get("a" * 64) == b"tar"


def test_workers_are_known_while_they_are_heard_of(store: Store) -> None:
    minute = timedelta(minutes=1)
    store.workers.see("w", ["python"], NOW)
    store.workers.see("w", ["python", "other"], NOW + minute)
    store.workers.see("v", ["python"], NOW)
    assert store.workers.alive(NOW + minute / 2) == {"python": 1, "other": 1}
    store.workers.forget(NOW + minute / 2)
    assert store.workers.alive(NOW - minute) == {"python": 1, "other": 1}


def test_half_of_a_transaction_is_nothing(store: Store, key: Key) -> None:
    def fail_half_way() -> None:
        with store.database.writing() as connection:
            connection.execute(text("DELETE FROM api_keys"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.keys.find("a" * 64) == key
