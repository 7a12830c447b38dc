"""Organisations: whose keys, submissions and settings these are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.tables import Organisation


@dataclass(frozen=True, slots=True)
class ListedOrganisation:
    id: int
    name: str
    submissions_per_day: int | None


_ALL = select(Organisation.id, Organisation.name, Organisation.submissions_per_day).order_by(Organisation.name)
_QUOTA = (
    update(Organisation)
    .where(Organisation.name == bindparam("of"))
    .values(submissions_per_day=bindparam("quota"))
    .returning(Organisation.id)
)


class Organisations:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ListedOrganisation]:
        with self._database.reading() as connection:
            return [ListedOrganisation(*row) for row in connection.execute(_ALL)]

    def add(self, name: str, submissions_per_day: int | None, at: datetime) -> bool:
        """False when there is one of this name."""
        values = {"name": name, "submissions_per_day": submissions_per_day, "created_at": at}
        try:
            with self._database.writing() as connection:
                org_id = connection.execute(insert(Organisation).values(values).returning(Organisation.id)).scalar_one()
                detail = {"submissions_per_day": submissions_per_day}
                audit(connection, Entry(org_id, None, at, "organisation.created", name, detail))
        except IntegrityError:
            return False
        return True

    def limit(self, name: str, submissions_per_day: int | None, at: datetime) -> bool:
        """Change the quota. False when there is no organisation of this name."""
        with self._database.writing() as connection:
            org_id = connection.execute(_QUOTA, {"of": name, "quota": submissions_per_day}).scalar_one_or_none()
            if org_id is not None:
                detail = {"submissions_per_day": submissions_per_day}
                audit(connection, Entry(org_id, None, at, "organisation.changed", name, detail))
        return org_id is not None
