"""Looks into a running box from outside, as root may: its processes, their descriptors, memory and what they left."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leaks import child_processes, descendants, eventually

from judge.languages import get_language
from judge.sandbox import Boxes, BoxOptions, start_boxes
from judge.sandbox.docker import connect

_MIB = 1 << 20
_FIRST_CHILD_UID = 1 << 30
_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue")


@dataclass(frozen=True)
class State:
    """What must not grow: processes below the launcher, open descriptors and memory of those that stay."""

    processes: int
    descriptors: tuple[int, ...]
    memory_kib: int


class Inside:
    """The processes of one box: the launcher, its zygote, and the children that come and go."""

    def __init__(self, launcher: int, container: str | None) -> None:
        self.launcher, self.container = launcher, container
        eventually(lambda: len(descendants(launcher)) >= 2, lambda: "the box has no zygote and no spare child")
        (self.zygote,) = _children(launcher)

    @property
    def spare(self) -> int:
        """The child that waits for the next job, once it is jailed and does wait."""
        eventually(lambda: len(_children(self.zygote)) == 1)
        (pid,) = _children(self.zygote)
        eventually(lambda: (said := status(pid))["Seccomp"] == "2" and said["State"].startswith("S"))
        return pid

    def state(self) -> State:
        stay = (self.launcher, self.zygote)
        return State(
            len(descendants(self.launcher)),
            tuple(len(os.listdir(f"/proc/{pid}/fd")) for pid in stay),
            sum(memory_kib(pid) for pid in stay),
        )

    def changed_files(self) -> list[str]:
        """What was written: into the container, or into this machine's folders that everybody may write to."""
        if self.container:
            client = connect()
            try:
                return [str(one["Path"]) for one in client.api.diff(self.container) or []]
            finally:
                client.close()
        return [str(path) for folder in _FOLDERS if os.path.isdir(folder) for path in _left_in(Path(folder))]


@contextmanager
def watched(backend: str, containers: list[str]) -> Iterator[tuple[Boxes, Inside]]:
    """A box of this backend, and a look into it."""
    before, first = child_processes(), len(containers)
    boxes = start_boxes(backend, BoxOptions(get_language("python")))
    try:
        yield boxes, inside_of(before, containers[first:])
    finally:
        boxes.close()


def inside_of(before: set[int], containers: list[str]) -> Inside:
    """A look into the box that was started since `before`: the containers of that time, or the child process."""
    if containers:
        client = connect()
        try:
            return Inside(int(client.api.inspect_container(containers[-1])["State"]["Pid"]), containers[-1])
        finally:
            client.close()
    (pid,) = child_processes() - before
    return Inside(pid, None)


def memory_kib(pid: int) -> int:
    return int(status(pid)["VmRSS"].split()[0])


def status(pid: int) -> dict[str, str]:
    """/proc/<pid>/status as a dictionary."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def holds(pid: int, markers: list[bytes]) -> set[bytes]:
    """Those of the markers that stand anywhere in the process's readable memory."""
    found = set[bytes]()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            span, rights = line.split()[:2]
            start, end = (int(one, 16) for one in span.split("-"))
            if "r" in rights and not line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                found |= _markers_in(memory, start, end, markers)
    return found


def _markers_in(memory: object, start: int, end: int, markers: list[bytes]) -> set[bytes]:
    found, tail = set[bytes](), b""
    while start < end:
        try:
            piece = os.pread(memory.fileno(), min(16 * _MIB, end - start), start)  # type: ignore[attr-defined]
        except OSError:
            break
        if not piece:
            break
        found |= {marker for marker in markers if marker in tail + piece}
        tail, start = piece[-64:], start + len(piece)
    return found


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _left_in(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        try:
            if entry.stat(follow_symlinks=False).st_uid >= _FIRST_CHILD_UID:
                yield Path(entry.path)
        except OSError:
            continue  # somebody else's, and gone
