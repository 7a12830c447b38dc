"""How much waits, for whoever watches the service: cheap questions, for there are indexes of only what is not done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, text

from api.store.database import Database
from api.store.service_tables import OWED, Message
from api.store.tables import QUEUED, RUNNING, JudgingRow
from api.store.types import Utc

_j, _m = JudgingRow.__table__.c, Message.__table__.c
_oldest = func.min(_j.created_at, type_=Utc).label("oldest")


def _is(column: ColumnElement[str], state: str) -> ColumnElement[bool]:
    """Written out, not as a parameter: a database uses an index of some rows only when it sees which are asked for."""
    return column == literal_column(f"'{state}'")


_WAITING = (
    select(_j.language, _j.priority, func.count().label("count"), _oldest)
    .where(_is(_j.state, QUEUED))
    .group_by(_j.language, _j.priority)
)
_RUNNING = select(func.count()).where(_is(_j.state, RUNNING))
_PENDING = select(func.count(), func.min(_m.due_at, type_=Utc)).where(text(OWED))
_DEAD = select(func.count()).where(_is(_m.state, "dead"))


@dataclass(frozen=True, slots=True)
class Waiting:
    language: str
    priority: int
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """Webhook messages not delivered. `oldest_due`: since when the first of the pending is due, or will be due."""

    pending: int
    dead: int
    oldest_due: datetime | None


class Backlog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> list[Waiting]:
        with self._database.reading() as connection:
            return [Waiting(*row) for row in connection.execute(_WAITING)]

    def running(self) -> int:
        return int(self._scalar(_RUNNING))

    def outbox(self) -> Owed:
        with self._database.reading() as connection:
            pending, oldest_due = connection.execute(_PENDING).one()
        return Owed(pending, int(self._scalar(_DEAD)), oldest_due)

    def _scalar(self, query: Any) -> Any:
        with self._database.reading() as connection:
            return connection.execute(query).scalar()
