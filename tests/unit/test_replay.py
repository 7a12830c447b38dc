"""Judging again: from whose source and package, and what counts as a difference."""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from judge.errors import PackageError, WrongUse
from judge.models import Report
from judge.package import hash_folder
from judge.replay import Recorded, other_than_recorded, pairs, unpack
from judge.sandbox.base import BoxInfo

SOURCE = "def add(a, b):\n    return a + b\n"
LIMITS = {"cpu_time_s": 1.0, "wall_time_s": 2.0, "memory_mib": 256, "output_mib": 8}
JUDGED_WITH = {
    "source_sha256": hashlib.sha256(SOURCE.encode()).hexdigest(),
    "package": "p" * 64,
    "language": "python",
    "box": "docker",
    "walls": ["uid", "chroot"],
    "runtime": "Python 3.11",
    "image": "sha256:1",
}


def report(**verdicts: str | None) -> Report:
    """Of one group, by the names of its cases."""
    cases = [
        {"number": n, "name": name, "verdict": v, "skipped": v is None} for n, (name, v) in enumerate(verdicts.items())
    ]
    groups = [{"name": "edge", "verdict": "AC", "limits": LIMITS, "cases": cases}]
    return Report.model_validate({"verdict": "AC", "groups": groups, "judged_with": JUDGED_WITH})


def record(**changes: Any) -> dict[str, Any]:
    shown = report(one="AC").model_dump(mode="json")
    return {
        "problem": "add-two",
        "language": "python",
        "source": SOURCE,
        "package": "p" * 64,
        "report": shown,
        **changes,
    }


def differing(before: Report, now: Report) -> list[int]:
    return [place for place, pair in enumerate(pairs(before, now)) if pair.differs]


def test_verdicts_differ_and_figures_do_not() -> None:
    before = report(a="AC", b="WA", c=None)
    assert differing(before, before) == []
    assert differing(before, report(a="AC", b="TLE", c=None)) == [1]
    assert differing(before, report(a="AC", b="WA", c="AC")) == [2]
    assert differing(before, report(a="AC", b="WA")) == [2]
    assert differing(before, report(a="AC", b="WA", c=None, d="AC")) == [3]


def test_a_source_that_is_gone_or_another_is_not_judged_again() -> None:
    assert Recorded.of(record()).limits["edge"].memory_mib == 256
    with pytest.raises(WrongUse, match="not kept any more"):
        Recorded.of(record(source=None))
    with pytest.raises(WrongUse, match="not the one that was judged"):
        Recorded.of(record(source="x = 1"))
    with pytest.raises(WrongUse, match="no name of a problem"):
        Recorded.of(record(problem="../elsewhere"))


def test_a_package_that_is_another_is_not_judged_with(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "problem.yaml").write_text("name: x\n")
    right = hash_folder(tmp_path / "made")
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(tmp_path / "made" / "problem.yaml", "problem.yaml")
    with pytest.raises(PackageError, match="another package"):
        unpack(Recorded.of(record()), data.getvalue(), tmp_path / "one")
    with pytest.raises(PackageError, match="no accepted solution"):  # it is the right one, and broken
        unpack(Recorded.of(record(package=right)), data.getvalue(), tmp_path / "two")
    with pytest.raises(PackageError, match="no package"):
        unpack(Recorded.of(record()), b"x" * 600, tmp_path / "three")


def test_what_of_the_box_is_another_is_said() -> None:
    recorded = Recorded.of(record()).report.judged_with
    same = BoxInfo("docker", ("uid", "chroot"), "Python 3.11", "sha256:1")
    assert other_than_recorded(recorded, same) == {}
    assert other_than_recorded(recorded, BoxInfo("local", ("landlock",), "Python 3.13")) == {
        "box": ("docker", "local"),
        "image": ("sha256:1", "none"),
        "runtime": ("Python 3.11", "Python 3.13"),
        "walls": ("uid chroot", "landlock"),
    }
    assert other_than_recorded(None, same) == {}
