"""The sub-commands of `judge`, a file each, and what they share."""

import os
from pathlib import Path

import click

from judge.errors import UnknownName
from judge.languages import Language, language_of_file, languages
from judge.package import Problem, load_package
from judge.sandbox import AUTO, BACKENDS

BOXES = click.Choice([AUTO, *(name for name in BACKENDS if name != "fake")])


def problems_folder() -> Path:
    """$JUDGE_PROBLEMS_DIR, or problems/ beside the installed package, or in the current folder."""
    if given := os.environ.get("JUDGE_PROBLEMS_DIR"):
        return Path(given)
    beside = Path(__file__).parents[2] / "problems"
    return beside if beside.is_dir() else Path("problems").absolute()


def find_problem(name: str) -> Problem:
    """The package of that slug, or in that folder. Raises UnknownName or PackageError."""
    folder = Path(name) if os.sep in name else problems_folder() / name
    if not (folder / "problem.yaml").exists():
        known = (path.parent.name for path in problems_folder().glob("*/problem.yaml"))
        raise UnknownName("problem", name, known)
    return load_package(folder.resolve())


def language_of(path: Path) -> Language:
    """The language that the file's extension means. Raises UnknownName."""
    if language := language_of_file(path):
        return language
    known = (f".{extension}" for language in languages().values() for extension in language.extensions)
    raise UnknownName("file extension", path.suffix, known)


def read_source(path: Path) -> str:
    """A solution's text. Raises click's BadParameter with the reason it cannot be one."""
    try:
        source = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise click.BadParameter(f"{path} is not UTF-8: byte {exc.start} is {exc.object[exc.start]:#04x}") from exc
    if not source.strip():
        raise click.BadParameter(f"{path} is empty")
    if "\0" in source:
        raise click.BadParameter(f"{path} holds a NUL byte at character {source.index(chr(0))}")
    return source


__all__ = ["BOXES", "find_problem", "language_of", "problems_folder", "read_source"]
