"""Standings: each person's best submission to a problem, kept in the transaction that changes it.

Order: the higher score first (of a problem without scores, AC is 1 and anything else 0), then less CPU time, rounded to
10 ms as it is shown, then the earlier submission. A JE says nothing about the submission and is not counted. Nobody
shares a rank: two whom all this does not tell apart are in the order of their names.

Promises: what is kept equals `recomputed` at the end of every transaction, whatever verdicts, rejudgings and erasures
came in whatever order, also at the same time. A board's version grows whenever its standings change. Whoever changes
more than one person's (`refresh`, `forget`) does so in `Database.exclusively`: two at once would wait for each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from api.store.database import Database
from api.store.judgings import Judged
from api.store.service_tables import Board, Standing
from api.store.tables import JUDGED, SubmissionRow
from judge.models import Verdict

_AT_ONCE = 500  # persons in one statement


class Place(NamedTuple):
    """What a submission is worth; the smaller the better."""

    minus_score: float
    cpu_time_ms: int
    at: datetime
    submission_id: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of a leaderboard. `cpu_time_s` is rounded to 10 ms."""

    rank: int
    person: str
    submission_id: str
    verdict: str
    score: float
    max_score: float | None
    cpu_time_s: float
    at: datetime


_s, _t, _b = SubmissionRow.__table__.c, Standing.__table__.c, Board.__table__.c
_ORDER = (_t.minus_score, _t.cpu_time_ms, _t.at, _t.person)
_PLACE = (_t.minus_score, _t.cpu_time_ms, _t.at, _t.submission_id)
_ON_BOARD = (_t.org_id == bindparam("org_id"), _t.problem == bindparam("problem"))
_OF_PERSON = (*_ON_BOARD, _t.person == bindparam("person"))
_FOUND = tuple_(*(bindparam(f"at_{column.name}", type_=column.type) for column in _ORDER))
_WORTH = (_s.id, _s.person, _s.verdict, _s.score, _s.cpu_time_s, _s.created_at)

# Built once: putting a statement together costs more than running it.
_VERSION = select(_b.version).where(_b.org_id == bindparam("org_id"), _b.problem == bindparam("problem"))
_WHERE_IS = select(*_ORDER).where(*_OF_PERSON)
_BEFORE = select(func.count()).where(*_ON_BOARD, tuple_(*_ORDER) < _FOUND)
_JUDGED = select(*_WORTH).where(
    _s.org_id == bindparam("org_id"),
    _s.problem == bindparam("problem"),
    _s.status == JUDGED,
    _s.person.is_not(None),
)
_JUDGED_OF = _JUDGED.where(_s.person.in_(bindparam("persons", expanding=True)))
_KEPT = select(_t.person, *_PLACE).where(*_ON_BOARD)
_LOCKED = _KEPT.where(_t.person.in_(bindparam("persons", expanding=True))).order_by(_t.person).with_for_update()
_BOARDS_OF = select(_t.problem).where(_t.org_id == bindparam("org_id"), _t.person == bindparam("person"))


def worth(row: Any) -> Place | None:
    """What a judged submission counts as (a row with the columns of `_WORTH`); None for one that does not count."""
    if row.verdict is None or row.verdict == Verdict.JE:
        return None
    score = row.score if row.score is not None else float(row.verdict == Verdict.AC)
    cpu_time_ms = round(round(row.cpu_time_s or 0.0, 2) * 1000)
    return Place(0.0 - score, cpu_time_ms, row.created_at, row.id)  # not -score: that makes a zero negative


def best(rows: Iterable[Any]) -> dict[str, Place]:
    """The best of each person."""
    found: dict[str, Place] = {}
    for row in rows:
        place = worth(row)
        if place and (row.person not in found or place < found[row.person]):
            found[row.person] = place
    return found


def recomputed(connection: Connection, org_id: int, problem: str) -> dict[str, Place]:
    """The standings as the submissions have them."""
    return best(connection.execute(_JUDGED, {"org_id": org_id, "problem": problem}))


def submissions_of(connection: Connection, org_id: int, problem: str, persons: Iterable[str]) -> Iterator[Any]:
    """What these persons submitted to a problem, as far as it is judged."""
    for some in _batches(persons):
        yield from connection.execute(_JUDGED_OF, {"org_id": org_id, "problem": problem, "persons": some})


def _batches(persons: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(persons))
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))


def kept(connection: Connection, org_id: int, problem: str) -> dict[str, Place]:
    """The standings as they are kept."""
    rows = connection.execute(_KEPT, {"org_id": org_id, "problem": problem})
    return {row.person: Place(*row[1:]) for row in rows}


class Standings:
    def __init__(self, database: Database) -> None:
        self._database = database
        add = (sqlite if database.is_sqlite else postgresql).insert
        standing, board = add(Standing), add(Board)
        changed = {column.name: standing.excluded[column.name] for column in _PLACE}
        key = ["org_id", "problem", "person"]
        better = tuple_(*(standing.excluded[column.name] for column in _PLACE)) < tuple_(*_PLACE)
        self._put = standing.on_conflict_do_update(index_elements=key, set_=changed)
        self._improve = standing.on_conflict_do_update(index_elements=key, set_=changed, where=better)
        self._improve_one = self._improve.returning(_t.person)
        self._grow = board.on_conflict_do_update(index_elements=key[:2], set_={"version": _b.version + 1})

    # ---- what changes them, within the transaction of its reason ---------------------------------------------------

    def on_verdict(self, connection: Connection, judged: Judged) -> None:
        """A submission got its first verdict."""
        if judged.person is None:
            return
        found = judged.report
        place = worth(_Verdict(judged.submission_id, found.verdict, found.score, found.cpu_time_s, judged.created_at))
        if place is None:
            return
        line = {"org_id": judged.org_id, "problem": judged.problem, "person": judged.person, **place._asdict()}
        if connection.execute(self._improve_one, line).first():
            self._changed(connection, judged.org_id, judged.problem)

    def refresh(self, connection: Connection, org_id: int, problem: str, persons: Iterable[str]) -> bool:
        """The submissions of these persons changed, or are gone: find their best anew. Returns whether that is another.

        Their standings are locked before the submissions are read, so that a verdict that comes at the same time is
        either seen here or sees what is written here.
        """
        changed = False
        board = {"org_id": org_id, "problem": problem}
        for some in _batches(persons):
            asked = {**board, "persons": some}
            before = {row.person: Place(*row[1:]) for row in connection.execute(_LOCKED, asked)}
            after = best(connection.execute(_JUDGED_OF, asked))
            changed |= self._replace(connection, board, before, after)
        if changed:
            self._changed(connection, org_id, problem)
        return changed

    def forget(self, connection: Connection, org_id: int, person: str) -> int:
        """Take a person from all boards, and say from how many: to be called before their submissions are erased."""
        asked = {"org_id": org_id, "person": person}
        problems = sorted(connection.execute(_BOARDS_OF, asked).scalars())
        connection.execute(delete(Standing).where(_t.org_id == org_id, _t.person == person))
        for problem in problems:
            self._changed(connection, org_id, problem)
        return len(problems)

    def _replace(
        self, connection: Connection, board: dict[str, Any], before: dict[str, Place], after: dict[str, Place]
    ) -> bool:
        gone = [person for person in before if person not in after]
        if gone:
            connection.execute(
                delete(Standing).where(
                    _t.org_id == board["org_id"], _t.problem == board["problem"], _t.person.in_(gone)
                )
            )
        # One that was not there could not be locked. If it is now, a verdict has just made it: the better one stays.
        moved = {person: place for person, place in after.items() if before.get(person) != place}
        for statement, known in ((self._put, True), (self._improve, False)):
            rows = [
                {**board, "person": person, **place._asdict()}
                for person, place in moved.items()
                if (person in before) is known
            ]
            if rows:
                connection.execute(statement, rows)
        return bool(gone or moved)

    def _changed(self, connection: Connection, org_id: int, problem: str) -> None:
        connection.execute(self._grow, {"org_id": org_id, "problem": problem, "version": 1})

    # ---- what shows them -------------------------------------------------------------------------------------------

    def version(self, org_id: int, problem: str) -> int:
        """How often this board has changed; 0 when nobody is on it."""
        with self._database.reading() as connection:
            return connection.execute(_VERSION, {"org_id": org_id, "problem": problem}).scalar() or 0

    def page(self, org_id: int, problem: str, limit: int, after: str | None) -> list[Ranked] | None:
        """From the top, or from behind a person; None when that person is not on the board."""
        board = {"org_id": org_id, "problem": problem}
        with self._database.reading() as connection:
            if after is None:
                return _ranked(connection, board, _behind(limit), 1)
            found = self._find(connection, board, after)
            if found is None:
                return None
            rank = connection.execute(_BEFORE, {**board, **found}).scalar_one() + 2
            return _ranked(connection, {**board, **found}, _behind(limit, tuple_(*_ORDER) > _FOUND), rank)

    def around(self, org_id: int, problem: str, limit: int, person: str) -> list[Ranked] | None:
        """As many lines, with this person in their middle; None when the person is not on the board."""
        board = {"org_id": org_id, "problem": problem}
        with self._database.reading() as connection:
            found = self._find(connection, board, person)
            if found is None:
                return None
            rank = connection.execute(_BEFORE, {**board, **found}).scalar_one() + 1
            ahead = min((limit - 1) // 2, rank - 1)
            first = connection.execute(_start(ahead), {**board, **found}).one_or_none() if ahead else None
            start = {f"at_{name}": value for name, value in first._mapping.items()} if first else found
            return _ranked(connection, {**board, **start}, _behind(limit, tuple_(*_ORDER) >= _FOUND), rank - ahead)

    def _find(self, connection: Connection, board: dict[str, Any], person: str) -> dict[str, Any] | None:
        row = connection.execute(_WHERE_IS, {**board, "person": person}).one_or_none()
        return {f"at_{name}": value for name, value in row._mapping.items()} if row else None


class _Verdict(NamedTuple):
    id: str
    verdict: Verdict | None
    score: float | None
    cpu_time_s: float
    created_at: datetime


def _behind(limit: int, *conditions: Any) -> Select[Any]:
    """The lines that fulfil these conditions, in order: first the index alone, then the submissions of those few."""
    lines = select(_t.person, *_PLACE).where(*_ON_BOARD, *conditions).order_by(*_ORDER).limit(limit).subquery("lines")
    in_order = [lines.c[column.name] for column in _ORDER]
    shown = (lines.c.person, lines.c.submission_id, _s.verdict, lines.c.minus_score, _s.max_score)
    return (
        select(*shown, lines.c.cpu_time_ms, lines.c.at).join(lines, _s.id == lines.c.submission_id).order_by(*in_order)
    )


def _start(ahead: int) -> Select[Any]:
    """Where the line is that many before."""
    backwards = [column.desc() for column in _ORDER]
    return select(*_ORDER).where(*_ON_BOARD, tuple_(*_ORDER) < _FOUND).order_by(*backwards).offset(ahead - 1).limit(1)


def _ranked(connection: Connection, asked: dict[str, Any], lines: Select[Any], rank: int) -> list[Ranked]:
    rows: Sequence[Row[Any]] = connection.execute(lines, asked).all()
    return [
        Ranked(
            number,
            row.person,
            row.submission_id,
            row.verdict,
            0.0 - row.minus_score,
            row.max_score,
            row.cpu_time_ms / 1000,
            row.at,
        )
        for number, row in enumerate(rows, rank)
    ]
