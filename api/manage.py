"""The operator's commands on the database: `python -m api.manage`, of which `judge db` is a part under another name.

A key goes to standard output, once; only its hash is kept. Exit status: 0 done, 2 wrong use or settings.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import sqlalchemy.exc

from api.auth import digest_of, new_key
from api.settings import database_url, with_driver
from api.store import NewKey, Store, migrate


@click.group(help="Manage the API's database, which JUDGE_DATABASE_URL or JUDGE_DATA_DIR names.")
def main() -> None:
    pass


@main.command()
@click.argument("name")
@click.option("--if-none", is_flag=True, help="Only if there is no key yet; otherwise print nothing.")
def create_key(name: str, if_none: bool) -> None:
    """Make an API key and print it. It cannot be shown again.

    Example: python -m api.manage create-key "build server"
    """
    if not name.strip() or len(name) > 200:
        raise click.UsageError("NAME must have 1 to 200 characters.")
    key = new_key()
    with opened() as store:
        if migrate.revision(store.database) != migrate.newest():
            raise click.UsageError("The database has not the tables of this version: run `judge db upgrade`.")
        new = NewKey(name, digest_of(key), key[-4:], datetime.now(UTC))
        added = store.keys.add(new, only_first=if_none)
    if added:
        click.echo(key)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the tables to those of this version. Nothing stored is lost; there is no way back but a backup."""
    with opened() as store:
        before, after = migrate.upgrade(store.database)
    if before == after:
        click.echo(f"nothing to do: the database is at step {after}")
    else:
        click.echo(f"the database went from {f'step {before}' if before else 'nothing'} to step {after}")


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


if __name__ == "__main__":
    main()
