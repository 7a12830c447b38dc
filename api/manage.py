"""The operator's commands on the database: `python -m api.manage`, of which `judge db` is a part under another name.

A key goes to standard output, once; only its hash is kept. Exit status: 0 done, 1 something is wrong with what is
stored, 2 wrong use or settings.
"""

import click

from api.commands import care, keys, opened
from api.store import migrate


@click.group(help="Manage the API's database, which JUDGE_DATABASE_URL or JUDGE_DATA_DIR names.")
def main() -> None:
    pass


for command in (keys.create_key, keys.keys, keys.revoke_key, keys.create_organisation, keys.limit_organisation):
    main.add_command(command)


@main.group(
    epilog="""\b
Examples:
  judge db upgrade
  judge db check
  judge db prune --dry-run"""
)
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


for command in (care.check, care.requeue, care.prune, care.export_person, care.erase_person):
    db.add_command(command)


if __name__ == "__main__":
    main()
