"""Which walls a box says it lacks, and what is lost without them."""

import pytest

from judge.sandbox.base import BoxInfo


@pytest.mark.parametrize(
    ("walls", "lost"),
    [
        (("chroot", "rlimits", "seccomp", "uid"), set()),
        (("landlock", "rlimits", "seccomp", "uid"), set()),
        (("landlock", "rlimits", "seccomp"), {"uid"}),
        (("rlimits", "seccomp"), {"uid", "chroot or landlock"}),
        ((), {"uid", "chroot or landlock", "rlimits", "seccomp"}),
    ],
)
def test_a_box_says_which_walls_are_lost(walls: tuple[str, ...], lost: set[str]):
    told = BoxInfo("local", walls, "Python").lost_walls()
    assert set(told) == lost
    assert all(told.values())
