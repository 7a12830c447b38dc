"""judge doctor --attack: the judge's own collection of attacks, fired at a box of this installation."""

import json
from collections.abc import Iterator
from contextlib import closing

import click

from judge.attack_check import Outcome, Range, load_attacks
from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands.tables import coloured, plain, table, wide_console
from judge.languages import get_language
from judge.sandbox import BoxOptions, choose_backend, start_boxes


def attack(box: str, as_json: bool) -> int:
    """Try every attack; print what came of it. The exit code says whether all were held."""
    options = BoxOptions(get_language("python"))
    backend, why = choose_backend(box, options)
    console = wide_console()
    with console.status("attacking") as status:
        with closing(start_boxes(backend, options)) as boxes:
            outcomes = []
            for outcome in _fire(Range(boxes)):
                outcomes.append(outcome)
                status.update(f"attacking: {outcome.attack.id}")
            info = boxes.submissions.info
    if as_json:
        click.echo(json.dumps([_as_json(outcome) for outcome in outcomes], indent=2))
    else:
        _print(outcomes)
        under = f", under {info.container_runtime}" if info.container_runtime else ""
        console.print(plain(f"box {backend} ({why}){under}, walls: {', '.join(info.walls)}"))
    return EXIT_OK if all(outcome.held for outcome in outcomes) else EXIT_NOT_ACCEPTED


def _fire(fired_at: Range) -> Iterator[Outcome]:
    for one in load_attacks():
        yield fired_at.fire(one)


def _print(outcomes: list[Outcome]) -> None:
    result = table(">no.", "attack", "must be", "is", "next", ">slower", "held", "stopped by")
    for outcome in outcomes:
        header = outcome.attack.header
        held = "[green]yes[/]" if outcome.held else "[bold red]NO[/]"
        seen = coloured(outcome.seen) if len(outcome.seen) <= 3 else f"[bold red]{outcome.seen}[/]"
        slower = f"{outcome.slower:.1f}"
        row = (str(header.attack), plain(header.name), coloured(outcome.attack.expected), seen)
        result.add_row(*row, coloured(outcome.afterwards), slower, held, plain(header.stopped_by))
    console = wide_console()
    console.print(result)
    broken = sum(not outcome.held for outcome in outcomes)
    told = f"[bold red]{broken} of {len(outcomes)} attacks were not held[/]"
    console.print(told if broken else f"[green]all {len(outcomes)} attacks were held[/]")


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "attack": outcome.attack.id,
        "number": outcome.attack.header.attack,
        "name": outcome.attack.header.name,
        "expected": outcome.attack.expected,
        "seen": outcome.seen,
        "afterwards": outcome.afterwards,
        "slower": round(outcome.slower, 2),
        "held": outcome.held,
    }
