"""Organisations and their API keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from api.store.database import Database
from api.store.tables import ApiKey, Organisation

FIRST_ORGANISATION = "first"
ALL_SCOPES = ("submit", "read", "author", "hiring", "admin")


@dataclass(frozen=True, slots=True)
class NewKey:
    """Of the key itself only the hash and the last characters. An organisation not known yet is made."""

    name: str
    sha256: str
    ending: str
    created_at: datetime
    organisation: str = FIRST_ORGANISATION
    scopes: tuple[str, ...] = ALL_SCOPES


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is known."""

    id: int
    org_id: int


_KEY = select(ApiKey.id, ApiKey.org_id).where(ApiKey.sha256 == bindparam("sha256"))


class Keys:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewKey, *, only_first: bool = False) -> bool:
        """False when there is a key already and only the first was to be added."""
        with self._database.exclusively() as connection:
            if only_first and connection.execute(select(func.count(ApiKey.id))).scalar_one():
                return False
            org_id = _organisation(connection, new.organisation, new.created_at)
            values = {name: getattr(new, name) for name in ("name", "sha256", "ending", "created_at")}
            connection.execute(insert(ApiKey), {**values, "org_id": org_id, "scopes": " ".join(new.scopes)})
            return True

    def find(self, sha256: str) -> Key | None:
        with self._database.reading() as connection:
            row = connection.execute(_KEY, {"sha256": sha256}).one_or_none()
        return Key(*row) if row else None


def _organisation(connection: Connection, name: str, at: datetime) -> int:
    known = connection.execute(select(Organisation.id).where(Organisation.name == name)).scalar_one_or_none()
    if known is not None:
        return known
    made = insert(Organisation).values(name=name, created_at=at).returning(Organisation.id)
    return connection.execute(made).scalar_one()
