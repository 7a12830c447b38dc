"""How reports look on a terminal."""

from typing import Any

from rich import markup
from rich.console import Console
from rich.table import Table

from judge.models import CaseResult, GroupResult, Report, Verdict
from judge.terminal import harmless

_COLOURS = {Verdict.AC: "green", Verdict.WA: "red", Verdict.CE: "yellow", Verdict.JE: "magenta"}


def wide_console() -> Console:
    """A console that does not squeeze tables when its output goes to a file or a pipe."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def plain(text: str) -> str:
    """A stranger's text, made harmless for a terminal: no markup of ours, no control characters of theirs."""
    return markup.escape(harmless(text))


def coloured(verdict: Verdict | str | None) -> str:
    """A verdict in its colour, as rich markup."""
    if verdict is None:
        return "-"
    return f"[bold {_COLOURS.get(Verdict(verdict), 'red')}]{verdict}[/]"


def milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.1f} ms"


def mebibytes(kib: int | None) -> str:
    return "-" if kib is None else f"{kib / 1024:.1f} MiB"


def table(*columns: str) -> Table:
    """An empty table; columns whose name ends in a unit or is a figure are right-aligned."""
    result = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        name = column.lstrip(">")
        result.add_column(name, justify="right" if column.startswith(">") else "left", overflow="fold")
    return result


def print_report(report: Report, console: Console | None = None) -> None:
    """The verdict, why, and a table of the groups."""
    console = console or wide_console()
    text = f" {report.verdict.text}" if report.verdict else " ran"
    figures = f", {report.cases_passed} of {report.cases_total} cases, CPU {milliseconds(report.cpu_time_s)}"
    figures += f", memory {mebibytes(report.peak_memory_kib)}"
    console.print(f"{coloured(report.verdict)}{text}{figures if report.groups else ''}")
    if report.judge_error:
        console.print(plain(report.judge_error))
    if error := report.compile_error:
        place = f"line {error.line}: " if error.line else ""
        console.print(plain(f"{place}{error.message}"))
        if error.caret():
            console.print(plain(error.caret()))
    if report.groups:
        console.print(_groups(report.groups))
    for group in report.groups:
        for case in group.cases:
            if case.detail and case.verdict not in (Verdict.AC, None):
                _print_detail(console, group, case)


def _groups(groups: list[GroupResult]) -> Table:
    result = table("group", "verdict", ">passed", ">CPU", ">CPU limit", ">wall", ">memory", "first fault")
    for group in groups:
        passed = sum(case.verdict is Verdict.AC for case in group.cases)
        fault = next((case for case in group.cases if case.verdict not in (Verdict.AC, None)), None)
        result.add_row(
            plain(group.name),
            coloured(group.verdict),
            f"{passed}/{len(group.cases)}",
            milliseconds(max(case.cpu_time_s for case in group.cases)),
            milliseconds(group.limits.cpu_time_s),
            milliseconds(max(case.wall_time_s for case in group.cases)),
            mebibytes(max(case.peak_memory_kib for case in group.cases)),
            _fault(fault) if fault else "",
        )
    return result


def _fault(case: CaseResult) -> str:
    facts: dict[str, Any] = {
        "exception": case.exception_type,
        "exit code": case.exit_code,
        "signal": case.signal,
        "clock": case.time_limit,
        "result": case.fault,
    }
    told = [f"{name} {value}" for name, value in facts.items() if value is not None]
    listed = ", ".join([*told, f"not permitted: {' '.join(case.denied)}"] if case.denied else told)
    return plain(f"case {case.number} ({case.name})" + (f": {listed}" if listed else ""))


def _print_detail(console: Console, group: GroupResult, case: CaseResult) -> None:
    assert case.detail
    console.print(f"\n[bold]{plain(f'{group.name} {case.name}')}[/]")
    shown = {
        "input": case.detail.input,
        "expected": case.detail.expected,
        "output": case.detail.output,
        "printed": case.detail.printed or None,
        "message": case.detail.message,
        "where": "\n".join(case.detail.traceback) or None,
    }
    for name, value in shown.items():
        if value is not None:
            console.print(f"  {name:9}{plain(value)}")
