"""judge import: check a package from elsewhere and put it among the problems."""

import re
from pathlib import Path

import click

from judge.cli import EXIT_OK
from judge.commands import problems_folder
from judge.errors import WrongUse
from judge.package import Problem, load_package
from judge.package.install import installing
from judge.package.unpack import copy, unpack
from judge.terminal import harmless


@click.command(
    epilog="""\b
Examples:
  judge import ~/downloads/hello.zip
  judge import ../contest/hello --into problems --replace

\b
Exit codes: 0 it is there, 2 it was refused and nothing changed."""
)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Where; else the problems' folder.")
@click.option("--replace", is_flag=True, help="Take the place of a package of the same name.")
def command(source: Path, into: Path | None, replace: bool) -> int:
    """Import a package in the ICPC/Kattis layout, 2025-09 or older: a folder, or a ZIP archive (.zip, .kpp)."""
    folder, slug = into or problems_folder(), slug_of(source)
    with installing(folder, slug, replace=replace) as made:
        if source.is_dir():
            copy(source, made)
        else:
            unpack(source, made)
    _describe(load_package(folder / slug))
    return EXIT_OK


def slug_of(source: Path) -> str:
    """The package's name here: that of the folder or archive, in lower-case words joined by hyphens."""
    path = source.resolve()
    slug = "-".join(re.findall(r"[a-z0-9]+", (path.name if path.is_dir() else path.stem).lower()))
    if not slug:
        raise WrongUse(f"{path.name!r} makes no name for a problem: call it by letters and digits")
    return slug


def _describe(problem: Problem) -> None:
    kind = "a function or class" if problem.interface else "whole programs"
    _say(f"{problem.folder}: {problem.title}, {', '.join(problem.meta.type)}, solved by {kind}")
    for group in problem.groups:
        _say(f"  {group.name}: {len(group.cases)} cases")
    _say(f"  {len(problem.jury)} jury solutions")
    _say(f"  is it any good? judge verify {problem.folder}")
    if problem.foreign:
        _say(f"  not judged here (another language, or several files): {', '.join(problem.foreign)}")


def _say(text: str) -> None:
    click.echo(harmless(text))
