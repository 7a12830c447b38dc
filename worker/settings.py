"""The worker's settings, all from the environment. A missing one is named in the error."""

import os
from dataclasses import dataclass
from pathlib import Path

from judge.cache import default_folder
from judge.errors import JudgeError


class SettingsError(JudgeError):
    """Raised when a setting is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`stop_s`: how long a stop waits for what is being judged; below what whoever stops it grants.

    `recycle_after`: submissions that one box serves before it is replaced; 1 gives each a box of its own.

    The default is high because nothing that a submission does outlives it in a box; it bounds what nobody thought of.
    A container start costs a quarter of a second of CPU, which at 1,000 is shared to nothing.
    """

    redis_url: str
    api_url: str
    worker_token: str
    box: str
    cache_folder: Path
    recycle_after: int
    preload: tuple[str, ...]
    stop_s: float


def from_environment() -> Settings:
    return Settings(
        redis_url=_required("JUDGE_REDIS_URL"),
        api_url=_required("JUDGE_API_URL").rstrip("/"),
        worker_token=_secret("JUDGE_WORKER_TOKEN"),
        box=os.environ.get("JUDGE_BOX", "auto"),
        cache_folder=default_folder(),
        recycle_after=_number("JUDGE_RECYCLE_AFTER", 1000),
        preload=tuple(os.environ.get("JUDGE_PRELOAD", "").split()),
        stop_s=_number("JUDGE_STOP_S", 50),
    )


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SettingsError(f"the environment variable {name} is not set")
    return value


def _secret(name: str) -> str:
    """The variable itself, or the content of the file that NAME_FILE names."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise SettingsError(f"{name}_FILE: {exc.strerror}: {path}") from exc
    return _required(name)


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number from 1 up, not {text!r}")
    return int(text)
