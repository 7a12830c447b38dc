"""What every test stands on: a clean environment, what this machine offers, and nothing left behind.

A test that needs what not every machine has says `require("docker")`. At the desk it is then skipped, with the reason
and the command that provides it; where JUDGE_REQUIRE=docker,image,... names it, as in CI, it fails instead.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docker
import hypothesis
import pytest
from leaks import child_processes, eventually, existing_containers
from runtimes import further_runtimes

from judge.errors import BoxUnavailable
from judge.image import build_image
from judge.languages import get_language
from judge.sandbox.docker import connect

ORACLES = Path(__file__).parents[1] / ".oracles" / "bin"  # programs of others that judge packages too

# No file in the working folder, and no failure because the machine is busy.
hypothesis.settings.register_profile("judge", database=None, deadline=None)
hypothesis.settings.load_profile("judge")


# ---- what this machine offers ------------------------------------------------------------------------------------


def _docker() -> str | None:
    try:
        connect().close()
    except BoxUnavailable as exc:
        return f"{exc} (provide it: apt-get install docker.io && systemctl start docker)"
    return None


def _runtime() -> str | None:
    if reason := _docker():
        return reason
    if further_runtimes():
        return None
    return "Docker has no container runtime beside its default one (provide one: see docs/hardening.md)"


def _compose() -> str | None:
    for command in (["docker-compose", "version"], ["docker", "compose", "version"]):
        if shutil.which(command[0]) and not subprocess.run(command, capture_output=True).returncode:
            return _docker()
    return "docker-compose is not installed (provide it: apt-get install docker-compose)"


def _postgresql() -> str | None:
    if shutil.which("pg_ctl") or list(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")):
        return None
    return "PostgreSQL is not installed (provide it: apt-get install postgresql)"


def _nginx() -> str | None:
    if shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return None
    return "nginx is not installed (provide it: apt-get install nginx-light)"


def _oracles() -> str | None:
    missing = [name for name in ("verifyproblem", "bt") if not (ORACLES / name).exists()]
    return f"{' and '.join(missing)} not installed (provide it: make oracles)" if missing else None


def _fuzz() -> str | None:
    return None if importlib.util.find_spec("atheris") else "atheris is not installed (provide it: make .venv/fuzz)"


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def require(shared_folder: Path) -> Callable[[str], None]:
    """Skip, or where JUDGE_REQUIRE names it fail, when this machine lacks one of those listed below."""

    def image() -> str | None:
        return _docker() or _build_image_once(shared_folder)

    missing = {
        "docker": cache(_docker),
        "image": cache(image),
        "runtime": cache(_runtime),
        "compose": cache(_compose),
        "postgresql": cache(_postgresql),
        "nginx": cache(_nginx),
        "oracles": cache(_oracles),
        "fuzz": cache(_fuzz),
    }
    demanded = {name.strip() for name in os.environ.get("JUDGE_REQUIRE", "").split(",")}

    def need(name: str) -> None:
        reason = missing[name]()
        if reason and name in demanded:
            pytest.fail(f"JUDGE_REQUIRE names {name}: {reason}", pytrace=False)
        if reason:
            pytest.skip(reason)

    return need


def _build_image_once(folder: Path) -> str | None:
    """Build the sandbox image for this test run, by one of its processes; the others wait and read what came of it."""
    result = folder / "sandbox-image"
    with (folder / "sandbox-image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            try:
                build_image(get_language("python"), None, lambda text: None)
                result.write_text("")
            except BoxUnavailable as exc:
                result.write_text(f"{exc} (provide it: judge image build)")
    return result.read_text() or None


# ---- a clean environment -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def clean_environment(shared_folder: Path) -> Iterator[None]:
    """No setting of the desk reaches a test; derived things are kept once for the whole test run."""
    earlier = {
        name: value for name, value in os.environ.items() if name.startswith("JUDGE_") and name != "JUDGE_REQUIRE"
    }
    for name in earlier:
        del os.environ[name]
    os.environ["JUDGE_CACHE_DIR"] = str(shared_folder / "cache")
    yield
    del os.environ["JUDGE_CACHE_DIR"]
    os.environ.update(earlier)


# ---- nothing left behind -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def started_containers() -> Iterator[list[str]]:
    """The ids of the containers that this process has created, in order."""
    started: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        create = docker.APIClient.create_container_from_config

        def note(*args: Any, **kwargs: Any) -> Any:
            made = create(*args, **kwargs)
            started.append(made["Id"])
            return made

        patch.setattr(docker.APIClient, "create_container_from_config", note)
        yield started


@pytest.fixture
def leak_detector(started_containers: list[str]) -> Iterator[None]:
    """After the test no child process and no container is there that was not there before it."""
    children, first = child_processes(), len(started_containers)
    yield
    eventually(
        lambda: not child_processes() - children, lambda: f"child processes left: {child_processes() - children}"
    )
    mine = started_containers[first:]
    eventually(lambda: not existing_containers(mine), lambda: f"containers left: {existing_containers(mine)}")
