"""The versions of problems that are or were offered, by hash."""

import re
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from api.store.database import Database
from api.store.tables import PackageRow

_is_hash = re.compile(r"[0-9a-f]{64}").fullmatch

_TAR = select(PackageRow.tar).where(PackageRow.hash == bindparam("hash"))
_KNOWN = select(PackageRow.hash).where(PackageRow.hash == bindparam("hash"))


class Packages:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, package: str, slug: str, tar: bytes, at: datetime) -> None:
        """Keep this version of a problem; harmless when it is kept already, and when two processes start at once."""
        if self.has(package):
            return
        with self._database.exclusively() as connection:
            if connection.execute(_KNOWN, {"hash": package}).scalar() is None:
                connection.execute(insert(PackageRow), {"hash": package, "slug": slug, "tar": tar, "created_at": at})

    def has(self, package: str) -> bool:
        with self._database.reading() as connection:
            return connection.execute(_KNOWN, {"hash": package}).scalar() is not None

    def get(self, package: str) -> bytes | None:
        """The tar of a version that is or was offered."""
        if not _is_hash(package):
            return None
        with self._database.reading() as connection:
            return connection.execute(_TAR, {"hash": package}).scalar()
