"""judge new: what it writes is a sound package under the problem's own names, and it never writes over anything."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from judge.commands.new import KINDS, command
from judge.models import Verdict
from judge.package import load_package


def new(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments])


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_package_is_sound_and_whole(tmp_path: Path, kind: str):
    assert new("word-count", f"--{kind}", "--into", str(tmp_path)).exit_code == 0
    problem = load_package(tmp_path / "word-count")
    assert problem.title == "Word Count"
    assert len(problem.meta.uuid) == 36
    assert {str(one.expected) for one in problem.jury} == {Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.RTE}
    assert [group.name for group in problem.groups] == ["sample", "functional", "performance"]
    assert problem.groups[2].options.growth
    assert problem.generators
    assert set(problem.generators.data) == {"functional", "performance"}
    assert (problem.interface is None) == (kind == "stdio")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_template_is_left(tmp_path: Path, kind: str):
    new("word-count", f"--{kind}", "--into", str(tmp_path))
    texts = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    left = [
        path
        for path, text in texts.items()
        for name in ("the_name", "TheName", "The Title", "the-uuid")
        if name in text
    ]
    assert not left
    for path, text in texts.items():
        if path.suffix == ".py":
            ast.parse(text)


@pytest.mark.parametrize(
    ("slug", "kind", "name"),
    [
        ("two-sum", "function", "two_sum"),
        ("3-sum", "function", "solve_3_sum"),
        ("pass", "function", "solve_pass"),
        ("lru-cache", "class", "LruCache"),
        ("3-sum", "class", "Problem3Sum"),
    ],
)
def test_the_slug_makes_a_name_that_python_knows(tmp_path: Path, slug: str, kind: str, name: str):
    new(slug, f"--{kind}", "--into", str(tmp_path))
    interface = load_package(tmp_path / slug).interface
    assert interface
    assert name in (interface.function, interface.class_)
    assert name in (tmp_path / slug / "submissions").rglob("*.py").__next__().read_text()


def test_the_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_PROBLEMS_DIR", str(tmp_path / "mine"))
    assert new("two-sum", "--function").exit_code == 0
    assert (tmp_path / "mine" / "two-sum" / "problem.yaml").is_file()


def test_nothing_is_overwritten(tmp_path: Path):
    (tmp_path / "two-sum").mkdir()
    result = new("two-sum", "--function", "--into", str(tmp_path))
    assert "two-sum already" in str(result.exception)
    assert list(tmp_path.rglob("*")) == [tmp_path / "two-sum"]


@pytest.mark.parametrize("slug", ["Two-Sum", "two_sum", "../two-sum", "two--sum", ""])
def test_a_name_that_is_no_slug_is_refused(tmp_path: Path, slug: str):
    result = new(slug, "--function", "--into", str(tmp_path / "x"))
    assert "must be lower-case words joined by hyphens" in str(result.exception)
    assert not (tmp_path / "x").exists()


def test_the_kind_must_be_said(tmp_path: Path):
    result = new("two-sum", "--into", str(tmp_path))
    assert result.exit_code == 2
    assert "--function, --class, --stdio" in result.output
