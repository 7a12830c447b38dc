"""Opening a database, and the one place where SQLite and PostgreSQL differ.

Every statement of the store stands for itself, so connections are in autocommit mode: no BEGIN and COMMIT round trips.
What needs more takes `exclusively`, which keeps all other processes out of the same.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

_BUSY_S = 30
_POOL = {"pool_size": 16, "max_overflow": 112, "pool_timeout": 30}
_ADVISORY_LOCK = 0x6A756467  # any number that only we use: "judg"


def open_engine(url: str) -> Engine:
    # hide_parameters: an error's text must not quote a source.
    options: dict[str, Any] = {"hide_parameters": True, "isolation_level": "AUTOCOMMIT", **_POOL}
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, **options)
    if parsed.database:
        Path(parsed.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_S, "check_same_thread": False}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def writers_lock(engine: Engine) -> AbstractContextManager[Any]:
    """SQLite waits for a writer by sleeping, up to 100 ms at a time: threads of one process had better queue here."""
    return threading.Lock() if is_sqlite(engine) else nullcontext()


@contextmanager
def exclusively(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process is in at the same time."""
    with engine.connect() as connection:
        if is_sqlite(engine):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        else:
            locked = connection.execution_options(isolation_level="READ COMMITTED")
            with locked.begin():
                locked.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                yield locked


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # In WAL mode this loses nothing when the process dies, and at most the last moments when the machine does.
    connection.execute("PRAGMA synchronous = NORMAL")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Two processes that switch a new file to WAL at once: SQLite tells one of them 'locked' without waiting."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
