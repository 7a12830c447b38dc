"""Boxes in containers: one hardened container per box, kept warm, spoken to over its attached stdin and stdout.

The container has no network, no IPC, a read-only root and of all capabilities only the four that the launcher needs to
jail a child (SETUID, SETGID, SYS_CHROOT) and to kill it (KILL); it can gain no other. When the stream closes, for
whatever reason, the launcher ends and Docker removes the container: a killed worker leaves nothing behind.
"""

import contextlib
import os
import socket
import time
from pathlib import PurePosixPath
from typing import Any, Final

import docker
import docker.errors
import requests
from docker.types import LogConfig

from judge.errors import BoxBroken, BoxUnavailable
from judge.sandbox.launched import ENVIRONMENT, BoxOptions, LaunchedBox, launcher_config, sandbox_image

LABEL: Final = "judge.box"
OWNER: Final = "judge.owner"  # the label that says whose it is
CAPABILITIES: Final = ("SETUID", "SETGID", "KILL", "SYS_CHROOT")
_MEMORY: Final = "3g"  # behind the limits of single children: supervisor, zygote, spare, and the largest child allowed
_PIDS: Final = 160
_STDERR_KEPT: Final = 2_000
_CHUNK: Final = 1 << 18
_PODMANS_DEFAULT: Final = "oci"  # what it calls whichever it is
_NO_DAEMON: Final = "Start it (systemctl start docker), set DOCKER_HOST, or use --box local."
_NOT_IN_GROUP: Final = "Add it to the group of the daemon's socket (usermod -aG docker USER), or use --box local."


def connect() -> docker.DockerClient:
    """A client of the daemon the environment names. Raises BoxUnavailable when none answers, or not to this user."""
    try:
        client = docker.from_env(version="auto", timeout=60)
    except docker.errors.DockerException as exc:
        if _is_forbidden(exc):
            raise BoxUnavailable("This user may not speak to the Docker daemon.", _NOT_IN_GROUP) from exc
        raise BoxUnavailable("No Docker daemon answers.", _NO_DAEMON) from exc
    return client


def _is_forbidden(exc: BaseException | None) -> bool:
    """The socket is there and closed to this user; the SDK wraps that several times."""
    return exc is not None and (isinstance(exc, PermissionError) or _is_forbidden(exc.__context__))


def owner() -> str:
    """This process, by host and number."""
    return f"{socket.gethostname()}/{os.getpid()}"


def start(options: BoxOptions) -> LaunchedBox:
    """Start a container and attach to it. Raises BoxUnavailable: no daemon, no image, or the daemon refuses."""
    client = connect()
    image_name = options.image or sandbox_image(options.language)
    wanted = os.environ.get("JUDGE_DOCKER_RUNTIME") or None
    try:
        image_id = str(client.images.get(image_name).id)
        container_id = _create(client, image_id, options, wanted)
        stream = AttachedStream(client.api.attach_socket(container_id, _ATTACH))
        stop = _stopper(client, container_id, stream)
        try:
            runtime = _runtime_of(client, container_id, wanted)
            client.api.start(container_id)
        except BaseException:
            stop()
            raise
    except docker.errors.ImageNotFound as exc:
        remedy = f"Build it: judge image build {options.language.id}"
        raise BoxUnavailable(f"The sandbox image {image_name!r} does not exist.", remedy) from exc
    except (docker.errors.DockerException, requests.RequestException) as exc:
        raise _refusal(client, wanted, exc) from exc
    return LaunchedBox("docker", image_id, stream, stop, runtime)


def runtimes(client: docker.DockerClient) -> dict[str, str]:
    """The container runtimes that the daemon knows, installed or not: by name, what it would execute."""
    try:
        known = client.info().get("Runtimes", {})
    except (docker.errors.DockerException, requests.RequestException) as exc:
        raise BoxUnavailable("The Docker daemon does not answer any more.", _NO_DAEMON) from exc
    return {name: str(one.get("path", name)) for name, one in sorted(known.items())}


_ATTACH = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}


def _create(client: docker.DockerClient, image_id: str, options: BoxOptions, runtime: str | None) -> str:
    api = client.api
    host_config = api.create_host_config(
        auto_remove=True,
        network_mode="none",
        ipc_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        cap_add=list(CAPABILITIES),
        security_opt=["no-new-privileges"],
        mem_limit=_MEMORY,
        memswap_limit=_MEMORY,
        pids_limit=_PIDS,
        log_config=LogConfig(type="none"),
        runtime=runtime,
    )
    config = api.create_container_config(
        image=image_id,
        command=[launcher_config(options, "/judge/timeout_decorator", die_with_parent=False)],
        stdin_open=True,
        labels={LABEL: options.language.id, OWNER: owner()},
        environment=dict(ENVIRONMENT),
        host_config=host_config,
        network_disabled=True,
    )
    # Not parameters of the SDK: with them the daemon closes the launcher's stdin when the worker's connection is gone.
    config.update(AttachStdin=True, AttachStdout=True, AttachStderr=True, StdinOnce=True)
    return str(api.create_container_from_config(config, name=None)["Id"])  # type: ignore[no-untyped-call]


def _runtime_of(client: docker.DockerClient, container_id: str, wanted: str | None) -> str:
    """What will run the container. Raises BoxUnavailable when that is not what is wanted: Podman does not say no."""
    found = str(client.api.inspect_container(container_id)["HostConfig"].get("Runtime"))
    if found == _PODMANS_DEFAULT:
        found = PurePosixPath(client.info().get("DefaultRuntime", found)).name
    if wanted not in (None, found):
        reason = f"The daemon does not run the box under {wanted}, as JUDGE_DOCKER_RUNTIME says, but under {found}."
        raise BoxUnavailable(reason, f"Make {wanted} the default runtime of the daemon.")
    return found


def _refusal(client: docker.DockerClient, runtime: str | None, exc: Exception) -> BoxUnavailable:
    """Why there is no container; where a runtime was asked for that may be the reason."""
    if runtime is None:
        return BoxUnavailable(f"Docker cannot start a box: {_reason(exc)}.", "Run `judge doctor`.")
    known = runtimes(client)
    if runtime not in known:
        reason = f"The Docker daemon knows no runtime {runtime!r}, only {', '.join(known)}."
        return BoxUnavailable(reason, "Add it to /etc/docker/daemon.json, or have JUDGE_DOCKER_RUNTIME name another.")
    reason = f"Docker cannot start a box under {runtime}: {_reason(exc)}."
    return BoxUnavailable(reason, f"Is {known[runtime]} installed on the daemon's host, and does it work there?")


def _stopper(client: docker.DockerClient, container_id: str, stream: "AttachedStream") -> Any:
    def stop() -> None:
        stream.close()
        with contextlib.suppress(docker.errors.APIError, requests.RequestException):
            client.api.remove_container(container_id, force=True)
        client.close()

    return stop


def _reason(exc: Exception) -> str:
    """The daemon's own words, without the URL around them."""
    text = getattr(exc, "explanation", None) or str(exc)
    return str(text).strip().rstrip(".").splitlines()[0] if text else type(exc).__name__


class AttachedStream:
    """A container's attached stream: stdin raw, stdout and stderr in frames of an 8-byte head (type, 0 0 0, size)."""

    def __init__(self, attached: Any) -> None:
        self._attached = attached  # keeps the connection open
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._raw = bytearray()
        self._stdout = bytearray()
        self._stderr = bytearray()

    def send(self, data: bytes) -> None:
        try:
            self._socket.settimeout(60)
            self._socket.sendall(data)
        except OSError as exc:
            raise BoxBroken(f"the container is gone{self._last_words()}") from exc

    def receive(self, size: int, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        while len(self._stdout) < size:
            try:
                piece = self._receive_before(deadline)
            except TimeoutError:
                raise BoxBroken(f"the container did not answer within {timeout_s:.0f} s") from None
            except OSError as exc:
                raise BoxBroken(f"the container is gone{self._last_words()}") from exc
            if not piece:
                raise BoxBroken(f"the container ended{self._last_words()}")
            self._raw += piece
            self._demultiplex()
        data = bytes(self._stdout[:size])
        del self._stdout[:size]
        return data

    def _receive_before(self, deadline: float) -> bytes:
        """Something. Raises TimeoutError after the deadline, even where something always comes that is no answer."""
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._socket.settimeout(left_s)
        return self._socket.recv(_CHUNK)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._attached.close()
        self._socket.close()

    def _demultiplex(self) -> None:
        position = 0
        while len(self._raw) - position >= 8:
            kind, size = self._raw[position], int.from_bytes(self._raw[position + 4 : position + 8], "big")
            end = position + 8 + size
            if end > len(self._raw):
                break
            target = self._stdout if kind == 1 else self._stderr
            target += self._raw[position + 8 : end]
            position = end
        del self._raw[:position]
        del self._stderr[:-_STDERR_KEPT]

    def _last_words(self) -> str:
        words = self._stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return f": {words}" if words else ""
