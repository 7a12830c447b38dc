"""judge bench: the figures of this machine, against their goals."""

import json

import click

from judge.bench import Figure
from judge.bench.run import MEASUREMENTS, run
from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands.tables import plain, table, wide_console
from judge.sandbox.docker import connect


@click.command(
    epilog="""\b
Examples:
  judge bench
  judge bench service --json
  judge bench soak

\b
Exit codes: 0 every goal is met, 1 some are not, 3 no Docker daemon or image."""
)
@click.argument("names", nargs=-1, type=click.Choice(list(MEASUREMENTS)))
@click.option("--json", "as_json", is_flag=True, help="Print a list of {name, value, from, to, unit, goal, met, note}.")
def command(names: tuple[str, ...], as_json: bool) -> int:
    """Measure, all but the soak or the NAMED ones. Needs Docker and an otherwise idle machine; takes some minutes.

    The soak judges 40,000 submissions, one in ten an attack, and takes an hour.
    """
    connect().close()
    console = wide_console()
    figures, remarks = list[Figure](), list[str]()
    with console.status("measuring") as status:
        for found in run(list(names), status.update):
            (figures if isinstance(found, Figure) else remarks).append(found)  # type: ignore[arg-type]
    if as_json:
        click.echo(json.dumps([_as_json(figure) for figure in figures], indent=2))
    else:
        result = table("figure", ">median", ">from", ">to", "unit", ">goal", "met", "note")
        for figure in figures:
            spread = f"{min(figure.rounds):.2f}", f"{max(figure.rounds):.2f}"
            goal = f"{'<=' if figure.better == 'lower' else '>='} {figure.goal:g}"
            met = "[green]yes[/]" if figure.met else "[red]no[/]"
            row = (plain(figure.name), f"{figure.value:.2f}", *spread, figure.unit, goal, met, plain(figure.note))
            result.add_row(*row)
        console.print(result)
        for remark in remarks:
            console.print(plain(remark))
    return EXIT_OK if all(figure.met for figure in figures) else EXIT_NOT_ACCEPTED


def _as_json(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": round(figure.value, 3),
        "from": round(min(figure.rounds), 3),
        "to": round(max(figure.rounds), 3),
        "unit": figure.unit,
        "goal": figure.goal,
        "met": figure.met,
        "note": figure.note,
    }
