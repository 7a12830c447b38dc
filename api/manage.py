"""The operator's command: `python -m api.manage create-key NAME`.

The key goes to standard output, once; only its hash is kept. Exit status: 0 done, 2 wrong use or settings.
"""

from datetime import UTC, datetime

import click
import sqlalchemy.exc

from api.auth import digest_of, new_key
from api.settings import database_url, with_driver
from api.store import Store


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
    try:
        store = Store(with_driver(database_url()))
        store.create_tables()
        added = store.add_key(name, digest_of(key), datetime.now(UTC), only_first=if_none)
    except ValueError as exc:
        raise click.UsageError(f"JUDGE_DATABASE_URL: {exc}.") from None
    except (sqlalchemy.exc.SQLAlchemyError, OSError):
        raise click.UsageError("JUDGE_DATABASE_URL: this database cannot be opened or does not answer.") from None
    if added:
        click.echo(key)


if __name__ == "__main__":
    main()
