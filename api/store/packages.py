"""The versions of problems that are or were offered, by hash.

A version counts as offered while a process of the API says so, twice an hour: other processes, or commands, may have
another set of problems before them.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from api.store.database import Database
from api.store.tables import PackageRow

_is_hash = re.compile(r"[0-9a-f]{64}").fullmatch

_TAR = select(PackageRow.tar).where(PackageRow.hash == bindparam("hash"))
_KNOWN = select(PackageRow.hash).where(PackageRow.hash == bindparam("hash"))

_of_these = PackageRow.hash.in_(bindparam("hashes", expanding=True))
_NOT_NOTED = select(PackageRow.hash).where(_of_these, PackageRow.offered_at < bindparam("noted_before"))
_OFFER = update(PackageRow).where(_of_these).values(offered_at=bindparam("at"))
_NOTED_EVERY = timedelta(minutes=30)


class Packages:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, package: str, slug: str, tar: bytes, at: datetime) -> None:
        """Keep this version of a problem; harmless when it is kept already, and when two processes start at once."""
        if self.has(package):
            return
        with self._database.exclusively() as connection:
            if connection.execute(_KNOWN, {"hash": package}).scalar() is None:
                values = {"hash": package, "slug": slug, "tar": tar, "created_at": at, "offered_at": at}
                connection.execute(insert(PackageRow), values)

    def offer(self, packages: Collection[str], at: datetime) -> None:
        """Note that these are offered. Writes only what was not noted within the half hour before."""
        with self._database.reading() as connection:
            asked = {"hashes": list(packages), "noted_before": at - _NOTED_EVERY}
            due = connection.execute(_NOT_NOTED, asked).scalars().all()
        if due:
            with self._database.writing() as connection:
                connection.execute(_OFFER, {"hashes": due, "at": at})

    def has(self, package: str) -> bool:
        with self._database.reading() as connection:
            return connection.execute(_KNOWN, {"hash": package}).scalar() is not None

    def get(self, package: str) -> bytes | None:
        """The tar of a version that is or was offered."""
        if not _is_hash(package):
            return None
        with self._database.reading() as connection:
            return connection.execute(_TAR, {"hash": package}).scalar()
