"""judge verify and judge mutate on small packages, each with one fault, in real local boxes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from leaks import descendants, eventually, gone

ROOT = Path(__file__).parents[2]
PYTHONPATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

ACCEPTED = "def clamp(x, low, high):\n    if x < low:\n        return low\n    return high if x > high else x\n"
TWICE = "def clamp(x, low, high):\n    return min(max(x, low), high)\n"
TAKES_S = "import time\ndef clamp(x, low, high):\n    while time.process_time() < {}: pass\n    return x\n"
SOUND = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Clamp}\n",
    "interface.yaml": "function: clamp\nparameters: [{name: x, type: int}, {name: low, type: int},"
    " {name: high, type: int}]\nreturns: int\n",
    "statement/problem.en.md": "Move `x` into the bounds: `clamp(9, 1, 5)` is `5`.\n",
    "data/sample/1.in": "[9,1,5]",
    "data/sample/1.ans": "5",
    "data/secret/bounds/below.in": "[0,1,5]",
    "data/secret/bounds/below.ans": "1",
    "data/secret/bounds/above.in": "[7,1,5]",
    "data/secret/bounds/above.ans": "5",
    "data/secret/bounds/inside.in": "[3,1,5]",
    "data/secret/bounds/inside.ans": "3",
    "submissions/accepted/conditions.py": ACCEPTED,
    "submissions/accepted/min_of_max.py": TWICE,
    "submissions/wrong_answer/no_lower_bound.py": "def clamp(x, low, high):\n    return min(x, high)\n",
    "submissions/time_limit_exceeded/counts.py": "def clamp(x, low, high):\n    while True: pass\n",
}
FAULTS: dict[str, tuple[dict[str, str], set[tuple[str, str]]]] = {
    "sound": ({}, set()),
    "wrong-folder": (
        {"submissions/wrong_answer/right_after_all.py": TWICE},
        {("verdicts", "submissions/wrong_answer/right_after_all.py")},
    ),
    "hidden-sample": (
        {"data/sample/2.in": "[4,1,8]", "data/sample/2.ans": "4"},
        {("samples", "data/sample/2")},
    ),
    "references-disagree": (
        {"submissions/accepted/other.py": "def clamp(x, low, high):\n    return min(x, high)\n"},
        {("references", "submissions/accepted/other.py")},
    ),
    "dead-group": (
        {"data/secret/again/below.in": "[-7,1,5]", "data/secret/again/below.ans": "1"},
        {("groups", "data/secret/again")},
    ),
    "hardly-too-slow": (
        {"submissions/time_limit_exceeded/hardly.py": TAKES_S.format(0.4)},
        {("limits", "submissions/time_limit_exceeded/hardly.py")},
    ),
    "hardly-quick-enough": (
        {
            "data/secret/bounds/test_group.yaml": "cpu_multiplier: 1.3\ncpu_floor_s: 0.05\n",
            "data/sample/test_group.yaml": "cpu_floor_s: 0.5\n",
            "submissions/accepted/slow.py": TAKES_S.format(0.1).replace("return x", "return min(max(x, low), high)"),
        },
        {("limits", "submissions/accepted/slow.py")},
    ),
    "broken-generator": (
        {
            "generators/generators.yaml": "solution: accepted/conditions.py\ndata: {large: {a: {make: big, n: 5}}}\n",
            "generators/generate.py": "def big(n):\n    raise ValueError('out of order')\n",
        },
        {("package", "generators/generate.py")},
    ),
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, dict[str, str]], Path]:
    def to_folder(slug: str, changes: dict[str, str]) -> Path:
        for name, content in {**SOUND, **changes}.items():
            path = tmp_path / slug / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / slug

    return to_folder


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "judge.cli", *map(str, arguments), "--box", "local", "--json"]
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def judge(*arguments: object) -> tuple[int, Any]:
    """The exit code and what it printed as JSON."""
    ended = run(*arguments)
    return ended.returncode, json.loads(ended.stdout)


def test_verify_finds_the_fault_of_each_package_and_no_other(write: Callable[[str, dict[str, str]], Path]):
    code, told = judge("verify", *(write(slug, changes) for slug, (changes, _) in FAULTS.items()))
    assert code == 1
    found = {
        package["problem"]: {(one["check"], one["where"]) for one in package["findings"] if not one["is_note"]}
        for package in told["packages"]
    }
    assert found == {slug: expected for slug, (_, expected) in FAULTS.items()}
    assert [package["problem"] for package in told["packages"] if package["sound"]] == ["sound"]


def test_verify_names_the_case_on_which_references_disagree(write: Callable[[str, dict[str, str]], Path]):
    changes, _ = FAULTS["references-disagree"]
    _, told = judge("verify", write("references-disagree", changes))
    assert [one["what"] for one in told["packages"][0]["findings"]] == ["WA on bounds/below: the answer is another"]


def test_verify_accepts_a_sound_package(write: Callable[[str, dict[str, str]], Path]):
    code, told = judge("verify", write("sound", {}))
    assert (code, told["packages"][0]["sound"]) == (0, True)


EQUIVALENT = """
equivalent:
  - {submission: accepted/conditions.py, before: "if x < low:", after: "if x <= low:", reason: "both are low then"}
  - submission: accepted/conditions.py
    before: "return high if x > high else x"
    after: "return high if x >= high else x"
    reason: "both are high then"
"""


def test_mutate_counts_and_shows_what_the_tests_overlook(write: Callable[[str, dict[str, str]], Path]):
    code, (told,) = judge("mutate", write("clamp", {}))
    assert code == 1
    assert told["mutants"] - told["refused"] == len(told["survivors"]) == 2
    assert {one["after"] for one in told["survivors"]} == {"if x <= low:", "return high if x >= high else x"}


def test_mutate_accepts_survivors_that_are_explained_and_refuses_needless_explanations(
    write: Callable[[str, dict[str, str]], Path],
):
    code, (told,) = judge("mutate", write("clamp", {"mutation.yaml": EQUIVALENT}))
    assert (code, told["share"], told["explained"]) == (0, 1.0, 2)
    needless = '  - {submission: accepted/conditions.py, before: "return low", after: "pass", reason: "is refused"}\n'
    code, (told,) = judge("mutate", write("clamp", {"mutation.yaml": EQUIVALENT + needless}))
    assert code == 1
    assert [one["before"] for one in told["stale"]] == ["return low"]


def test_mutate_notices_when_a_case_is_missing(write: Callable[[str, dict[str, str]], Path]):
    folder = write("clamp", {"mutation.yaml": EQUIVALENT})
    for ending in ("in", "ans"):
        (folder / f"data/secret/bounds/below.{ending}").unlink()
    code, (told,) = judge("mutate", folder)
    assert code == 1
    assert told["share"] < 0.95


@pytest.mark.parametrize("command", ["verify", "mutate"])
def test_a_broken_package_is_wrong_use_and_says_where(write: Callable[[str, dict[str, str]], Path], command: str):
    folder = write("clamp", {"interface.yaml": "function: clamp\nparametres: []\n"})
    ended = run(command, folder)
    assert ended.returncode == 2
    assert "clamp/interface.yaml, line 2, key 'parametres'" in ended.stderr


def test_mutate_says_why_it_cannot_build(write: Callable[[str, dict[str, str]], Path]):
    changes, _ = FAULTS["broken-generator"]
    ended = run("mutate", write("broken-generator", changes))
    assert ended.returncode == 2
    assert "ValueError: out of order" in ended.stderr


def test_ctrl_c_ends_it_soon_and_leaves_nothing(write: Callable[[str, dict[str, str]], Path]):
    """Hundreds of submissions wait; those that run are finished, no other is begun."""
    slow = {f"submissions/time_limit_exceeded/{n}.py": f"# {n}\n{TAKES_S.format(60)}" for n in range(300)}
    command = [sys.executable, "-m", "judge.cli", "verify", "--box", "local", str(write("clamp", slow))]
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: len(descendants(process.pid)) > 4, lambda: "no box has started")
        below = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    eventually(lambda: gone(below), lambda: f"processes left: {below}")
