"""judge demo: every part for real, jury solutions through the HTTP API, and did each get the verdict it must.

One of each folder of each problem, so that every kind of verdict is seen; with --all every one of them.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.client import Answer, Client
from judge.commands import BOXES, problems_folder
from judge.commands.tables import coloured, mebibytes, milliseconds, table, wide_console
from judge.languages import get_language
from judge.package import JurySubmission, Problem, load_packages
from judge.sandbox import BoxOptions, choose_backend
from judge.stack import Stack, StackOptions

_WORKERS = 2


@dataclass
class Row:
    """One jury submission on its way."""

    problem: str
    jury: JurySubmission
    state: str = "waiting"
    answer: Answer | None = None

    @property
    def as_expected(self) -> bool:
        return self.answer is not None and self.jury.permits(self.answer.submission["verdict"])


@click.command(
    epilog="""\b
Examples:
  judge demo
  judge demo --box local
  judge demo --all

\b
Exit codes: 0 every verdict is the expected one, 1 some are not, 3 no box."""
)
@click.option("--box", type=BOXES, default="auto", show_default=True, help="Where solutions run.")
@click.option("--all", "everything", is_flag=True, help="Every jury solution, not one of each kind.")
def command(box: str, everything: bool) -> int:
    """Start everything, submit jury solutions over HTTP, compare the verdicts, stop everything."""
    started_s = time.monotonic()
    console = wide_console()
    backend, why = choose_backend(box, BoxOptions(get_language("python")))
    console.print(f"box: {backend} ({why})")
    problems = load_packages(problems_folder())
    chosen = {slug: problem.jury if everything else _one_of_each_folder(problem) for slug, problem in problems.items()}
    rows = [Row(slug, jury) for slug, juries in chosen.items() for jury in juries]
    with tempfile.TemporaryDirectory(prefix="judge-demo-") as data:
        options = StackOptions(Path(data), problems_folder(), backend, workers=_WORKERS, preload="all")
        console.print("starting Redis, API and worker; building and calibrating the problems")
        with Stack(options) as stack:
            client = Client(stack.url, stack.create_key("demo"))
            _submit_all(console, client, rows)
    console.print(_table(rows))
    wrong = [row for row in rows if not row.as_expected]
    summary = (
        f"{len(rows) - len(wrong)} of {len(rows)} verdicts as expected, {time.monotonic() - started_s:.1f} s in all"
    )
    console.print(f"[{'red' if wrong else 'green'}]{summary}[/]")
    return EXIT_NOT_ACCEPTED if wrong else EXIT_OK


def _one_of_each_folder(problem: Problem) -> Sequence[JurySubmission]:
    first: dict[str, JurySubmission] = {}
    for jury in problem.jury:
        first.setdefault(jury.name.partition("/")[0], jury)
    return list(first.values())


def _submit_all(console: Console, client: Client, rows: list[Row]) -> None:
    """As many at a time as there are workers, so that the times shown are not those of a queue."""
    with Live(console=console, refresh_per_second=8, transient=True) as live, ThreadPoolExecutor(_WORKERS) as pool:
        for _ in pool.map(lambda row: _submit(client, row, lambda: live.update(_progress(rows))), rows):
            pass


def _submit(client: Client, row: Row, show: Callable[[], None]) -> None:
    row.state = "judging"
    show()
    for answer in client.follow(row.problem, "python", row.jury.source):
        row.answer = answer
        show()
    row.state = "judged"


def _progress(rows: list[Row]) -> str:
    judged = sum(row.state == "judged" for row in rows)
    now = ", ".join(f"{row.problem}: {row.jury.name}" for row in rows if row.state == "judging")
    return f"{judged}/{len(rows)} judged; now {now or '-'}"


def _table(rows: list[Row]) -> Table:
    columns = ("expected", "verdict", ">CPU time", ">wall time", ">peak memory", ">submit to verdict")
    result = table("problem", "submission", *columns)
    for row in rows:
        assert row.answer
        shown = row.answer.submission
        result.add_row(
            row.problem,
            row.jury.name,
            str(row.jury.expected),
            coloured(shown["verdict"]) + ("" if row.as_expected else " [red]<--[/]"),
            milliseconds(shown["cpu_time_s"]),
            milliseconds(shown["wall_time_s"]),
            mebibytes(shown["peak_memory_kib"]),
            milliseconds(row.answer.elapsed_s),
        )
    return result
