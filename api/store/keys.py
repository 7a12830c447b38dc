"""Organisations and their API keys.

Promises: of a key only its hash is kept; who made or revoked one is in the audit log. A key is good until it is revoked
or its time is over, and for the scopes it was made with; none of that can be widened later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.tables import ApiKey, Organisation

FIRST_ORGANISATION = "first"
AUTHOR = "author"  # sees hidden tests
WORKER = "worker"  # not in ALL_SCOPES: a worker names the verdicts of all organisations
ALL_SCOPES = ("submit", "read", "author", "hiring", "admin")
SCOPES = (*ALL_SCOPES, WORKER)
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """Of the key itself only the hash and the last characters. An organisation not known yet is made.

    `by` is the key that makes it; None is the operator, at the command line.
    """

    name: str
    sha256: str
    ending: str
    created_at: datetime
    organisation: str | int = FIRST_ORGANISATION  # its name, or its id
    scopes: tuple[str, ...] = ALL_SCOPES
    expires_at: datetime | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is known and not revoked. `submissions_per_day`: its organisation's quota, if there is one."""

    id: int
    org_id: int
    scopes: frozenset[str] = frozenset(ALL_SCOPES)
    expires_at: datetime | None = None
    submissions_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as those see it who manage it."""

    id: int
    name: str
    ending: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    organisation: str


_k = ApiKey.__table__.c
_FIND = (
    select(_k.id, _k.org_id, _k.scopes, _k.expires_at, Organisation.submissions_per_day)
    .join_from(ApiKey, Organisation)
    .where(_k.sha256 == bindparam("sha256"), _k.revoked_at.is_(None))
)
_LIST = (
    select(*[_k[field.name] for field in fields(ListedKey)[:-1]], Organisation.name.label("organisation"))
    .join_from(ApiKey, Organisation)
    .order_by(_k.id)
)
_REVOKE = (
    update(ApiKey)
    .where(_k.id == bindparam("key_id"), _k.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
    .returning(_k.org_id, _k.name, _k.ending)
)
_USED = (
    update(ApiKey)
    .where(_k.id == bindparam("key_id"), or_(_k.last_used_at.is_(None), _k.last_used_at < bindparam("noted_before")))
    .values(last_used_at=bindparam("at"))
)


class Keys:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewKey, *, only_first: bool = False) -> int | None:
        """Its id; None when there is a key already and only the first was to be added."""
        with self._database.exclusively() as connection:
            if only_first and connection.execute(select(func.count(ApiKey.id))).scalar_one():
                return None
            org_id = _organisation(connection, new)
            names = ("name", "sha256", "ending", "created_at", "expires_at")
            values = {name: getattr(new, name) for name in names}
            made = insert(ApiKey).values(**values, org_id=org_id, scopes=" ".join(new.scopes)).returning(ApiKey.id)
            key_id = connection.execute(made).scalar_one()
            detail = {"name": new.name, "ending": new.ending, "scopes": list(new.scopes), "expires_at": new.expires_at}
            audit(connection, Entry(org_id, new.by, new.created_at, "key.created", f"key {key_id}", detail))
            return key_id

    def find(self, sha256: str) -> Key | None:
        """The key of this hash, unless it was revoked. Whether its time is over is for the caller to see."""
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"sha256": sha256}).one_or_none()
        if row is None:
            return None
        return Key(row.id, row.org_id, frozenset(row.scopes.split()), row.expires_at, row.submissions_per_day)

    def list(self, org_id: int | None = None, key_id: int | None = None) -> list[ListedKey]:
        """An organisation's keys, or everybody's; all, or the one."""
        query = _LIST if org_id is None else _LIST.where(_k.org_id == org_id)
        query = query if key_id is None else query.where(_k.id == key_id)
        with self._database.reading() as connection:
            return [
                ListedKey(**{**row, "scopes": row["scopes"].split()})
                for row in connection.execute(query).mappings().all()
            ]

    def revoke(self, key_id: int, at: datetime, *, org_id: int | None = None, by: int | None = None) -> bool:
        """Refuse this key from now on. False when there is none of this id, or none in that organisation."""
        with self._database.writing() as connection:
            owner = connection.execute(select(_k.org_id).where(_k.id == key_id)).scalar()
            if owner is None or org_id not in (None, owner):
                return False
            if row := connection.execute(_REVOKE, {"key_id": key_id, "at": at}).one_or_none():
                detail = {"name": row.name, "ending": row.ending}
                audit(connection, Entry(row.org_id, by, at, "key.revoked", f"key {key_id}", detail))
            return True

    def note_used(self, used_at: Mapping[int, datetime]) -> None:
        """When keys were last used, by id. Kept to the minute: what is known within one is not written again."""
        if not used_at:
            return
        values = [{"key_id": key, "at": at, "noted_before": at - _NOTED_EVERY} for key, at in used_at.items()]
        with self._database.writing() as connection:
            connection.execute(_USED, values)


def _organisation(connection: Connection, new: NewKey) -> int:
    if isinstance(new.organisation, int):
        return new.organisation
    known = select(Organisation.id).where(Organisation.name == new.organisation)
    if (org_id := connection.execute(known).scalar_one_or_none()) is not None:
        return org_id
    made = insert(Organisation).values(name=new.organisation, created_at=new.created_at).returning(Organisation.id)
    org_id = connection.execute(made).scalar_one()
    audit(connection, Entry(org_id, new.by, new.created_at, "organisation.created", new.organisation))
    return org_id
