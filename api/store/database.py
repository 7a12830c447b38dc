"""Opening a database, transactions, and the one place where SQLite and PostgreSQL differ.

A statement that stands for itself is run by `reading`, in autocommit mode: no BEGIN and COMMIT round trips. What
changes several rows at once takes `writing`, one transaction; what only one process may do at a time, `exclusively`.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

_BUSY_S = 30
_BUSY_PAUSE_S = 0.005
_WAITS_INSIDE_S = 0.1  # how long SQLite itself waits for another process: the API can do nothing else meanwhile
_POOL = {"pool_size": 16, "max_overflow": 112, "pool_timeout": 30}
_ADVISORY_LOCK = 0x6A756467  # any number that only we use: "judg"


class Database:
    """One database. Safe to use from many threads, and from many processes at once."""

    def __init__(self, url: str) -> None:
        self.engine = _open(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite waits for a writer by sleeping, and in no order: who writes in one process had better queue here.
        self._writers = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for single statements."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it or nothing."""
        with self._writers, self.engine.connect() as connection:
            if self.is_sqlite:
                _begin_immediate(connection)
                try:
                    yield connection
                    connection.exec_driver_sql("COMMIT")
                except BaseException:
                    with suppress(SQLAlchemyError):  # a full disk may have ended it already
                        connection.exec_driver_sql("ROLLBACK")
                    raise
            else:
                transactional = connection.execution_options(isolation_level="READ COMMITTED")
                with transactional.begin():
                    yield transactional

    @contextmanager
    def exclusively(self) -> Iterator[Connection]:
        """A transaction that no other process is in at the same time."""
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            yield connection

    def answers(self) -> bool:
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except Exception:  # whatever the reason: the answer to the question is no
            return False

    def close(self) -> None:
        self.engine.dispose()


def _open(url: str) -> Engine:
    # hide_parameters: an error's text must not quote a source.
    options: dict[str, Any] = {"hide_parameters": True, "isolation_level": "AUTOCOMMIT", **_POOL}
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, **options)
    if parsed.database:
        Path(parsed.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": _WAITS_INSIDE_S, "check_same_thread": False}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _begin_immediate(connection: Connection) -> None:
    """Begin to write, when no other process does. Between two tries others of this process have their turn."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as exc:
            is_busy = getattr(exc.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
        time.sleep(_BUSY_PAUSE_S)


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
