"""The compose stack for real: built, brought up, judged through, restarted, and taken down without a trace.

It is one test, because bringing the stack up costs minutes where its base images must be made first. Everything it
makes carries the name of its project, so a stack of the operator's on the same daemon is not touched.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "problems" / "two-sum" / "submissions"
SERVICES = ["api", "postgres", "redis", "worker"]
IMAGE_OF_A_REGISTRY = "redis:7-bookworm"  # the smallest of the defaults in docker-compose.yml
LABEL = "judge.e2e"


@dataclass(frozen=True)
class Stack:
    """One project of Compose, with settings of its own."""

    project: str
    command: list[str]
    environment: dict[str, str]
    secrets: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['JUDGE_PORT']}"

    def compose(self, *arguments: str) -> str:
        return run(*self.command, "--project-name", self.project, *arguments, environment=self.environment)

    def containers(self, *services: str) -> list[str]:
        return self.compose("ps", "--quiet", *services).split()

    def health(self) -> dict[str, str]:
        form = "{{.State.Health.Status}}"
        return {name: run("docker", "inspect", "--format", form, *self.containers(name)).strip() for name in SERVICES}

    def boxes(self) -> list[str]:
        """The containers that this stack's worker has started: they inherit the label of their image."""
        return run("docker", "ps", "--all", "--quiet", "--filter", f"label={LABEL}={self.project}").split()

    def leftovers(self) -> list[str]:
        ours = ("--quiet", "--filter", f"label=com.docker.compose.project={self.project}")
        kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return self.boxes() + [line for kind in kinds for line in run("docker", *kind, *ours).split()]

    def judge(self, key: str, file: Path) -> dict[str, Any]:
        """Post a solution to two-sum and wait for its verdict."""
        body = {"problem": "two-sum", "language": "python", "source": file.read_text(encoding="utf-8")}
        submission = self.ask(key, "/api/v1/submissions?wait=60", body)
        if submission["status"] != "judged":
            submission = self.ask(key, f"/api/v1/submissions/{submission['id']}?wait=60")
        return submission

    def ask(self, key: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode() if body else None, headers)
        with urllib.request.urlopen(request, timeout=90) as answer:
            return dict(json.load(answer))


@pytest.fixture
def stack(require: Callable[[str], None], tmp_path: Path) -> Iterator[Stack]:
    require("docker")
    require("compose")
    project = f"judge-e2e-{secrets.token_hex(4)}"
    environment = {
        **os.environ,
        **base_images(),
        "JUDGE_PORT": str(free_port()),
        "JUDGE_SECRETS": str(tmp_path / "secrets"),
        "JUDGE_SANDBOX_IMAGE": f"{project}-sandbox",
    }
    label = tmp_path / "label.yml"
    label.write_text(json.dumps({"services": {"sandbox-image": {"build": {"labels": {LABEL: project}}}}}))
    command = [*compose_command(), "--file", str(ROOT / "docker-compose.yml"), "--file", str(label)]
    run(str(ROOT / "deploy" / "make-secrets"), str(tmp_path / "secrets"))
    stack = Stack(project, command, environment, tmp_path / "secrets")
    try:
        yield stack
    finally:
        try:
            print(stack.compose("logs", "--no-color", "--tail", "100"))  # shown if the test failed
        finally:
            stack.compose("down", "--volumes", "--rmi", "local", "--timeout", "20")
            subprocess.run(["docker", "rmi", f"{project}-sandbox"], capture_output=True)  # never built, if `up` failed


@pytest.mark.docker
@pytest.mark.compose
def test_the_stack_judges_survives_restarts_and_leaves_nothing(stack: Stack) -> None:
    stack.compose("up", "--build", "--detach")
    key = stack.compose("exec", "-T", "api", "python", "-m", "api.manage", "create-key", "e2e").strip()

    first = stack.judge(key, a_solution("accepted"))
    assert first["verdict"] == "AC", first
    assert stack.judge(key, a_solution("wrong_answer"))["verdict"] == "WA"
    assert stack.boxes(), "the worker judges in containers beside it"

    the_worker_is_kept_apart(stack)
    the_secrets_show_nowhere(stack)

    stack.compose("restart", "worker")
    assert stack.judge(key, a_solution("accepted"))["verdict"] == "AC"

    stack.compose("restart")
    wait_until(lambda: set(stack.health().values()) == {"healthy"}, stack.health)
    assert stack.judge(key, a_solution("accepted"))["verdict"] == "AC"
    assert stack.ask(key, f"/api/v1/submissions/{first['id']}") == first, "the database outlives a restart"

    stack.compose("down", "--volumes", "--timeout", "20")
    wait_until(lambda: not stack.leftovers(), stack.leftovers)


def the_worker_is_kept_apart(stack: Stack) -> None:
    """It reaches Redis; it does not reach the database, neither by name nor by address."""
    (postgres,) = stack.containers("postgres")
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    address = run("docker", "inspect", "--format", form, postgres).strip()
    program = """
import socket, sys
def reached(host, port):
    try:
        return bool(socket.create_connection((host, port), timeout=2))
    except OSError:
        return False
print([host for host, port in (("redis", 6379), ("postgres", 5432), (sys.argv[1], 5432)) if reached(host, port)])
"""
    assert stack.compose("exec", "-T", "worker", "python", "-c", program, address).strip() == "['redis']"


def the_secrets_show_nowhere(stack: Stack) -> None:
    shown = run("docker", "inspect", *stack.containers()) + stack.compose("logs", "--no-color")
    for path in stack.secrets.iterdir():
        assert path.read_text() not in shown, f"{path.name} can be read by `docker inspect` or in the logs"


def base_images() -> dict[str, str]:
    """The settings for base images: none where a registry answers, else those made from Debian packages."""
    if in_reach(IMAGE_OF_A_REGISTRY):
        return {}
    if not shutil.which("mmdebstrap"):
        reason = "no image registry answers, and mmdebstrap is missing (provide it: apt-get install mmdebstrap)"
        lacking = pytest.fail if "compose" in os.environ.get("JUDGE_REQUIRE", "").split(",") else pytest.skip
        lacking(reason)
    offline = ROOT / "deploy" / "offline"
    run(str(offline / "make-images"), environment={**os.environ, "PYTHON": sys.executable})
    lines = (offline / "images.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def in_reach(image: str) -> bool:
    try:
        pull = subprocess.run(["docker", "pull", "--quiet", image], capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return pull.returncode == 0


def a_solution(folder: str) -> Path:
    return min((SOLUTIONS / folder).glob("*.py"))


def compose_command() -> list[str]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until(holds: Callable[[], bool], state: Callable[[], object], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"still not so after {within_s:.0f} s: {state()}"
        time.sleep(0.5)


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """What the command prints to its standard output. A failure shows everything it said."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout
