"""Commands on organisations and keys."""

from datetime import UTC, datetime

import click

from api.auth import digest_of, new_key
from api.commands import check_name, no_organisation, opened_at_the_newest_step
from api.store import NewKey
from api.store.keys import ALL_SCOPES, FIRST_ORGANISATION, SCOPES, ListedKey

_QUOTA = click.option("--submissions-per-day", type=click.IntRange(0), help="A quota; without, there is none.")


@click.command()
@click.argument("name")
@click.option("--organisation", help=f"Whose it is. [default: {FIRST_ORGANISATION}]")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may do. Give it for each.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="When it ends, in UTC.")
@click.option("--if-none", is_flag=True, help="Only if there is no key yet; otherwise print nothing.")
def create_key(
    name: str, organisation: str | None, scopes: tuple[str, ...], expires: datetime | None, if_none: bool
) -> None:
    """Make an API key and print it. It cannot be shown again.

    Without --scope it may do everything but be a worker.

    Examples: create-key "build server";
    create-key reporter --organisation acme --scope read --expires 2027-01-31
    """
    key, now = new_key(), datetime.now(UTC)
    expires_at = expires.replace(tzinfo=UTC) if expires else None
    if expires_at and expires_at <= now:
        raise click.UsageError("--expires must be a time to come.")
    with opened_at_the_newest_step() as store:
        if organisation and organisation not in [known.name for known in store.organisations.all()]:
            raise no_organisation(store, organisation)
        new = NewKey(
            name=check_name(name),
            sha256=digest_of(key),
            ending=key[-4:],
            created_at=now,
            organisation=organisation or FIRST_ORGANISATION,
            scopes=tuple(scope for scope in SCOPES if scope in scopes) or ALL_SCOPES,
            expires_at=expires_at,
        )
        added = store.keys.add(new, only_first=if_none)
    if added:
        click.echo(key)


@click.command()
@click.option("--organisation", help="Only of this one.")
def keys(organisation: str | None) -> None:
    """List the API keys: number, last characters, organisation, scopes, state, last use, name."""
    with opened_at_the_newest_step() as store:
        if organisation and organisation not in [known.name for known in store.organisations.all()]:
            raise no_organisation(store, organisation)
        for key in store.keys.list():
            if organisation in (None, key.organisation):
                used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
                shown = (str(key.id), f"…{key.ending}", key.organisation, " ".join(key.scopes), _state(key), used)
                click.echo("\t".join((*shown, key.name)))


@click.command()
@click.argument("number", type=click.IntRange(1))
def revoke_key(number: int) -> None:
    """Revoke the key of this NUMBER, as `keys` lists them, for good."""
    with opened_at_the_newest_step() as store:
        if not store.keys.revoke(number, datetime.now(UTC)):
            raise click.UsageError(f"There is no key {number}: `keys` lists them.")
    click.echo(f"key {number} is revoked; every process of the API refuses it within five seconds")


@click.command()
@click.argument("name")
@_QUOTA
def create_organisation(name: str, submissions_per_day: int | None) -> None:
    """Make an organisation. Nothing is seen from one in another."""
    with opened_at_the_newest_step() as store:
        if not store.organisations.add(check_name(name), submissions_per_day, datetime.now(UTC)):
            raise click.UsageError(f"There is an organisation {name!r} already.")


@click.command()
@click.argument("name")
@_QUOTA
def limit_organisation(name: str, submissions_per_day: int | None) -> None:
    """Change an organisation's quota of submissions a day, or take it away."""
    with opened_at_the_newest_step() as store:
        if not store.organisations.limit(name, submissions_per_day, datetime.now(UTC)):
            raise no_organisation(store, name)


def _state(key: ListedKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "valid"
    return f"{'expired' if key.expires_at <= datetime.now(UTC) else 'valid until'} {key.expires_at:%Y-%m-%d %H:%M}"
