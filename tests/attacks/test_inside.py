"""What a child is given and what stays of it, seen from outside as root: the reasons the attacks have to fail."""

import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from leaks import descendants, eventually, gone
from look import Inside, holds, status, watched

from judge.attack_check import FOLDER, judge
from judge.errors import BoxBroken
from judge.languages import get_language
from judge.models import Limits, Verdict
from judge.package import Problem, load_packages
from judge.sandbox import Boxes, BoxOptions
from judge.sandbox.launched import INSIDE, launcher_config

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may look (provide it: run the tests as root)")

SOURCE, PRINTED, RESULT, INPUT = b"marker-of-the-source", b"marker-of-a-print", b"marker-of-a-result", b"918273645"
KEEPER = """
import builtins, json, sys
# marker-of-the-source
def square(n):
    print('marker-of-' + 'a-print', n)
    builtins.kept = json.kept = sys.kept = ['marker-of-' + 'a-result', n, str(n) * 3]
    return n * n
"""
Watched = tuple[Boxes, Inside]


@pytest.fixture
def problem() -> Problem:
    return load_packages(FOLDER / "problems")["square"]


@pytest.fixture
def box(backend: str, started_containers: list[str], leak_detector: None) -> Iterator[Watched]:
    with watched(backend, started_containers) as found:
        yield found


# ---- what a child is given ---------------------------------------------------------------------------------------


def test_a_spare_child_has_nothing_open_but_its_sockets_and_the_null_device(box: Watched):
    spare = box[1].spare
    eventually(lambda: os.readlink(f"/proc/{spare}/fd/2") == "/dev/null")  # its last step; until then it is no spare
    opened = {int(fd): os.readlink(f"/proc/{spare}/fd/{fd}") for fd in os.listdir(f"/proc/{spare}/fd")}
    assert [opened[fd] for fd in range(3)] == ["/dev/null"] * 3
    rest = [target for fd, target in opened.items() if fd > 2]
    assert len(rest) <= 2
    assert all(re.fullmatch(r"socket:\[\d+\]", target) for target in rest)


def test_a_spare_child_has_no_power_and_can_gain_none(box: Watched):
    said = status(box[1].spare)
    uids, gids = said["Uid"].split(), said["Gid"].split()
    assert len(set(uids + gids)) == 1
    assert int(uids[0]) >= 1_000
    assert said["Groups"] == ""
    assert [int(said[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")] == [0] * 4
    assert (said["NoNewPrivs"], said["Seccomp"]) == ("1", "2")
    assert os.readlink(f"/proc/{box[1].spare}/root") != "/"


def test_no_environment_no_arguments_and_no_folder_of_the_workers_are_in_a_child(box: Watched):
    spare = box[1].spare
    names = {one.partition(b"=")[0] for one in Path(f"/proc/{spare}/environ").read_bytes().split(b"\0") if one}
    assert names <= {b"PATH", b"LC_ALL", b"MALLOC_ARENA_MAX", b"HOSTNAME", b"HOME", b"container"}
    assert b"JUDGE" not in Path(f"/proc/{spare}/cmdline").read_bytes()
    assert os.readlink(f"/proc/{spare}/cwd") == os.readlink(f"/proc/{spare}/root")


def test_the_kernel_short_of_memory_takes_a_child_first(box: Watched):
    inside = box[1]
    adjustment = {pid: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (inside.launcher, inside.spare)}
    assert adjustment[inside.spare] == 1_000
    assert adjustment[inside.launcher] < 1_000


# ---- what stays of it --------------------------------------------------------------------------------------------


def test_the_zygote_and_the_next_child_have_never_held_a_source_an_input_or_an_output(box: Watched, problem: Problem):
    """The supervisor has, which shows that the search finds what is there."""
    running, inside = box
    for _ in range(3):
        assert judge(KEEPER, problem, running).verdict is Verdict.AC
    markers = [SOURCE, PRINTED, RESULT, INPUT, str(918273645**2).encode()]
    assert INPUT in holds(inside.launcher, markers)
    assert holds(inside.zygote, markers) == set()
    assert holds(inside.spare, markers) == set()


def test_no_child_outlives_its_group_whatever_it_does(box: Watched, problem: Problem):
    running, inside = box
    stubborn = """
import atexit, signal, threading, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
atexit.register(time.sleep, 60)
def square(n):
    threading.Thread(target=time.sleep, args=(60,)).start()
    return n * n
"""
    before = inside.spare
    assert judge(stubborn, problem, running).verdict is Verdict.AC
    eventually(lambda: len(descendants(inside.launcher)) == 2)
    assert inside.spare != before


# ---- accidents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("victim", ["launcher", "zygote", "child"])
def test_a_process_of_the_box_killed_in_the_midst_is_never_the_submissions_success(
    box: Watched, problem: Problem, victim: str
):
    running, inside = box
    below = descendants(inside.launcher)
    pid = {"launcher": inside.launcher, "zygote": inside.zygote, "child": inside.spare}[victim]
    sleeper = "import time\ndef square(n):\n    time.sleep(0.2)\n    return n * n\n"
    limits = Limits(cpu_time_s=2, wall_time_s=30, memory_mib=64, output_mib=1)
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    try:
        verdict = judge(sleeper, problem, running, limits).verdict
    except BoxBroken:
        pass
    else:
        assert victim == "child"
        assert verdict is Verdict.MLE  # what SIGKILL means where the supervisor did not send it
    killer.join()
    running.close()
    eventually(lambda: gone(below), lambda: f"left: {below}")


@pytest.mark.parametrize("cut_after", [3, 8, 40, 500])
def test_a_stream_cut_in_the_middle_of_a_frame_ends_the_launcher_and_all_below_it(cut_after: int):
    header = b'{"op":"run","source_size":400,"padding":"' + b"x" * 300 + b'"}'
    frame = struct.pack(">II", len(header), 400) + header + b"#" * 400
    config = launcher_config(BoxOptions(get_language("python")), None, die_with_parent=False)
    command = [sys.executable, "-I", "-S", str(INSIDE / "launcher.py"), config]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as launcher:
        assert launcher.stdin
        assert launcher.stdout
        launcher.stdout.read(8)
        below = descendants(launcher.pid)
        launcher.stdin.write(frame[:cut_after])
        launcher.stdin.flush()
        time.sleep(0.05)
        launcher.stdin.close()
        assert launcher.wait(30) == 0
    eventually(lambda: gone(below), lambda: f"left: {below}")


def test_a_child_that_answers_byte_by_byte_pays_for_it(box: Watched, problem: Problem):
    """Its own time runs while it dawdles; the supervisor's work for it stays within a few times its own."""
    running, inside = box
    dawdler = """
import os, struct, sys
def square(n):
    frame = sys._getframe()
    while frame.f_code.co_name != 'main':
        frame = frame.f_back
    def send(*_):
        for byte in struct.pack('>cII', b'R', 500_000, 0) + b'1' * 500_000:
            os.write(3, bytes([byte]))
    frame.f_globals['reply'] = send
    return n
"""
    before = cpu_ticks(inside.launcher)
    assert judge(dawdler, problem, running).verdict in (Verdict.TLE, Verdict.RTE)
    limit_s = 0.25 * 1.5 * sum(len(group.cases) for group in problem.groups)
    assert (cpu_ticks(inside.launcher) - before) / os.sysconf("SC_CLK_TCK") < 4 * limit_s


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
