"""What is kept about one person (as an organisation calls them), to be handed out or to be forgotten.

Promises: after `erase` no row holds the person's name, sources, outputs or reports; what is left of their submissions
are verdicts and figures of nobody, so that statistics stay. All of it or nothing, and it is in the audit log, without
the name. Does not reach what left the database before: backups, logs, what webhooks were told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, update

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.service_tables import Delivery, Message, Rejudging, Standing, Webhook
from api.store.standings import Standings
from api.store.tables import QUEUED, RUNNING, JudgingRow, ReportRow, SubmissionRow

_AT_ONCE = 500  # ids in one statement

_s, _j, _r = SubmissionRow.__table__.c, JudgingRow.__table__.c, ReportRow.__table__.c
_t, _m, _w, _f = Standing.__table__.c, Message.__table__.c, Webhook.__table__.c, Rejudging.__table__.c
_person = (_s.org_id == bindparam("org_id"), _s.person == bindparam("whose"))
_standing = (_t.org_id == bindparam("org_id"), _t.person == bindparam("whose"))
_of_these: BindParameter[Any] = bindparam("ids", expanding=True)
_judging = select(_j.id).where(_j.submission_id.in_(_of_these))

_SUBMISSIONS = select(*_s).where(*_person).order_by(_s.created_at, _s.id)
_IDS = select(_s.id).where(*_person)
_JUDGINGS = select(*_j, _r.report).outerjoin(ReportRow).where(_j.submission_id == bindparam("of"))
_JUDGINGS = _JUDGINGS.order_by(_j.created_at, _j.attempt)
_STANDINGS = select(*_t).where(*_standing)
_MESSAGES = select(_m.id, _m.payload).join(Webhook).where(_w.org_id == bindparam("org_id"))
_OPEN = select(func.count()).where(_j.submission_id.in_(_of_these), _j.state.in_((QUEUED, RUNNING)))
_ANONYMOUS = update(SubmissionRow).where(_s.id.in_(_of_these)).values(person=None)
_FORGET_ALL = _ANONYMOUS.values(source=None, idempotency_key=None, body_sha256=None)
_FORGET_REPORTS = delete(ReportRow).where(_r.judging_id.in_(_judging))
_FILTERS = select(_f.id, _f.chosen_by).where(_f.org_id == bindparam("org_id"))
_FORGET_FILTER = update(Rejudging).where(_f.id == bindparam("its_id")).values(chosen_by=bindparam("nobody"))
_FORGET_TRIES = delete(Delivery).where(Delivery.message_id.in_(_of_these))
_FORGET_MESSAGES = delete(Message).where(_m.id.in_(_of_these))


@dataclass(frozen=True, slots=True)
class Erased:
    """How many were changed or removed."""

    submissions: int
    reports: int
    standings: int
    messages: int


class StillJudged(Exception):
    """Raised instead of erasing: so many judgings of this person's wait or run, and need what would be erased."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class People:
    def __init__(self, database: Database, standings: Standings) -> None:
        self._database, self._standings = database, standings

    def submissions(self, org_id: int, person: str) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each of their submissions, the oldest first, with its judgings and their reports."""
        with self._database.reading() as connection:
            for row in connection.execute(_SUBMISSIONS, {"org_id": org_id, "whose": person}).mappings().all():
                judgings = connection.execute(_JUDGINGS, {"of": row["id"]}).mappings()
                yield dict(row), [dict(judging) for judging in judgings]

    def standings(self, org_id: int, person: str) -> list[dict[str, Any]]:
        with self._database.reading() as connection:
            rows = connection.execute(_STANDINGS, {"org_id": org_id, "whose": person})
            return [dict(row) for row in rows.mappings()]

    def messages(self, org_id: int, person: str) -> list[str]:
        """What webhooks were or will be told about their submissions, as far as it is kept."""
        with self._database.reading() as connection:
            ids = _ids(connection, org_id, person)
            return [payload for _, payload in _messages_about(connection, org_id, ids)]

    def erase(self, org_id: int, person: str, at: datetime) -> Erased:
        """Forget the person and what they wrote. Raises StillJudged."""
        with self._database.exclusively() as connection:
            ids = _ids(connection, org_id, person)
            if waiting := sum(connection.execute(_OPEN, {"ids": some}).scalar_one() for some in _parts(ids)):
                raise StillJudged(waiting)
            reports = _run(connection, _FORGET_REPORTS, ids)
            messages = [message_id for message_id, _ in _messages_about(connection, org_id, ids)]
            forget_messages(connection, messages)
            standings = forget_name(connection, self._standings, org_id, person)
            erased = Erased(_run(connection, _FORGET_ALL, ids), reports, standings, len(messages))
            audit(connection, Entry(org_id, None, at, "person.erased", "a person", asdict(erased)))
        return erased


def forget_name(connection: Connection, standings: Standings, org_id: int, person: str) -> int:
    """Take the person from all boards and from the filters of rejudgings; the submissions' rows are for the caller.

    Says from how many boards. A filter that meant this person means nobody then, rather than everybody.
    """
    for row in connection.execute(_FILTERS, {"org_id": org_id}).all():
        chosen = msgspec.json.decode(row.chosen_by)
        if chosen.get("person") == person:
            nobody = msgspec.json.encode({**chosen, "person": ""}).decode()
            connection.execute(_FORGET_FILTER, {"its_id": row.id, "nobody": nobody})
    return standings.forget(connection, org_id, person)


def make_anonymous(connection: Connection, ids: Sequence[str]) -> None:
    """Make these submissions nobody's."""
    _run(connection, _ANONYMOUS, ids)


def forget_messages(connection: Connection, ids: Sequence[int]) -> None:
    """Remove messages of webhooks with the log of their deliveries."""
    _run(connection, _FORGET_TRIES, ids)
    _run(connection, _FORGET_MESSAGES, ids)


def _ids(connection: Connection, org_id: int, person: str) -> list[str]:
    return list(connection.execute(_IDS, {"org_id": org_id, "whose": person}).scalars())


def _messages_about(connection: Connection, org_id: int, ids: Iterable[str]) -> list[tuple[int, str]]:
    """Found by reading all of the organisation's: a message names a submission in its text only."""
    known = tuple(ids)
    if not known:
        return []
    rows = connection.execute(_MESSAGES, {"org_id": org_id})
    return [(row.id, row.payload) for row in rows if any(one in row.payload for one in known)]


def _run(connection: Connection, statement: Any, ids: Sequence[Any]) -> int:
    return sum(connection.execute(statement, {"ids": some}).rowcount for some in _parts(ids))


def _parts(ids: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield list(ids[start : start + _AT_ONCE])
