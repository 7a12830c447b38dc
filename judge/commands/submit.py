"""judge submit: send a solution to a server and wait for the verdict."""

from pathlib import Path

import click
from rich.console import Console

from judge.cli import EXIT_OK
from judge.client import Answer, Client
from judge.commands import language_of, read_source
from judge.commands.check import exit_code
from judge.commands.tables import print_report, wide_console
from judge.models import Report


@click.command(
    epilog="""\b
Examples:
  export JUDGE_API_KEY=judge_...
  judge submit two-sum solution.py
  judge submit --url https://judge.example.org lru-cache my_cache.py

\b
Exit codes: 0 AC, 1 another verdict, 2 wrong use, 3 JE or no server."""
)
@click.argument("problem")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", envvar="JUDGE_URL", default="http://127.0.0.1:8000", show_default=True, help="[$JUDGE_URL]")
@click.option("--key", envvar="JUDGE_API_KEY", required=True, help="An API key.  [$JUDGE_API_KEY]")
def command(problem: str, file: Path, url: str, key: str) -> int:
    """Submit FILE as a solution of PROBLEM over HTTP and show the result."""
    console = wide_console()
    client = Client(url, key)
    answer = _follow(client, console, problem, file)
    report = Report.model_validate(answer.submission["report"])
    print_report(report, console)
    console.print(f"submission {answer.submission['id']}, {answer.elapsed_s:.2f} s from submit to verdict")
    return exit_code(report) if report.verdict else EXIT_OK


def _follow(client: Client, console: Console, problem: str, file: Path) -> Answer:
    """Show what happens until the verdict is there."""
    last = None
    with console.status("sending") as status:
        for last in client.follow(problem, language_of(file).id, read_source(file)):
            status.update(last.told)
    assert last is not None
    return last
