"""A package fresh from `judge new` keeps its promise: each of its jury solutions earns the verdict of its folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from judge.commands.new import KINDS
from judge.package import load_package

ROOT = Path(__file__).parents[2]
PYTHONPATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


def judge(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "judge.cli", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": PYTHONPATH},
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_jury_solution_of_a_new_package_earns_its_verdict(tmp_path: Path, kind: str):
    made = judge("new", "word-count", f"--{kind}", "--into", tmp_path)
    assert made.returncode == 0, made.stderr
    for one in load_package(tmp_path / "word-count").jury:
        checked = judge("check", "--box", "local", "--json", tmp_path / "word-count", one.path)
        assert one.permits(json.loads(checked.stdout)["verdict"]), (one.name, checked.stdout, checked.stderr)


def test_an_imported_package_is_there_to_be_judged(tmp_path: Path):
    judge("new", "word-count", "--function", "--into", tmp_path)
    assert judge("import", tmp_path / "word-count", "--into", tmp_path / "problems").returncode == 0
    solution = tmp_path / "word-count" / "submissions" / "wrong_answer" / "neighbours_only.py"
    checked = judge("check", "--box", "local", "--json", tmp_path / "problems" / "word-count", solution)
    assert json.loads(checked.stdout)["verdict"] == "WA"
    again = judge("import", tmp_path / "word-count", "--into", tmp_path / "problems")
    assert again.returncode == 2
    assert "already" in again.stderr
