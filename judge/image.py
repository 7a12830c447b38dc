"""Builds the sandbox images: one Dockerfile a language, its base image an argument.

Where no registry answers for the base image, the base is made from Debian packages with mmdebstrap; the caller is told.
The build context is made here, so that an installed package can build its image without its sources at hand.
"""

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import docker
import docker.errors
import requests

from judge.errors import BoxUnavailable
from judge.languages import Language
from judge.sandbox.docker import connect
from judge.sandbox.launched import INSIDE, sandbox_image, timeout_decorator_folder

DEFAULT_BASE = "debian:bookworm-slim"
OFFLINE_BASE = "judge-base-sandbox:latest"
_SUITE = "bookworm"
_PULL_TIMEOUT_S = 20

Say = Callable[[str], None]


def build_image(language: Language, base: str | None, say: Say) -> str:
    """Build the language's sandbox image and return its id. `base` None: the default one, or one made from packages.

    Raises BoxUnavailable: no daemon, no base image to be had, or a build step that failed.
    """
    client = connect()
    base = base or _find_base(client, say)
    name = sandbox_image(language)
    say(f"building {name} from {base}")
    try:
        image, _ = client.images.build(
            fileobj=_context(language),
            custom_context=True,
            dockerfile="Dockerfile",
            tag=name,
            buildargs={"BASE_IMAGE": base},
            rm=True,
            forcerm=True,
        )
    except docker.errors.BuildError as exc:
        last = [str(entry["stream"]).strip() for entry in exc.build_log if entry.get("stream")][-3:]
        raise BoxUnavailable(f"The image cannot be built: {exc.msg} ({' / '.join(last)})", "See above.") from exc
    except (docker.errors.DockerException, requests.RequestException) as exc:
        raise BoxUnavailable(f"The image cannot be built: {exc}.", "Run `judge doctor`.") from exc
    return str(image.id)


def _find_base(client: docker.DockerClient, say: Say) -> str:
    """The default base if it is here or a registry gives it, else one made from Debian packages."""
    for name in (DEFAULT_BASE, OFFLINE_BASE):
        if _exists(client, name):
            return name
    try:
        quick = docker.from_env(version="auto", timeout=_PULL_TIMEOUT_S)
        repository, tag = DEFAULT_BASE.split(":")
        quick.images.pull(repository, tag)
        return DEFAULT_BASE
    except (docker.errors.DockerException, requests.RequestException):
        say(f"no registry answers for {DEFAULT_BASE}: making the base image from Debian packages")
        return _make_base(client)


def _exists(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def _make_base(client: docker.DockerClient) -> str:
    if not shutil.which("mmdebstrap"):
        raise BoxUnavailable("No registry answers, and mmdebstrap is not installed.", "apt-get install mmdebstrap")
    with tempfile.TemporaryDirectory() as folder:
        tar = Path(folder) / "base.tar"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3", _SUITE, str(tar)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise BoxUnavailable(f"mmdebstrap failed: {made.stderr.strip()[-300:]}", "Is a Debian mirror reachable?")
        repository, tag = OFFLINE_BASE.split(":")
        client.api.import_image_from_file(str(tar), repository=repository, tag=tag)
    return OFFLINE_BASE


def _context(language: Language) -> io.BytesIO:
    """What the Dockerfile may COPY: the launcher, and beside it timeout-decorator."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(language.folder / "Dockerfile", "Dockerfile")
        _add_sources(tar, INSIDE, "judge/inside")
        if folder := timeout_decorator_folder():
            _add_sources(tar, folder, "judge/inside/timeout_decorator")
    data.seek(0)
    return data


def _add_sources(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix in (".py", ".json"):
            tar.add(path, f"{name}/{path.name}")
