"""The container runtimes that boxes can be tried under here, beside the daemon's default one."""

import shutil

from judge.errors import BoxUnavailable
from judge.sandbox.docker import connect

_SHIMS = "io.containerd."  # containerd's own names, for runc once more
_PODMAN = "Podman Engine"  # lists what it has heard of, and lets a container choose none of them


def further_runtimes() -> list[str]:
    """Those that the daemon knows and that are installed, as `docker info` tells; none without a daemon."""
    try:
        client = connect()
    except BoxUnavailable:
        return []
    try:
        if _PODMAN in [part["Name"] for part in client.version().get("Components", [])]:
            return []
        info = client.info()
    finally:
        client.close()
    known = {name: one.get("path", name) for name, one in info["Runtimes"].items() if not name.startswith(_SHIMS)}
    return sorted(name for name, path in known.items() if name != info["DefaultRuntime"] and shutil.which(path))
