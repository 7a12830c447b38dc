"""judge verify: is a package any good? Every jury submission, every sample, every limit, every group."""

import json
import time
from dataclasses import asdict

import click

from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands import BOXES
from judge.commands.packages import all_slugs, crew_for, for_each, load, progress
from judge.commands.tables import plain, table, wide_console
from judge.package import Problem
from judge.verify import Finding, steps, verify


@click.command(
    epilog="""\b
Examples:
  judge verify                      all packages of the problems folder
  judge verify two-sum lru-cache
  judge verify path/to/my-problem --json

\b
Exit codes: 0 all is well, 1 something is wrong, 2 wrong use or a broken package, 3 no box."""
)
@click.argument("packages", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--box", type=BOXES, default="auto", show_default=True, help="Where the solutions run.")
def command(packages: tuple[str, ...], as_json: bool, box: str) -> int:
    """Prove PACKAGES (slugs or paths; all by default).

    Every jury submission earns what its folder says; the statement shows the samples; limits leave a margin of two to
    both sides; the accepted solutions agree; no group of tests is dead. Cases that no jury submission fails are noted.
    """
    started_s = time.monotonic()
    problems = load(packages or all_slugs())
    with crew_for(box) as crew, progress(sum(map(steps, problems))) as advance:

        def work(problem: Problem) -> list[Finding]:
            return verify(problem, crew, lambda done: advance(f"{problem.slug} {done}"))

        findings = dict(zip((problem.slug for problem in problems), for_each(problems, work, crew), strict=True))
    elapsed_s = time.monotonic() - started_s
    if as_json:
        click.echo(json.dumps({"elapsed_s": round(elapsed_s, 3), "packages": _as_json(problems, findings)}, indent=2))
    else:
        _print(problems, findings, elapsed_s)
    wrong = [finding for found in findings.values() for finding in found if not finding.is_note]
    return EXIT_NOT_ACCEPTED if wrong else EXIT_OK


def _as_json(problems: list[Problem], findings: dict[str, list[Finding]]) -> list[dict[str, object]]:
    return [
        {
            "problem": problem.slug,
            "submissions": len(problem.jury),
            "sound": all(finding.is_note for finding in findings[problem.slug]),
            "findings": [asdict(finding) | {"is_note": finding.is_note} for finding in findings[problem.slug]],
        }
        for problem in problems
    ]


def _print(problems: list[Problem], findings: dict[str, list[Finding]], elapsed_s: float) -> None:
    console = wide_console()
    found = [finding for slug in findings for finding in findings[slug]]
    if found:
        result = table("problem", "check", "where", "what")
        for finding in sorted(found, key=lambda finding: finding.is_note):
            check = f"[dim]note: {finding.check}[/]" if finding.is_note else f"[bold red]{finding.check}[/]"
            result.add_row(finding.problem, check, plain(finding.where), plain(finding.what))
        console.print(result)
    wrong = {finding.problem for finding in found if not finding.is_note}
    submissions = sum(len(problem.jury) for problem in problems)
    summary = f"{len(problems) - len(wrong)} of {len(problems)} packages sound, {submissions} jury submissions"
    console.print(f"[{'red' if wrong else 'green'}]{summary}, {elapsed_s:.1f} s[/]")
