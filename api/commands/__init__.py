"""The operator's commands on the database, a file for each noun, and what they share."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy.exc

from api.settings import database_url, with_driver
from api.store import Store, migrate


@contextmanager
def opened() -> Iterator[Store]:
    """The database that the settings name; what the driver says may hold a password, and is not repeated."""
    try:
        store = Store(with_driver(database_url()))
        try:
            yield store
        finally:
            store.close()
    except ValueError as exc:
        raise click.UsageError(f"JUDGE_DATABASE_URL: {exc}.") from None
    except (sqlalchemy.exc.SQLAlchemyError, OSError):
        raise click.UsageError("JUDGE_DATABASE_URL: this database cannot be opened or does not answer.") from None


@contextmanager
def opened_at_the_newest_step() -> Iterator[Store]:
    with opened() as store:
        if migrate.revision(store.database) != migrate.newest():
            raise click.UsageError("The database has not the tables of this version: run `judge db upgrade`.")
        yield store


def no_organisation(store: Store, name: str) -> click.UsageError:
    known = [organisation.name for organisation in store.organisations.all()]
    near = difflib.get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return click.UsageError(f"There is no organisation {name!r}.{meant} `create-organisation` makes one.")


def check_name(name: str) -> str:
    """A name that may be given to a key or an organisation. Raises click's UsageError."""
    if not name.strip() or len(name) > 200:
        raise click.UsageError("NAME must have 1 to 200 characters.")
    return name
