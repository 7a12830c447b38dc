"""What tests look for when nothing shall be left behind: processes, containers, and things that come true soon."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest
import requests

from judge.sandbox.docker import connect

_SOON_S = 15.0


def child_processes() -> set[int]:
    """The ids of this process's living children."""
    mine = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = path.read_text().rpartition(")")
        except OSError:
            continue
        if int(fields.split()[1]) == os.getpid():
            mine.add(int(path.parent.name))
    return mine


def existing_containers(ids: list[str]) -> list[str]:
    """Those of the containers that are still there."""
    if not ids:
        return []
    client = connect()
    try:
        return [container_id for container_id in ids if _exists(client, container_id)]
    finally:
        client.close()


def _exists(client: docker.DockerClient, container_id: str) -> bool:
    try:
        client.api.inspect_container(container_id)
    except (docker.errors.NotFound, requests.RequestException):
        return False
    return True


def eventually(holds: Callable[[], bool], why: Callable[[], str] = lambda: "it never came true") -> None:
    """Wait until it holds; fail when it has not after a time that no sound machine needs."""
    deadline = time.monotonic() + _SOON_S
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(why())
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """The ids of the process's children, their children, and so on."""
    found = {int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()}
    return found.union(*map(descendants, found))


def gone(pids: set[int]) -> bool:
    """No such process is there any more, or only as an entry that its parent has not read yet."""
    return not any(_state(pid) not in ("", "Z") for pid in pids)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
