"""What every backend with a launcher shares: the launcher's configuration and the box made of a stream and a stop."""

import hashlib
import importlib.util
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from judge.errors import BoxBroken, BoxUnavailable
from judge.languages import Language
from judge.sandbox.base import BoxInfo, Job, JobResult, Talk
from judge.sandbox.protocol import Conversation, Stream

INSIDE = Path(__file__).parents[1] / "inside"
START_TIMEOUT_S = 60.0
# One arena for all threads: each other one would take 64 MiB of the address space that a child's memory limit caps.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


@dataclass(frozen=True, slots=True)
class BoxOptions:
    """How to start a box.

    `image` None: the one that `sandbox_image` names. `cpu` pins the box to that core. `without`
    takes walls away and is for tests only.
    """

    language: Language
    image: str | None = None
    cpu: int | None = None
    without: frozenset[str] = frozenset()


class LaunchedBox:
    """A box around a running launcher."""

    def __init__(
        self,
        backend: str,
        image: str | None,
        stream: Stream,
        stop: Callable[[], None],
        container_runtime: str | None = None,
    ) -> None:
        self._stop = stop
        self._conversation = Conversation(stream)
        try:
            self._info = self._conversation.wait_until_ready(
                backend, image, inside_version(), START_TIMEOUT_S, container_runtime
            )
        except BoxBroken as exc:
            stop()
            raise BoxUnavailable(f"A box cannot be had here: {exc}.", "Run `judge doctor`.") from exc
        except BaseException:
            stop()
            raise

    @property
    def info(self) -> BoxInfo:
        return self._info

    def run(self, job: Job) -> JobResult:
        return self._conversation.run(job)

    def talk(self, job: Job) -> Talk:
        return self._conversation.talk(job)

    def close(self) -> None:
        self._stop()


@cache
def inside_version() -> str:
    """The hash by which a launcher names its files; see judge/inside/launcher.py."""
    digest = hashlib.sha256()
    for path in sorted(INSIDE.iterdir()):
        if path.suffix in (".py", ".json"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def sandbox_image(language: Language) -> str:
    """The image that boxes of this language start from: what $JUDGE_SANDBOX_IMAGE says, else one of this version.

    The tag says what launcher is in it, so that two versions of the judge on one Docker host do not fight over a name.
    """
    return os.environ.get("JUDGE_SANDBOX_IMAGE") or f"{language.image}:{inside_version()[:12]}"


def launcher_config(options: BoxOptions, timeout_decorator: str | None, die_with_parent: bool) -> str:
    """The launcher's one argument; see judge/inside/launcher.py."""
    return json.dumps(
        {
            "syscalls": options.language.syscalls,
            "timeout_decorator": timeout_decorator,
            "die_with_parent": die_with_parent,
            "cpu": options.cpu,
            "without": sorted(options.without),
        }
    )


def timeout_decorator_folder() -> Path | None:
    """Where the timeout-decorator package lies, which the driver loads by its path."""
    spec = importlib.util.find_spec("timeout_decorator")
    return Path(spec.origin).parent if spec and spec.origin else None
