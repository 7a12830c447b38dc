"""Where no child can be jailed the launcher ends at once, and says what is in the way."""

import subprocess
import sys

import inside
import pytest

from judge.languages import get_language
from judge.sandbox.launched import BoxOptions, launcher_config

_EXIT_BROKEN = 70
CONFIG = launcher_config(BoxOptions(get_language("python")), None, die_with_parent=True)


def launched(*before: str, code: str = "") -> tuple[int, str]:
    """(exit status, log) of a launcher that is told nothing; `code` runs in it before it begins."""
    begin = f"import runpy, sys\nsys.path.insert(0, {str(inside.FOLDER)!r})"
    program = f"{begin}\n{code}\nrunpy.run_module('launcher', run_name='__main__')"
    command = [*before, sys.executable, "-I", "-S", "-c", program, CONFIG]
    ended = subprocess.run(command, input=b"", capture_output=True, cwd="/", timeout=60)
    return ended.returncode, ended.stderr.decode()


def test_a_launcher_that_is_told_nothing_ends_well():
    assert launched() == (0, "")


@pytest.mark.parametrize("wall", ["_give_up", "_close_the_door"])
def test_a_wall_that_cannot_be_built_is_named(wall: str):
    code = f"import jail\ndef refuse(*_): raise OSError(1, 'the kernel refused it')\njail.{wall} = refuse"
    assert launched(code=code) == (
        _EXIT_BROKEN,
        "launcher: a child could not be jailed: PermissionError: [Errno 1] the kernel refused it\n",
    )


def test_what_the_zygote_cannot_prepare_is_named():
    code = "import jail\ndef refuse(*_): raise ValueError('not allowed')\njail.prepare_zygote = refuse"
    assert launched(code=code) == (_EXIT_BROKEN, "launcher: no child can be had: ValueError: not allowed\n")


def test_a_user_namespace_without_uids_for_children_is_named():
    namespace = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*namespace, "true"], capture_output=True).returncode:
        pytest.skip("this kernel lets this user make no user namespace")
    assert launched(*namespace) == (
        _EXIT_BROKEN,
        "launcher: this user namespace has only 1 uids, none of them for a child\n",
    )
