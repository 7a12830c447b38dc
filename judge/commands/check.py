"""judge check: judge a local file on this machine, without any server."""

import json
from pathlib import Path

import click

from judge import pipeline
from judge.cache import Cache, default_folder
from judge.calibration import prepare
from judge.cli import EXIT_JUDGE_ERROR, EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands import BOXES, find_problem, language_of, read_source
from judge.commands.tables import print_report
from judge.models import Report, Submission, Verdict
from judge.sandbox import BoxOptions, choose_backend, start_boxes


@click.command(
    epilog="""\b
Examples:
  judge check two-sum solution.py
  judge check --box docker --json lru-cache my_cache.py
  judge check path/to/my-problem solution.py

\b
Exit codes: 0 AC, 1 another verdict, 2 wrong use, 3 JE."""
)
@click.argument("problem")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option("--box", type=BOXES, default="auto", show_default=True, help="Where the solution runs.")
def command(problem: str, file: Path, as_json: bool, box: str) -> int:
    """Judge FILE against PROBLEM (a slug, or the path of a package) on this machine."""
    language = language_of(file)
    loaded = find_problem(problem)
    submission = Submission(language=language.id, source=read_source(file))
    options = BoxOptions(language)
    backend, why = choose_backend(box, options)
    boxes = start_boxes(backend, options)
    cache = Cache(default_folder())
    try:
        report = pipeline.judge(submission, *prepare(loaded, boxes, cache), boxes)
    finally:
        boxes.close()
    if as_json:
        click.echo(json.dumps(report.model_dump(mode="json"), indent=2))  # in ASCII: it may be read on a terminal
    else:
        click.echo(f"box: {backend} ({why})", err=True)
        print_report(report)
    return exit_code(report)


def exit_code(report: Report) -> int:
    """The exit code for a verdict."""
    codes = {Verdict.AC: EXIT_OK, Verdict.JE: EXIT_JUDGE_ERROR}
    return codes.get(report.verdict, EXIT_NOT_ACCEPTED) if report.verdict else EXIT_NOT_ACCEPTED
