"""Webhooks: where an organisation wants to be told of what happens, and the secrets that sign it.

The secrets are stored as they are, for they sign; a webhook that is deleted loses them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, func, insert, select, text, update

from api.store.database import Database
from api.store.service_tables import OWED, Message, Webhook

MOST_PER_ORGANISATION = 20
OVERLAP = timedelta(hours=24)
PENDING, SENDING, DELIVERED, DEAD = "pending", "sending", "delivered", "dead"  # a message's states


@dataclass(frozen=True, slots=True)
class NewWebhook:
    org_id: int
    url: str
    events: Sequence[str]
    secret: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook as it is shown: without its secrets. `disabled_at`: since then it is sent nothing."""

    id: int
    url: str
    events: list[str]
    created_at: datetime
    disabled_at: datetime | None


_w = Webhook.__table__.c
_SHOWN = select(_w.id, _w.url, _w.events, _w.created_at, _w.disabled_at)


def disable(connection: Connection, webhook_id: int, at: datetime) -> None:
    """Send nothing there any more: what is owed to it is dead."""
    connection.execute(update(Webhook).where(_w.id == webhook_id, _w.disabled_at.is_(None)).values(disabled_at=at))
    _bury(connection, webhook_id)


def _bury(connection: Connection, webhook_id: int) -> None:
    owed = Message.__table__.c.webhook_id == webhook_id, text(OWED)
    connection.execute(update(Message).where(*owed).values(state=DEAD))


class Webhooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewWebhook) -> StoredWebhook | None:
        """None when the organisation has as many as it may have."""
        values = {"org_id": new.org_id, "url": new.url, "secret": new.secret, "created_at": new.created_at}
        with self._database.exclusively() as connection:
            known = select(func.count()).where(_w.org_id == new.org_id, _w.deleted_at.is_(None))
            if connection.execute(known).scalar_one() >= MOST_PER_ORGANISATION:
                return None
            made = insert(Webhook).returning(_w.id)
            webhook_id = connection.execute(made, {**values, "events": " ".join(new.events)}).scalar_one()
        return StoredWebhook(webhook_id, new.url, list(new.events), new.created_at, None)

    def of(self, org_id: int) -> list[StoredWebhook]:
        """An organisation's, oldest first."""
        return self._select(_w.org_id == org_id)

    def get(self, webhook_id: int, org_id: int) -> StoredWebhook | None:
        """One of an organisation's."""
        return next(iter(self._select(_w.id == webhook_id, _w.org_id == org_id)), None)

    def rotate(self, webhook_id: int, org_id: int, secret: str, at: datetime) -> bool:
        """From now on this secret signs, and for a while the one before it too. False when there is no such webhook."""
        changed = {"secret": secret, "earlier_secret": _w.secret, "earlier_until": at + OVERLAP}
        return self._change(_own(webhook_id, org_id).values(changed))

    def enable(self, webhook_id: int, org_id: int) -> bool:
        return self._change(_own(webhook_id, org_id).values(disabled_at=None))

    def delete(self, webhook_id: int, org_id: int, at: datetime) -> bool:
        """Its log is kept for as long as messages are; nothing is sent there any more."""
        gone: dict[str, Any] = {"deleted_at": at, "secret": "", "earlier_secret": None}
        with self._database.writing() as connection:
            if not connection.execute(_own(webhook_id, org_id).values(gone)).rowcount:
                return False
            _bury(connection, webhook_id)
            return True

    def _select(self, *conditions: ColumnElement[bool]) -> list[StoredWebhook]:
        found = _SHOWN.where(*conditions, _w.deleted_at.is_(None)).order_by(_w.id)
        with self._database.reading() as connection:
            return [
                StoredWebhook(row.id, row.url, row.events.split(), row.created_at, row.disabled_at)
                for row in connection.execute(found)
            ]

    def _change(self, statement: Update) -> bool:
        with self._database.writing() as connection:
            return bool(connection.execute(statement).rowcount)


def _own(webhook_id: int, org_id: int) -> Update:
    return update(Webhook).where(_w.id == webhook_id, _w.org_id == org_id, _w.deleted_at.is_(None))
