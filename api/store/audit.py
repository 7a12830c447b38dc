"""Who did what, when. Entries are only ever added, in the transaction of what they tell of.

Promises: what is in the log happened, and what happened and is logged at all is in it. An entry names no key, no secret
and no person whose data were erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from api.store.database import Database
from api.store.service_tables import AuditEntry

_e = AuditEntry.__table__.c


@dataclass(frozen=True, slots=True)
class Entry:
    """`action` is a noun and what became of it ("key.revoked"). `org_id` None: all organisations are concerned.

    `key_id` is the key that did it; None is the operator, at the command line.
    """

    org_id: int | None
    key_id: int | None
    at: datetime
    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    id: int
    at: datetime
    key_id: int | None
    action: str
    subject: str
    detail: dict[str, Any]


# Built once: putting a statement together costs more than running it.
_INSERT = insert(AuditEntry)
_PAGE = (
    select(_e.id, _e.at, _e.key_id, _e.action, _e.subject, _e.detail)
    .where(_e.org_id == bindparam("org_id"), _e.id < bindparam("before"))
    .order_by(_e.id.desc())
    .limit(bindparam("limit"))
)
_NEWEST = 1 << 62


def audit(connection: Connection, entry: Entry) -> None:
    """Add an entry, within the transaction of what it tells of."""
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    detail = msgspec.json.encode(entry.detail).decode()
    connection.execute(_INSERT, {**values, "subject": entry.subject[:200], "detail": detail})


class Audit:
    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, org_id: int, limit: int, before: int | None = None) -> list[LoggedEntry]:
        """An organisation's entries, newest first: those with a smaller id than `before`."""
        asked = {"org_id": org_id, "before": before or _NEWEST, "limit": limit}
        with self._database.reading() as connection:
            return [
                LoggedEntry(**{**row, "detail": msgspec.json.decode(row["detail"])})
                for row in connection.execute(_PAGE, asked).mappings()
            ]
