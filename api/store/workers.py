"""The worker processes that were heard of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from api.store.database import Database
from api.store.tables import WorkerRow

_w = WorkerRow.__table__.c
_SEEN = select(_w.languages).where(_w.seen_at > bindparam("since"))
_FORGOTTEN = select(_w.id).where(_w.seen_at < bindparam("before")).limit(1)
_FORGET = delete(WorkerRow).where(_w.seen_at < bindparam("before"))


class Workers:
    def __init__(self, database: Database) -> None:
        self._database = database
        add = (sqlite if database.is_sqlite else postgresql).insert(WorkerRow)
        seen = {"languages": add.excluded.languages, "seen_at": add.excluded.seen_at}
        self._see = add.on_conflict_do_update(index_elements=["id"], set_=seen)

    def see(self, worker: str, languages: Sequence[str], at: datetime) -> None:
        """A sign of life."""
        with self._database.writing() as connection:
            connection.execute(self._see, {"id": worker, "languages": " ".join(languages), "seen_at": at})

    def alive(self, since: datetime) -> dict[str, int]:
        """How many were heard of since then, by language."""
        counted: dict[str, int] = {}
        with self._database.reading() as connection:
            for languages in connection.execute(_SEEN, {"since": since}).scalars():
                for language in languages.split():
                    counted[language] = counted.get(language, 0) + 1
        return counted

    def forget(self, before: datetime) -> None:
        """Asked at every sweep, so it takes the writers' turn only when there is somebody to forget."""
        with self._database.reading() as connection:
            if connection.execute(_FORGOTTEN, {"before": before}).first() is None:
                return
        with self._database.writing() as connection:
            connection.execute(_FORGET, {"before": before})
