"""Puts a package in its place, whole or not at all: it is made and checked beside it, then renamed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from judge.errors import WrongUse
from judge.package.check import SLUG
from judge.package.load import load_package


@contextmanager
def installing(folder: Path, slug: str, *, replace: bool = False) -> Iterator[Path]:
    """A new folder to put the package into; once it is filled it is loaded, and takes its place if it is sound.

    Raises WrongUse when there is a package of that name already and it is not to be replaced; PackageError when the
    new one is broken. In either case nothing is changed.
    """
    if not SLUG.fullmatch(slug):
        raise WrongUse(f"{slug!r} is no name for a problem: it must be lower-case words joined by hyphens")
    place = folder / slug
    if place.exists() and not replace:
        raise WrongUse(f"there is a {place} already")
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        made = scratch / slug
        made.mkdir()
        yield made
        load_package(made)
        _move(made, place, scratch / "replaced")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(made: Path, place: Path, aside: Path) -> None:
    """Two renames where a package is replaced; when the second fails, the first is taken back."""
    replaced = place.exists()
    if replaced:
        place.rename(aside)
    try:
        made.rename(place)
    except OSError:
        if replaced:
            aside.rename(place)
        raise
