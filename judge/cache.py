"""A folder of derived things, each named by what it was made from: safe to delete, safe for several workers at once."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Cache:
    """Files by kind and key. A key says everything its content depends on, so an entry is never stale."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_or_make(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """The content under this key, made by exactly one of all the processes that ask for it at the same time."""
        path = self._folder / kind / key
        if path.exists():
            return path.read_bytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.with_name(path.name + ".lock")):
            if not path.exists():
                _write_whole(path, make())
            return path.read_bytes()


def default_folder() -> Path:
    """$JUDGE_CACHE_DIR, or the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("JUDGE_CACHE_DIR") or Path(base) / "judge")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write_whole(path: Path, data: bytes) -> None:
    """Write so that nobody ever sees a part of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
