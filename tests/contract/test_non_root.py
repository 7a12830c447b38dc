"""The local box of a user who is not root: no chroot, no user of its own; Landlock and the syscall filter must hold."""

import ctypes
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nobody import ROOT, folder_of_everybody, library_of_everybody, python_of_everybody

PROGRAM = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from boxes import Caller, options
from judge.sandbox import start_box

attacks, without = json.loads(sys.stdin.read())
box = start_box("local", options(tuple(without)))
caller = Caller(box)
seen = {name: caller.one(source) for name, source in attacks.items()}
caller.judges_a_clean_submission()
facts = {name: [run.ended, run.output.decode()] for name, run in seen.items()}
print(json.dumps({"walls": box.info.walls, "seen": facts}))
box.close()
"""

ATTACKS = {
    "the password file": "return open('/etc/passwd').read(5)",
    "the problems": f"return open({str(ROOT / 'problems/two-sum/data/sample/1.ans')!r}).read(5)",
    "the launcher": "import sys; return open(sys.modules['jail'].__file__).read(5)",
    "a listing": "import os; return os.listdir('/')[0]",
    "another process": "return open('/proc/self/status').read(5)",
    "a new file": "open('/tmp/left-behind', 'w'); return 'made'",
    "a process": "import os\npid = os.fork()\nif not pid: os._exit(0)\nreturn pid",
    "a program": "import subprocess; return subprocess.run(['/bin/true']).returncode",
    "a socket": "import socket\nwith socket.socket() as s: return s.fileno()",
    "a signal to the parent": "import os; os.kill(os.getppid(), 0); return 'sent'",
    "a signal ordered from a descriptor": "import fcntl, os, socket\none, _ = socket.socketpair()\n"
    "fcntl.fcntl(one, fcntl.F_SETOWN, os.getppid()); return 'sent'",
    "the limits of the parent": "import os, resource; return resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)[0]",
    "the parent's clock": "import os, time; return time.clock_gettime(~os.getppid() << 3 | 2)",
}
HONEST = "import decimal, random, statistics; return statistics.mean([decimal.Decimal(1), decimal.Decimal(3)]) == 2"


@pytest.fixture(scope="module")
def landlock() -> None:
    abi = ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)
    if abi < 1:
        pytest.skip("this kernel has no Landlock (provide it: Linux 5.13 or later with CONFIG_SECURITY_LANDLOCK)")


@pytest.fixture(scope="module")
def library() -> Iterator[list[str]]:
    with library_of_everybody() as folders, folder_of_everybody() as ours:
        shutil.copy(Path(__file__).parent / "boxes.py", ours)
        yield [str(ours), *folders]


def run_as_nobody(library: list[str], bodies: dict[str, str], without: tuple[str, ...] = ()) -> dict[str, object]:
    sources = {
        name: "def two_words(n):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
        for name, body in bodies.items()
    }
    ended = subprocess.run(
        [*python_of_everybody(), "-c", PROGRAM, json.dumps(library)],
        input=json.dumps([sources, without]), capture_output=True, text=True, timeout=120, cwd="/",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    result: dict[str, object] = json.loads(ended.stdout)
    return result


def test_landlock_and_the_filter_refuse_every_attack(landlock: None, library: list[str]):
    result = run_as_nobody(library, {**ATTACKS, "honest": HONEST})
    assert result["walls"] == ["landlock", "rlimits", "seccomp"]
    seen = dict(result["seen"])
    assert seen.pop("honest") == ["ok", "true"]
    assert {name: ended for name, (ended, _) in seen.items()} == dict.fromkeys(ATTACKS, "failed")


def test_without_landlock_files_can_be_read(landlock: None, library: list[str]):
    seen = run_as_nobody(library, ATTACKS, without=("landlock",))["seen"]
    assert seen["the password file"] == ["ok", '"root:"']
    assert seen["a listing"][0] == "ok"
    assert seen["a process"][0] == "failed"


def test_without_the_filter_processes_can_be_made(landlock: None, library: list[str]):
    seen = run_as_nobody(library, ATTACKS, without=("seccomp",))["seen"]
    assert seen["a process"][0] == "ok"
    assert seen["a socket"][0] == "ok"
    for what in ("a signal ordered from a descriptor", "the limits of the parent", "the parent's clock"):
        assert seen[what][0] == "ok", "this user's processes are all within reach"
    assert seen["the password file"][0] == "failed"
