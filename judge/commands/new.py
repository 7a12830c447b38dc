"""judge new: a package that works, to be changed into another one."""

import keyword
import shutil
import uuid
from pathlib import Path

import click

import judge
from judge.cli import EXIT_OK
from judge.commands import problems_folder
from judge.package import load_package
from judge.package.install import installing

TEMPLATES = Path(judge.__file__).parent / "templates"
KINDS = ("function", "class", "stdio")


@click.command(
    epilog="""\b
Examples:
  judge new two-sum --function
  judge new lru-cache --class --into drafts
  judge new word-count --stdio

\b
Exit codes: 0 it is there, 2 wrong use."""
)
@click.argument("slug")
@click.option("--function", "kind", flag_value="function", help="Solutions write one function.")
@click.option("--class", "kind", flag_value="class", help="Solutions write one class.")
@click.option("--stdio", "kind", flag_value="stdio", help="Solutions are whole programs.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Where; else the problems' folder.")
def command(slug: str, kind: str | None, into: Path | None) -> int:
    """Make a package named SLUG with statement, cases, generator and jury solutions, ready to be edited."""
    if kind is None:
        raise click.UsageError(f"Say of which kind: {', '.join(f'--{kind}' for kind in KINDS)}.")
    folder = into or problems_folder()
    with installing(folder, slug) as made:
        _fill(made, TEMPLATES / kind)
    problem = load_package(folder / slug)
    click.echo(f"{problem.folder}: {problem.title}, with {len(problem.jury)} jury solutions; edit it, then try")
    click.echo(f"judge verify {problem.folder}")
    return EXIT_OK


def _fill(folder: Path, template: Path) -> None:
    """Copy the template; the names in it that stand for the problem's own become those."""
    words = folder.name.split("-")
    function, class_ = "_".join(words), "".join(word.capitalize() for word in words)
    if not function.isidentifier() or keyword.iskeyword(function):
        function, class_ = f"solve_{function}", f"Problem{class_}"
    names = {
        "the_name": function,
        "TheName": class_,
        "The Title": " ".join(word.capitalize() for word in words),
        "the-uuid": str(uuid.uuid4()),
    }
    shutil.copytree(template, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for placeholder, name in names.items():
            text = text.replace(placeholder, name)
        path.write_text(text, encoding="utf-8")
