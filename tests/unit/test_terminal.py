"""What strangers wrote reaches a terminal as plain text, whichever command shows it."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from scripted import write_package

from judge import cli
from judge.commands.import_ import command as import_
from judge.commands.tables import print_report
from judge.errors import PackageError
from judge.models import CaseDetail, CaseResult, CompileError, GroupResult, Limits, Report, Verdict

HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\r\b\x7f\u202eevil\u2066\u200b\u2028[bold red]x[/]\x00\ud800"
LIMITS = Limits(cpu_time_s=1, wall_time_s=2, memory_mib=256, output_mib=8)


def is_plain(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_in_a_report_commands_the_terminal(terminal: bool):
    detail = CaseDetail(
        input=HOSTILE, expected=HOSTILE, output=HOSTILE, printed=HOSTILE, message=HOSTILE, traceback=[HOSTILE]
    )
    figures = {"cpu_time_s": 0.1, "wall_time_s": 0.1, "peak_memory_kib": 1}
    case = CaseResult(
        number=1, name=HOSTILE, verdict=Verdict.RTE, exception_type=HOSTILE, denied=[HOSTILE], detail=detail, **figures
    )
    group = GroupResult(name=HOSTILE, verdict=Verdict.RTE, limits=LIMITS, cases=[case])
    error = CompileError(kind="syntax_error", message=HOSTILE, line=1, column=1, text=HOSTILE)
    report = Report(verdict=Verdict.RTE, groups=[group], compile_error=error, judge_error=HOSTILE)
    shown = io.StringIO()
    print_report(report, Console(file=shown, width=400, force_terminal=terminal, color_system=None))
    assert is_plain(shown.getvalue())
    assert "[bold red]x[/]" in shown.getvalue()


def test_an_error_that_quotes_a_stranger_is_plain(capsys: pytest.CaptureFixture[str]):
    cli._complain(PackageError("p", f"{HOSTILE}.yaml", HOSTILE, key=HOSTILE))
    said = capsys.readouterr().err
    assert is_plain(said)
    assert said.startswith("judge: p/")


def test_a_package_from_elsewhere_is_described_in_plain_text(tmp_path: Path):
    title = json.dumps({"en": HOSTILE.replace("\ud800", "")})
    about = f"problem_format_version: 2025-09\nname: {title}\n"
    package = write_package(tmp_path / "hello", {"problem.yaml": about})
    done = CliRunner().invoke(import_, [str(package), "--into", str(tmp_path / "problems")], standalone_mode=False)
    assert "hello: \\x1b" in done.output
    assert is_plain(done.output)
