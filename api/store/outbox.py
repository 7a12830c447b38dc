"""The outbox: what is to be told to webhooks, and the log of what came of it.

Promises: a message is written in the transaction of what it tells of, so it exists exactly when that happened. It is
taken by one sender at a time, by compare-and-set, and left to it until a time; a sender that is gone by then has
another follow it. So a message may arrive twice (with the same id), but is not sent twice at the same time, and none is
forgotten: it ends as delivered, or as dead when its sender gives up.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from api.store.database import Database
from api.store.service_tables import OWED, Delivery, Message, Webhook
from api.store.webhooks import DEAD, DELIVERED, PENDING, SENDING, disable

_PRUNED_AT_ONCE = 500  # so that no transaction is long


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `data` is asked for only if somebody is to be told."""

    type: str
    at: datetime
    data: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook's message that should be sent now, and how often that was tried."""

    id: int
    webhook_id: int
    org_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that was taken, with all it takes to send it. The number of `tries` is what its end is accepted by."""

    id: int
    webhook_id: int
    tries: int
    event_id: str
    payload: str
    url: str
    secret: str
    earlier_secret: str | None
    earlier_until: datetime | None


@dataclass(frozen=True, slots=True)
class Try:
    """One try at a delivery. `status` is the receiver's; `error` says in few words why it does not count."""

    at: datetime
    duration_s: float
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it is shown; `due_at` is None when nothing more will be tried."""

    id: int
    event: str
    event_id: str
    state: str
    created_at: datetime
    due_at: datetime | None
    payload: str
    tries: list[Try]


_m, _w, _d = Message.__table__.c, Webhook.__table__.c, Delivery.__table__.c
_active = (_w.deleted_at.is_(None), _w.disabled_at.is_(None))

# Built once: putting a statement together costs more than running it.
_LISTENERS = select(_w.id, _w.events).where(_w.org_id == bindparam("org_id"), *_active)
_first = (
    select(_m.id)
    .where(_m.webhook_id == _w.id, text(OWED), _m.due_at <= bindparam("now"))
    .order_by(_m.due_at)
    .limit(1)
    .correlate(Webhook)
)
_firsts = select(_w.id, _w.org_id, _first.scalar_subquery().label("message_id")).where(*_active).subquery()
_DUE = select(_m.id, _m.webhook_id, _firsts.c.org_id, _m.tries).join(_firsts, _m.id == _firsts.c.message_id)
_DUE = _DUE.order_by(_m.due_at)
_TAKE = (
    update(Message)
    .where(_m.id == bindparam("its_id"), _m.tries == bindparam("tried"), _m.due_at <= bindparam("now"), text(OWED))
    .values(state=SENDING, tries=_m.tries + 1, due_at=bindparam("until"))
    .returning(_m.id, _m.webhook_id, _m.tries, _m.event_id, _m.payload)
)
_ADDRESS = select(_w.url, _w.secret, _w.earlier_secret, _w.earlier_until).where(_w.id == bindparam("id"), *_active)
_END = (
    update(Message)
    .where(_m.id == bindparam("its_id"), _m.tries == bindparam("tried"), _m.state == SENDING)
    .values(state=bindparam("to"), due_at=bindparam("due"))
)


def tell(connection: Connection, org_id: int, event: Event, only: int | None = None) -> list[int]:
    """Owe this event to the organisation's webhooks that want it, or to `only` one; returns the messages' ids."""
    rows = connection.execute(_LISTENERS, {"org_id": org_id})
    listeners = [row.id for row in rows if row.id == only or (only is None and event.type in row.events.split())]
    if not listeners:
        return []
    payload = msgspec.json.encode({"type": event.type, "timestamp": event.at, "data": event.data()}).decode()
    values = {
        "event": event.type,
        "event_id": f"msg_{uuid.uuid4().hex}",
        "payload": payload,
        "state": PENDING,
        "tries": 0,
        "created_at": event.at,
        "due_at": event.at,
    }
    made = insert(Message).returning(_m.id)
    return [connection.execute(made, {**values, "webhook_id": one}).scalar_one() for one in listeners]


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[Due]:
        """The next message of each webhook, those first that are overdue for longest."""
        with self._database.reading() as connection:
            return [Due(*row) for row in connection.execute(_DUE, {"now": now})]

    def take(self, due: Due, now: datetime, until: datetime) -> Sending | None:
        """None when somebody else took it, or its webhook is gone."""
        asked = {"its_id": due.id, "tried": due.tries, "now": now, "until": until}
        with self._database.writing() as connection:
            taken = connection.execute(_TAKE, asked).one_or_none()
            address = taken and connection.execute(_ADDRESS, {"id": taken.webhook_id}).one_or_none()
        return Sending(*taken, *address) if taken and address else None

    def end(self, sending: Sending, tried: Try, next_at: datetime | None, *, gone: bool = False) -> None:
        """Note a try: the message is delivered, or tried again, or dead. `gone`: so are all that are owed there."""
        state = DELIVERED if tried.error is None else PENDING if next_at else DEAD
        with self._database.writing() as connection:
            note = {"message_id": sending.id, "at": tried.at, "duration_s": tried.duration_s}
            connection.execute(insert(Delivery), {**note, "status": tried.status, "error": tried.error})
            ended = {"its_id": sending.id, "tried": sending.tries, "to": state, "due": next_at or tried.at}
            connection.execute(_END, ended)
            if gone:
                disable(connection, sending.webhook_id, tried.at)

    def tell_one(self, webhook_id: int, org_id: int, event: Event) -> StoredMessage | None:
        """Owe an event to one webhook, whatever it wants to know. None when it is unknown or disabled."""
        with self._database.writing() as connection:
            ids = tell(connection, org_id, event, only=webhook_id)
        return self.get(ids[0], webhook_id) if ids else None

    def resend(self, message_id: int, webhook_id: int, at: datetime) -> bool:
        """Begin to send it anew, under the same id. False while it is being sent, or when there is none."""
        own = (_m.id == message_id, _m.webhook_id == webhook_id, _m.state != SENDING)
        with self._database.writing() as connection:
            renewed = update(Message).where(*own).values(state=PENDING, tries=0, due_at=at)
            return bool(connection.execute(renewed).rowcount)

    def get(self, message_id: int, webhook_id: int) -> StoredMessage | None:
        found = self._read(select(Message.__table__).where(_m.id == message_id, _m.webhook_id == webhook_id))
        return found[0] if found else None

    def page(self, webhook_id: int, state: str | None, before: int | None, limit: int) -> list[StoredMessage]:
        """A webhook's, newest first."""
        query = select(Message.__table__).where(_m.webhook_id == webhook_id)
        if state is not None:
            query = query.where(_m.state == state)
        if before is not None:
            query = query.where(_m.id < before)
        return self._read(query.order_by(_m.id.desc()).limit(limit))

    def prune(self, before: datetime) -> int:
        """Forget messages from before then that nobody tries to send any more; returns how many."""
        old = select(_m.id).where(_m.created_at < before, _m.state.in_((DELIVERED, DEAD))).order_by(_m.id)
        count = 0
        while True:
            with self._database.writing() as connection:
                ids = list(connection.execute(old.limit(_PRUNED_AT_ONCE)).scalars())
                connection.execute(delete(Delivery).where(_d.message_id.in_(ids)))
                connection.execute(delete(Message).where(_m.id.in_(ids)))
            count += len(ids)
            if len(ids) < _PRUNED_AT_ONCE:
                return count

    def _read(self, query: Any) -> list[StoredMessage]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            tries: dict[int, list[Try]] = {row.id: [] for row in rows}
            noted = select(Delivery.__table__).where(_d.message_id.in_(tries)).order_by(_d.id)
            for row in connection.execute(noted):
                tries[row.message_id].append(Try(row.at, row.duration_s, row.status, row.error))
        return [
            StoredMessage(
                id=row.id,
                event=row.event,
                event_id=row.event_id,
                state=row.state,
                created_at=row.created_at,
                due_at=row.due_at if row.state in (PENDING, SENDING) else None,
                payload=row.payload,
                tries=tries[row.id],
            )
            for row in rows
        ]
