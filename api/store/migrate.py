"""Brings a database to the tables that this program needs, step by step (the steps: migrations/versions).

Promises: two processes at once do it once; what was stored is kept; a step that fails leaves the database as it was.
There is no way back but a backup. A database from before there were steps is taken as one at the first.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from api.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_FIRST = "0001"


def upgrade(database: Database) -> tuple[str | None, str]:
    """The revisions before and after. Raises SQLAlchemyError."""
    with database.exclusively() as connection:
        before = _revision(connection)
        config = _config(connection)
        if before is None and inspect(connection).has_table("submissions"):
            before = _FIRST
            command.stamp(config, _FIRST)
        command.upgrade(config, "head")
        return before, newest()


def revision(database: Database) -> str | None:
    """At which step the database is; None when it has no tables, or those from before there were steps."""
    with database.reading() as connection:
        return _revision(connection)


@cache
def newest() -> str:
    """The step that this program needs."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    assert head, "there is a first step"
    return head


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
