"""Commands that look after what is stored: check it, put back what hangs, forget what is old or is to be forgotten."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec

from api import views
from api.commands import no_organisation, opened_at_the_newest_step
from api.settings import RetentionSettings
from api.store import Store
from api.store.people import StillJudged
from api.store.retention import Keep
from judge.errors import JudgeError

_WRONG = 1
_HEARD_OF_WITHIN = timedelta(seconds=10)  # a worker gives a sign of life every few seconds


@click.command()
def check() -> None:
    """Say whether what is stored agrees with itself. Exit status 1 and a list when it does not."""
    with opened_at_the_newest_step() as store:
        found = store.checks.run()
    click.echo(", ".join(f"{count} {name}" for name, count in found.counts.items()))
    for fault in found.faults:
        click.echo(fault)
    click.echo("nothing is wrong" if not found.faults else "something is wrong")
    if found.faults:
        sys.exit(_WRONG)


@click.command()
@click.option("--force", is_flag=True, help="Also when workers were heard of a moment ago.")
def requeue(force: bool) -> None:
    """Put back in the queue what is being judged, when no worker runs.

    The API does that by itself ten seconds after it last heard of a worker; this is for those who know better.
    """
    now = datetime.now(UTC)
    with opened_at_the_newest_step() as store:
        alive = sum(store.workers.alive(now - _HEARD_OF_WITHIN).values())
        if alive and not force:
            click.echo(f"{alive} workers were heard of a moment ago: stop them first, or say --force", err=True)
            sys.exit(_WRONG)
        count = store.judgings.requeue("put back in the queue by the operator", now)
    click.echo(f"{count} judgings are in the queue again")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be forgotten.")
def prune(dry_run: bool) -> None:
    """Forget what is older than JUDGE_KEEP_SOURCES_DAYS, JUDGE_KEEP_REPORTS_DAYS and JUDGE_KEEP_PEOPLE_DAYS say.

    What is not set is kept for ever. Versions of problems go that nobody offers and nothing kept could be judged with.
    May run at any time, again and again; verdicts and figures stay.
    """
    try:
        keep = Keep(*RetentionSettings.from_environment().model_dump().values())
    except JudgeError as exc:
        raise click.UsageError(str(exc)) from None
    with opened_at_the_newest_step() as store:
        pruned = store.retention.prune(keep, datetime.now(UTC), dry_run)
    what = ", ".join(f"{count} {name}" for name, count in asdict(pruned).items())
    click.echo(f"{'would forget' if dry_run else 'forgot'}: {what}")


@click.command()
@click.argument("organisation")
@click.argument("person")
def export_person(organisation: str, person: str) -> None:
    """Print as JSON all that is kept about one PERSON of an ORGANISATION.

    Of hidden cases it holds what the person could see anyway, and no more.
    """
    with opened_at_the_newest_step() as store:
        org_id = _organisation(store, organisation)
        told = {
            "organisation": organisation,
            "person": person,
            "exported_at": datetime.now(UTC),
            "submissions": [_shown(*one) for one in store.people.submissions(org_id, person)],
            "standings": store.people.standings(org_id, person),
            "messages": [msgspec.json.decode(text) for text in store.people.messages(org_id, person)],
        }
    if not told["submissions"]:
        raise click.UsageError(f"Nothing is kept about {person!r} in {organisation!r}.")
    click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())


@click.command()
@click.argument("organisation")
@click.argument("person")
def erase_person(organisation: str, person: str) -> None:
    """Forget one PERSON of an ORGANISATION: name, sources, reports, standings. Verdicts stay, as nobody's.

    There is no way back. Backups, logs and what webhooks were told are out of reach.
    """
    with opened_at_the_newest_step() as store:
        try:
            erased = store.people.erase(_organisation(store, organisation), person, datetime.now(UTC))
        except StillJudged as waiting:
            click.echo(f"{waiting.count} judgings of this person wait or run: try again when they are done", err=True)
            sys.exit(_WRONG)
    click.echo("erased: " + ", ".join(f"{count} {name}" for name, count in asdict(erased).items()))


def _organisation(store: Store, name: str) -> int:
    for organisation in store.organisations.all():
        if organisation.name == name:
            return organisation.id
    raise no_organisation(store, name)


def _shown(submission: dict[str, Any], judgings: list[dict[str, Any]]) -> dict[str, Any]:
    """A submission with its judgings, of the reports what a candidate may see."""
    shown = [
        {**views.rounded(judging), "report": judging["report"] and views.candidates_report(judging["report"])}
        for judging in judgings
    ]
    return {**views.rounded(submission), "judgings": shown}
