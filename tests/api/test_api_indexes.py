"""With however many submissions: what is looked at most is found by an index, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from api.bench import fill
from api.store import Store
from api.store.standings import kept, recomputed

ROWS = 10_000  # enough for PostgreSQL not to prefer reading everything


@pytest.fixture
def org_id(store: Store) -> int:
    fill(store, ROWS)
    with store.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT max(org_id) FROM submissions").scalar_one())


@contextmanager
def plans(store: Store) -> Iterator[list[str]]:
    """How the database goes about each statement meanwhile, in the order they came."""
    found: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"

    def explained(_connection, cursor, statement, parameters, _context, _many):  # type: ignore[no-untyped-def]
        if not statement.startswith(explain):
            cursor.execute(f"{explain} {statement}", parameters)
            found.append("\n".join(str(line[-1]) for line in cursor.fetchall()))

    event.listen(store.database.engine, "before_cursor_execute", explained)
    try:
        yield found
    finally:
        event.remove(store.database.engine, "before_cursor_execute", explained)


def faults(plan: str) -> list[str]:
    """The lines that say that a whole table is read, or that rows are sorted which an index has in order.

    There are fewer boards than an index is good for; and the lines of a page, once found, may be read and sorted.
    """
    lines = [line for line in plan.splitlines() if "SCAN lines" not in line and "boards" not in line]
    sorts = () if "MATERIALIZE lines" in plan or "->  Limit" in plan else ("USE TEMP B-TREE", "Sort")
    return [line for line in lines if any(sign in line for sign in ("SCAN ", "Seq Scan", *sorts))]


def test_no_page_reads_whole_tables(store: Store, org_id: int) -> None:
    newest = (store.submissions.page(org_id, 1, None) or [])[0]
    somebody = (store.standings.page(org_id, newest.problem, 1, None) or [])[0].person
    with plans(store) as found:
        assert store.submissions.get(newest.id, org_id)
        assert store.submissions.page(org_id, 20, None)
        assert store.submissions.page(org_id, 20, newest.id)
        assert store.standings.version(org_id, newest.problem)
        assert store.standings.page(org_id, newest.problem, 20, None)
        assert store.standings.page(org_id, newest.problem, 20, somebody)
        assert store.standings.around(org_id, newest.problem, 20, somebody)
    assert len(found) > 7
    for plan in found:
        assert not faults(plan), plan
    together = "\n".join(found)
    for index in ("submissions_by_org", "standings_in_order"):
        assert index in together
    _check_consistency(store, org_id)


def _check_consistency(store: Store, org_id: int) -> None:
    """What was made up is as it would have come about: else the plans say nothing."""
    with store.database.reading() as connection:
        found = recomputed(connection, org_id, "problem-0")
        assert len(found) == ROWS // 100
        assert found == kept(connection, org_id, "problem-0")
