"""Do others judge as we do? Kattis' problemtools and BAPCtools on the packages beside this file, verdict by verdict.

Both are programs of their own, in an environment of their own (`make oracles`), for they bring a hundred megabytes of
what the judge does not need. Both call Python by the name of pypy3, which is therefore put in their way.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from judge.cache import Cache
from judge.calibration import calibrate
from judge.languages import get_language
from judge.models import Submission
from judge.package import Problem, load_package
from judge.pipeline import judge
from judge.sandbox import Boxes, BoxOptions, start_boxes

PACKAGES = Path(__file__).parent / "packages"
ORACLES = Path(__file__).parents[2] / ".oracles" / "bin"
NAMES = sorted(path.name for path in PACKAGES.iterdir() if (path / "problem.yaml").exists())

Verdicts = dict[str, str]


@pytest.fixture(scope="module")
def boxes() -> Iterator[Boxes]:
    made = start_boxes("local", BoxOptions(get_language("python")))
    yield made
    made.close()


@pytest.fixture(scope="module")
def ours(boxes: Boxes, shared_folder: Path) -> Callable[[str], Verdicts]:
    """Our verdicts on a package's jury submissions, judged once."""
    known: dict[str, Verdicts] = {}

    def verdicts(name: str) -> Verdicts:
        if name not in known:
            problem = load_package(PACKAGES / name)
            calibration = calibrate(problem, boxes, Cache(shared_folder / "cache"))
            known[name] = {one.name: _verdict(problem, one.source, calibration, boxes) for one in problem.jury}
        return known[name]

    return verdicts


def _verdict(problem: Problem, source: str, calibration: object, boxes: Boxes) -> str:
    report = judge(Submission(language="python", source=source), problem, calibration, boxes)  # type: ignore[arg-type]
    return str(report.verdict)


@pytest.fixture(scope="module")
def oracle(require: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    require("oracles")
    folder = tmp_path_factory.mktemp("pypy")
    (folder / "pypy3").symlink_to(Path(sys.executable).resolve())
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)}

    def ask(where: Path, program: str, *arguments: str) -> str:
        command = [ORACLES / program, *arguments]
        ran = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, timeout=300)
        return re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr)  # where CI is set, they write in colours

    return ask


def test_there_is_a_package_of_every_kind():
    problems = [load_package(PACKAGES / name) for name in NAMES]
    assert {(problem.validator is not None, problem.interactive) for problem in problems} == {
        (False, False), (True, False), (True, True)
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_jury_submission_earns_its_folders_verdict(ours: Callable[[str], Verdicts], name: str):
    problem = load_package(PACKAGES / name)
    judged = ours(name)
    assert {one.name for one in problem.jury if not one.permits(judged[one.name])} == set()


@pytest.mark.parametrize("name", NAMES)
def test_problemtools_agrees(ours: Callable[[str], Verdicts], oracle: Callable[..., str], tmp_path: Path, name: str):
    package = shutil.copytree(PACKAGES / name, tmp_path / name)
    said = oracle(tmp_path, "verifyproblem", "-p", "config", "data", "validators", "submissions", "--", str(package))
    assert "tested: 0 errors" in said, said
    found = dict(re.findall(r"^ +(\w+/\w+\.py) .*?: (AC|WA|TLE|RTE) ", said, re.MULTILINE))
    assert found == ours(name), said


@pytest.mark.parametrize("name", NAMES)
def test_bapctools_agrees(ours: Callable[[str], Verdicts], oracle: Callable[..., str], tmp_path: Path, name: str):
    """It reads the newer format only, and brings its own converter."""
    package = shutil.copytree(PACKAGES / name, tmp_path / name)
    oracle(package, "bt", "upgrade")
    said = oracle(package, "bt", "run", "--no-generate", "--no-bar")
    found = dict(re.findall(r"^(\w+/\w+\.py):.*? (AC|WA|TLE|RTE) ", said, re.MULTILINE))
    assert found == ours(name), said
