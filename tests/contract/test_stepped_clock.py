"""A wall clock that is set forward and back while programs run changes no fact: neither outside the box nor in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCK_C = ROOT / "tests" / "chaos" / "stepped_clock.c"

# The launcher sees the stepped clock too; `steps` says whether a program in the box saw it move.
JUDGING = """
import json, os, sys, threading, time
sys.path.insert(0, os.path.join("tests", "contract"))
from boxes import Caller, LIMITS, IMPATIENT, SHORT, function, options
from judge.sandbox import local

local.ENVIRONMENT.update({name: os.environ[name] for name in ("LD_PRELOAD", "STEPPED_CLOCK")})
ended = threading.Event()

def step():
    with open(os.environ["STEPPED_CLOCK"], "r+b", buffering=0) as clock:
        for hours in [1, -1] * 10_000:
            clock.seek(0)
            clock.write((3600 * hours).to_bytes(8, sys.byteorder, signed=True))
            if ended.wait(0.01):
                return

stepping = threading.Thread(target=step, daemon=True)
stepping.start()
box = local.start(options())
call = Caller(box)
watch = "import time\\nbegan, ends = time.time(), time.monotonic() + 20\\nwhile time.monotonic() < ends:\\n"
watch += "    if abs(time.time() - began) > 1000:\\n        return True\\n    time.sleep(0.003)\\n"
steps = call.value(watch)
found = {
    "steps": steps.decode(),
    "sleeper": call.one(function("import time\\ntime.sleep(0.4)\\nreturn n"), limits=LIMITS).ended,
    "loop": call.one(function("while True: pass"), limits=SHORT).ended,
    "hang": call.one(function("import time\\ntime.sleep(60)"), limits=IMPATIENT).ended,
}
box.close()
ended.set()
stepping.join()
print(json.dumps(found))
"""


@pytest.fixture
def stepped_clock(tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose wall clock can be stepped."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler here (provide it: apt-get install gcc libc6-dev)")
    library, clock = tmp_path / "stepped_clock.so", tmp_path / "clock"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, CLOCK_C, "-ldl"], check=True)
    clock.write_bytes(bytes(8))
    return {"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(clock)}


def test_a_stepped_clock_changes_no_fact(stepped_clock: dict[str, str]):
    environment = {**os.environ, **stepped_clock, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", JUDGING], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"steps": "true", "sleeper": "ok", "loop": "cpu_limit", "hang": "wall_limit"}
