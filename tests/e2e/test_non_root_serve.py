"""Whoever runs the judge without being root is told, before the first submission, which walls do not stand."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nobody import folder_of_everybody, library_of_everybody, python_of_everybody

LOST = "without the wall uid: submissions share this user's uid"
NEVER_LOST = ("rlimits", "seccomp")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder_of_everybody() as folder:
        yield folder


@pytest.fixture(scope="module")
def environment(home: Path) -> Iterator[dict[str, str]]:
    with library_of_everybody() as folders:
        yield {
            "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(folders), "PYTHONUNBUFFERED": "1",
            "HOME": str(home), "TMPDIR": str(home), "JUDGE_CACHE_DIR": str(home / "cache"), "COLUMNS": "400",
        }  # fmt: skip


def command(*words: str) -> list[str]:
    return [*python_of_everybody(), "-m", "judge.cli", *words]


def test_doctor_says_what_stands_and_what_is_lost(environment: dict[str, str], home: Path):
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(str(home / "docker.sock"))
        (home / "docker.sock").chmod(0)  # as the daemon's socket is to those who are not of its group
        ended = subprocess.run(
            command("doctor", "--json"), env={**environment, "DOCKER_HOST": f"unix://{home}/docker.sock"},
            cwd="/", capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = {one["what"]: one for one in json.loads(ended.stdout)}
    box = found["box local, Python 3"]
    assert box["state"] == found["user"]["state"] == "degraded"
    assert LOST.replace("the wall ", "") in box["found"]
    assert not any(f"without {wall}" in box["found"] for wall in NEVER_LOST)
    for what in ("Docker", "box docker, Python 3"):
        assert found[what]["found"].startswith("This user may not speak to the Docker daemon.")
        assert "group" in found[what]["remedy"]


def test_serve_says_it_at_its_start_and_the_worker_in_its_log(environment: dict[str, str], home: Path):
    words = ["serve", "--port", "0", "--workers", "1", "--box", "local", "--data", str(home / "data")]
    with subprocess.Popen(
        command(*words), env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            said = read_until(server, "curl")
            log = (home / "data/logs/worker.log").read_text()
        finally:
            server.terminate()
            server.communicate(timeout=60)
    assert said.index(LOST) < said.index("judge serves")
    told = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    lost = {line["wall"]: line["lost"] for line in told if line["event"].startswith("a box lacks a wall")}
    assert lost["uid"].startswith("submissions share this user's uid")
    assert not any(f"without the wall {wall}" in said or wall in lost for wall in NEVER_LOST)


def read_until(server: "subprocess.Popen[str]", word: str) -> str:
    assert server.stdout
    said = ""
    while word not in said:
        line = server.stdout.readline()
        assert line, f"judge serve ended: {said}"
        said += line
    return said
