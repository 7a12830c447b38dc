"""judge mutate: how many mutants of the accepted solutions the hidden tests refuse."""

import json
from typing import Any

import click

from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands import BOXES
from judge.commands.packages import all_slugs, crew_for, for_each, load, progress
from judge.commands.tables import plain, table, wide_console
from judge.mutants import GOAL, Mutation, count, mutate
from judge.package import Problem


@click.command(
    epilog=f"""\b
Examples:
  judge mutate two-sum
  judge mutate --all

\b
A mutant that no test can refuse belongs into the package's mutation.yaml, with the reason:
  equivalent:
    - {{submission: accepted/a.py, before: "while low < high:", after: "while low <= high:", reason: "..."}}

\b
Exit codes: 0 at least {GOAL:.0%} are refused, 1 fewer or an entry fits no survivor, 2 wrong use, 3 no box."""
)
@click.argument("packages", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All packages of the problems folder.")
@click.option("--json", "as_json", is_flag=True, help="Print figures and survivors as JSON.")
@click.option("--box", type=BOXES, default="auto", show_default=True, help="Where the mutants run.")
def command(packages: tuple[str, ...], everything: bool, as_json: bool, box: str) -> int:
    """Change the accepted solutions of PACKAGES in one place at a time, and see whether the hidden tests notice."""
    if bool(packages) == everything:
        raise click.UsageError("name packages, or give --all")
    problems = load(packages or all_slugs())
    with crew_for(box) as crew, progress(sum(map(count, problems))) as advance:

        def work(problem: Problem) -> Mutation:
            return mutate(problem, crew, lambda: advance(problem.slug))

        mutations = for_each(problems, work, crew)
    if as_json:
        click.echo(json.dumps([_as_json(mutation) for mutation in mutations], indent=2))
    else:
        _print(mutations)
    return EXIT_OK if all(mutation.is_enough for mutation in mutations) else EXIT_NOT_ACCEPTED


def _as_json(mutation: Mutation) -> dict[str, Any]:
    survivors = [
        {
            "submission": fate.submission,
            "line": fate.mutant.line,
            "before": fate.mutant.before,
            "after": fate.mutant.after,
        }
        for fate in mutation.survivors
    ]
    return {
        "problem": mutation.problem.slug,
        "mutants": len(mutation.fates),
        "refused": mutation.refused,
        "explained": mutation.explained,
        "share": round(mutation.share, 4),
        "enough": mutation.is_enough,
        "survivors": survivors,
        "stale": [entry.model_dump() for entry in mutation.stale],
    }


def _print(mutations: list[Mutation]) -> None:
    console = wide_console()
    for mutation in mutations:
        sources = {jury.name: jury.source for jury in mutation.problem.accepted}
        for fate in mutation.survivors:
            name = f"{mutation.problem.slug}/submissions/{fate.submission}"
            console.print(plain(fate.mutant.diff(sources[fate.submission], name)), soft_wrap=True)
        for entry in mutation.stale:
            what = f"{mutation.problem.slug}/mutation.yaml: no survivor fits {entry.submission}: {entry.after!r}"
            console.print(f"[red]{plain(what)}[/]")
    result = table("package", ">mutants", ">refused", ">survivors explained", ">survivors left", ">refused of the rest")
    for mutation in mutations:
        figures = len(mutation.fates), mutation.refused, mutation.explained, len(mutation.survivors)
        share = f"[{'green' if mutation.is_enough else 'red'}]{mutation.share:.1%}[/]"
        result.add_row(mutation.problem.slug, *map(str, figures), share)
    console.print(result)
