"""Running Python as a user who is not root, with our library and what it needs where everybody may read it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pydantic
import pytest

ROOT = Path(__file__).parents[1]
NOBODY = 65534
_PARTS = ("api", "judge", "problems", "worker")
_NOT_NEEDED = ("_pytest", "hypothesis*", "*mypyc*", "mypy*", "pip*", "pytest*", "ruff*", "setuptools*")


def python_of_everybody() -> list[str]:
    """A command that runs Python as a user who is not root: as nobody when we are root."""
    if os.geteuid():
        return [sys.executable]
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed (provide it: apt-get install util-linux)")
    drop = [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
    ]
    wanted = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', '']); sys.exit(sys.version_info[:2] != (%d, %d))"
    )
    for python in (sys.executable, "/usr/bin/python3"):
        if (
            Path(python).exists()
            and not subprocess.run([*drop, python, "-c", wanted % sys.version_info[:2]], capture_output=True).returncode
        ):
            return [*drop, python]
    pytest.skip(f"no Python {sys.version_info[0]}.{sys.version_info[1]} that another user may run "
                "(provide it: apt-get install python3)")  # fmt: skip


@contextlib.contextmanager
def library_of_everybody() -> Iterator[list[str]]:
    """Folders to import from that everybody may read: ours, and those of the packages it needs."""
    if os.geteuid():
        yield [str(ROOT), *sys.path]
        return
    with folder_of_everybody() as home:  # pytest's own folders are closed to others
        for part in _PARTS:
            shutil.copytree(ROOT / part, home / part)  # with the byte-code, for nobody can write it there
        installed = Path(pydantic.__file__).parents[1]
        shutil.copytree(installed, home / "site-packages", ignore=shutil.ignore_patterns(*_NOT_NEEDED))
        yield [str(home), str(home / "site-packages")]


@contextlib.contextmanager
def folder_of_everybody() -> Iterator[Path]:
    """A folder of nobody's own, when we are root; its path is short, for there may be a socket below it."""
    home = Path(tempfile.mkdtemp(prefix="nr-", dir="/var/tmp"))
    if not os.geteuid():
        os.chown(home, NOBODY, NOBODY)
    try:
        yield home
    finally:
        shutil.rmtree(home)
