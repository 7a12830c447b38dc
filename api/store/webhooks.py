"""Webhooks: where an organisation wants to be told of what happens, and the secrets that sign it.

The secrets are stored as they are, for they sign; a webhook that is deleted loses them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.service_tables import OWED, Message, Webhook

MOST_PER_ORGANISATION = 20
OVERLAP = timedelta(hours=24)
PENDING, SENDING, DELIVERED, DEAD = "pending", "sending", "delivered", "dead"  # a message's states


@dataclass(frozen=True, slots=True)
class NewWebhook:
    org_id: int
    key_id: int
    url: str
    events: Sequence[str]
    secret: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Which webhook, by whose key, when."""

    webhook_id: int
    org_id: int
    key_id: int
    at: datetime


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
            change = Change(webhook_id, new.org_id, new.key_id, new.created_at)
            _log(connection, change, "created", host=urlsplit(new.url).hostname)
        return StoredWebhook(webhook_id, new.url, list(new.events), new.created_at, None)

    def of(self, org_id: int) -> list[StoredWebhook]:
        """An organisation's, oldest first."""
        return self._select(_w.org_id == org_id)

    def get(self, webhook_id: int, org_id: int) -> StoredWebhook | None:
        """One of an organisation's."""
        return next(iter(self._select(_w.id == webhook_id, _w.org_id == org_id)), None)

    def rotate(self, change: Change, secret: str) -> bool:
        """From now on this secret signs, and for a while the one before it too. False when there is no such webhook."""
        earlier = {"earlier_secret": _w.secret, "earlier_until": change.at + OVERLAP}
        return self._change(change, "rotated", {"secret": secret, **earlier})

    def enable(self, change: Change) -> bool:
        return self._change(change, "enabled", {"disabled_at": None})

    def delete(self, change: Change) -> bool:
        """Its log is kept for as long as messages are; nothing is sent there any more."""
        return self._change(change, "deleted", {"deleted_at": change.at, "secret": "", "earlier_secret": None})

    def _select(self, *conditions: ColumnElement[bool]) -> list[StoredWebhook]:
        found = _SHOWN.where(*conditions, _w.deleted_at.is_(None)).order_by(_w.id)
        with self._database.reading() as connection:
            return [
                StoredWebhook(row.id, row.url, row.events.split(), row.created_at, row.disabled_at)
                for row in connection.execute(found)
            ]

    def _change(self, change: Change, what: str, values: dict[str, Any]) -> bool:
        own = (_w.id == change.webhook_id, _w.org_id == change.org_id, _w.deleted_at.is_(None))
        with self._database.writing() as connection:
            if not connection.execute(update(Webhook).where(*own).values(values)).rowcount:
                return False
            if "deleted_at" in values:
                _bury(connection, change.webhook_id)
            _log(connection, change, what)
            return True


def _log(connection: Connection, change: Change, what: str, **detail: Any) -> None:
    subject = f"webhook {change.webhook_id}"
    audit(connection, Entry(change.org_id, change.key_id, change.at, f"webhook.{what}", subject, detail))
