"""The store, the same on SQLite and PostgreSQL, and several processes at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy.exc
from api_help import python, report_for

from api.store import NewSubmission, Store
from judge.models import Report

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
REPORT = Report.model_validate(report_for())


@pytest.fixture
def key_id(store: Store) -> int:
    store.add_key("somebody", "a" * 64, NOW)
    found = store.key_id("a" * 64)
    assert found is not None
    return found


def new(key_id: int, after_s: int = 0) -> NewSubmission:
    at = NOW + timedelta(seconds=after_s)
    return NewSubmission(uuid.uuid4().hex, key_id, "p", "hash", "python", "é🙂 = 1", at, at + timedelta(seconds=30))


def test_what_goes_in_comes_out(store: Store, key_id: int) -> None:
    one = new(key_id)
    store.add(one)
    row = store.get(one.id, key_id)
    assert row is not None
    assert (row.status, row.created_at, row.judged_at, row.report) == ("queued", NOW, None, None)
    assert store.get(one.id, key_id + 1) is None
    for unknown in ("0" * 32, "unknown", "\0", "\ud800"):
        assert store.get(unknown, key_id) is None
        assert store.page(key_id, 1, unknown) is None
        assert store.finish(unknown, REPORT, "{}", NOW) is None
        assert not store.exists(unknown)


def test_the_first_report_is_kept_and_later_ones_dropped(store: Store, key_id: int) -> None:
    one = new(key_id)
    store.add(one)
    assert store.judged([one.id]) == []
    row = store.finish(one.id, REPORT, REPORT.model_dump_json(), NOW)
    assert row is not None
    assert row == store.get(one.id, key_id)
    assert (row.verdict, row.cpu_time_s, row.judged_at) == ("AC", 0.123456, NOW)
    assert store.finish(one.id, REPORT, "another", NOW) is None
    assert store.finish("unknown", REPORT, "another", NOW) is None
    assert store.judged([one.id, "unknown"]) == [row]
    assert store.exists(one.id)
    assert not store.exists("unknown")


def test_one_of_many_reports_at_once_is_kept(store: Store, key_id: int) -> None:
    one = new(key_id)
    store.add(one)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: store.finish(one.id, REPORT, f'"{n}"', NOW), range(24)))
    assert len([row for row in kept if row]) == 1


def test_pages_are_in_order_even_within_one_moment(store: Store, key_id: int) -> None:
    for after_s in (0, 0, 0, 1, 1, 2):
        store.add(new(key_id, after_s))
    seen: list[str] = []
    before = None
    while rows := store.page(key_id, 2, before):
        seen += [row.id for row in rows]
        before = seen[-1]
    assert len(seen) == len(set(seen)) == 6
    assert store.page(key_id, 2, "unknown") is None
    assert store.page(key_id + 1, 2, None) == []


def test_what_is_due_is_claimed_once(store: Store, key_id: int) -> None:
    early, late, judged = new(key_id), new(key_id, 60), new(key_id)
    for one in (early, late, judged):
        store.add(one)
    store.finish(judged.id, REPORT, "{}", NOW)
    (row,) = store.due(NOW + timedelta(seconds=31), 10)
    assert (row.id, row.source, row.resent) == (early.id, early.source, 0)
    assert store.claim(row, NOW + timedelta(hours=1))
    assert not store.claim(row, NOW + timedelta(hours=1))
    assert store.due(NOW + timedelta(seconds=31), 10) == []
    store.make_due(early.id, NOW)
    assert [each.resent for each in store.due(NOW, 10)] == [1]


def test_a_submission_needs_a_key(store: Store) -> None:
    with pytest.raises(sqlalchemy.exc.IntegrityError) as caught:
        store.add(new(12345))
    assert "🙂" not in str(caught.value), "no source in an error's text"


def test_only_the_first_key(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda n: store.add_key("first", f"{n}" * 64, NOW, only_first=True), range(4)))
    assert sum(added) == 1
    assert store.add_key("second", "b" * 64, NOW)


def test_two_processes_may_create_the_tables_at_once(database_url: str) -> None:
    code = "import sys; from api.store import Store; Store(sys.argv[1]).create_tables()"
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _: python("-c", code, database_url, env={}), range(3)))
    assert [(each.returncode, each.stderr) for each in ended] == [(0, "")] * 3
    store = Store(database_url)
    store.create_tables()
    assert store.ping()
    assert store.key_id("a") is None
    store.close()


def test_a_version_of_a_problem_is_kept_once_and_for_good(store: Store) -> None:
    tar = bytes(range(256)) * 5000
    for name, data in (("a", tar), ("a", b"other"), ("b", b"")):
        store.keep_package(name * 64, "add-two", data, NOW)
    assert store.package("a" * 64) == tar
    assert store.package("b" * 64) == b""
    assert store.has_package("a" * 64)
    assert not store.has_package("c" * 64)
    for unknown in ("c" * 64, "a" * 63, "\0", "\ud800"):
        assert store.package(unknown) is None


def test_several_processes_keep_the_same_version_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.keep_package("a" * 64, "add-two", b"tar", NOW), range(16)))
    assert store.package("a" * 64) == b"tar"
