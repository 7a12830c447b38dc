"""judge replay: judge again on this machine what a server judged, and compare."""

import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from judge.cache import Cache, default_folder
from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.client import Client
from judge.commands import BOXES
from judge.commands.tables import coloured, mebibytes, milliseconds, plain, table, wide_console
from judge.errors import BoxUnavailable
from judge.languages import get_language
from judge.models import CaseResult, Report
from judge.replay import CasePair, Recorded, other_than_recorded, pairs, replay, unpack
from judge.sandbox import AUTO, Boxes, BoxOptions, choose_backend, start_boxes


@click.command(
    epilog="""\b
Examples:
  export JUDGE_API_KEY=judge_...
  judge replay 0f3a5c1e9b7d4f60a2c8e6d4b1f09753
  judge replay --url https://judge.example.org --box docker 0f3a5c1e9b7d4f60a2c8e6d4b1f09753

\b
Exit codes: 0 the verdict and those of all cases are the same, 1 some differ, 2 wrong use, 3 no server or no box."""
)
@click.argument("submission_id", metavar="ID")
@click.option("--url", envvar="JUDGE_URL", default="http://127.0.0.1:8000", show_default=True, help="[$JUDGE_URL]")
@click.option("--key", envvar="JUDGE_API_KEY", required=True, help="A key with the scope author.  [$JUDGE_API_KEY]")
@click.option("--box", type=BOXES, default=AUTO, show_default=True, help="Where it runs; auto: where it ran.")
def command(submission_id: str, url: str, key: str, box: str) -> int:
    """Judge the submission ID of a server again, here, with the package, limits and image of its record.

    Nothing is changed on the server. What of the box is another than recorded is said.
    """
    console, client = wide_console(), Client(url, key)
    recorded = Recorded.of(client.record(submission_id))
    with tempfile.TemporaryDirectory(prefix="judge-replay-") as folder:
        problem = unpack(recorded, client.package(recorded.package), Path(folder))
        boxes = _boxes(recorded, box, console)
        try:
            report = replay(recorded, problem, boxes, Cache(default_folder()))
            changed = other_than_recorded(recorded.report.judged_with, boxes.submissions.info)
        finally:
            boxes.close()
    for name, (then, now) in changed.items():
        console.print(plain(f"another {name} than recorded: {now}; it was: {then}"))
    if not recorded.limits:
        console.print("no limits are recorded: they were measured here")
    found = list(pairs(recorded.report, report))
    console.print(_table(found))
    return _summary(recorded.report, report, found, console)


def _boxes(recorded: Recorded, wanted: str, console: Console) -> Boxes:
    """The kind of box it was judged in, with its image, or what comes nearest; says what is not to be had."""
    language = get_language(recorded.submission.language)
    judged_with = recorded.report.judged_with
    if judged_with and wanted in (AUTO, judged_with.box):
        for options in (BoxOptions(language, image=judged_with.image), BoxOptions(language)):
            try:
                return start_ready(judged_with.box, options)
            except BoxUnavailable as exc:
                which = f"with the recorded image {options.image}" if options.image else "as recorded"
                console.print(plain(f"no {judged_with.box} box {which}: {exc.reason}"))
            if options.image is None:
                break
    backend, _ = choose_backend(wanted, BoxOptions(language))
    return start_ready(backend, BoxOptions(language))


def start_ready(backend: str, options: BoxOptions) -> Boxes:
    boxes = start_boxes(backend, options)
    boxes.ready()
    return boxes


def _table(found: list[CasePair]) -> Table:
    columns = ("group", ">case", "recorded", "now", ">CPU recorded", ">CPU now", ">memory recorded", ">memory now", "")
    result = table(*columns)
    for pair in found:
        number = next(case.number for case in (pair.now, pair.before) if case)
        before, now = _figures(pair.before), _figures(pair.now)
        interleaved = [value for both in zip(before, now, strict=True) for value in both]
        result.add_row(plain(pair.group), str(number), *interleaved, "[red]<-- differs[/]" if pair.differs else "")
    return result


def _figures(case: CaseResult | None) -> tuple[str, str, str]:
    if case is None:
        return "no such case", "-", "-"
    if case.skipped:
        return "left out", "-", "-"
    return coloured(case.verdict), milliseconds(case.cpu_time_s), mebibytes(case.peak_memory_kib)


def _summary(before: Report, now: Report, found: list[CasePair], console: Console) -> int:
    different = sum(pair.differs for pair in found)
    same = before.verdict == now.verdict and not different
    verdicts = f"recorded {coloured(before.verdict)}, now {coloured(now.verdict)}"
    cases = "every case has the same verdict" if not different else f"{different} of {len(found)} cases differ"
    console.print(f"{verdicts}; {cases}" if found else verdicts)
    return EXIT_OK if same else EXIT_NOT_ACCEPTED
