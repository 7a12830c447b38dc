"""Where the kernel tells nobody of denied calls their names are missing; wall and verdicts are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("why", ["busy", "unknown"])
def test_without_a_listener_the_filter_holds_as_ever_and_names_nothing(why: str, leak_detector: None):
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tests/attacks/mute.py"), why],
        capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout)
    assert "seccomp" in told["walls"]
    assert set(told["failed"].values()) == {"PermissionError"}
    assert set(map(tuple, told["denied"].values())) == {()}
    assert told["tried"] > 40
    assert told["not held"] == []
