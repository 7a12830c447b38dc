"""A private PostgreSQL server, from the system's binaries. As it refuses to be root, root starts it as nobody."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_S = 30.0
# Nothing here must outlive the machine; and a socket is enough.
_OPTIONS = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]


def binaries() -> Path | None:
    """The folder of initdb and postgres; None where there is none."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = Path(on_path).resolve() if on_path else (found[-1] if found else None)
    return initdb.parent if initdb and (initdb.parent / "postgres").exists() else None


@contextmanager
def private_server(programs: Path) -> Iterator[str]:
    """A server with an empty database `postgres`; its URL without a database's name. Gone afterwards, with its data."""
    folder = Path(tempfile.mkdtemp(prefix="judge-pg-"))
    as_user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "judge",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **as_user)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, *_OPTIONS], stderr=log, **as_user)
    try:
        _wait(programs, folder)
        yield f"postgresql+psycopg:///?host={folder}&user=judge"
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: disconnects whoever is left
        server.wait()
        shutil.rmtree(folder)


def _wait(programs: Path, folder: Path) -> None:
    deadline = time.monotonic() + _START_S
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError((folder / "log").read_text(errors="replace")[-500:])
        time.sleep(0.02)
