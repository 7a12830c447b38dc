"""Settings of the API, read from the environment once and checked before anything starts.

A missing or wrong variable is refused in one sentence that names it and never shows a secret's value. An empty variable
counts as not set. Variables that are not listed here belong to others and are left alone.
"""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import limits
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from api.errors import SettingsError

_REPOSITORY = Path(__file__).resolve().parent.parent
_SQLALCHEMY_DRIVERS = {"postgresql://": "postgresql+psycopg://", "postgres://": "postgresql+psycopg://"}
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
_MINIMAL_TOKEN = 16
_MOST_KEPT = 1500  # of each kind: the server takes more connections than that (gunicorn_config.py)


class Settings(BaseModel):
    """What the API must know. Each field is read from JUDGE_<FIELD>."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    database_url: str
    redis_url: str
    worker_token: SecretStr
    problems_dir: Path = _REPOSITORY / "problems"
    sweep: bool = Field(
        True, description="wake workers for what waits, take judgings from workers that are gone, deliver webhooks"
    )
    sweep_interval_s: float = Field(1.0, gt=0)
    lease_s: float = Field(10.0, gt=0, description="silence after which a worker loses its judging to the next attempt")
    max_attempts: int = Field(3, ge=1, description="attempts at a judging before it ends as JE")
    metrics_token: SecretStr | None = Field(None, description="what reads /metrics; None: by address, monitoring.py")
    poll_interval_s: float = Field(0.25, gt=0, description="how often held requests look for other processes' reports")
    api_processes: int | None = Field(None, ge=1, le=64, description="of the server; None: two, if there are two cores")
    max_held: int = Field(96, ge=0, le=_MOST_KEPT, description="held requests at a time, in each process")
    max_streams: int = Field(224, ge=0, le=_MOST_KEPT, description="streams of live events at a time, in each process")
    webhooks_insecure: bool = Field(False, description="take webhooks with http:// too")
    webhooks_allow: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="networks that are not public and yet may be sent webhooks, on any port; commas between"
    )

    rate_submits: str | None = Field(None, description="submissions and other changes that a key may send")
    rate_runs: str | None = Field(None, description="runs that a key may start")
    rate_reads: str | None = Field(None, description="all else that a key may ask for")
    rate_address: str | None = Field(None, description="requests from one address, whatever the keys")
    rate_wrong_keys: str | None = Field("100/minute", description="wrong keys from one address")
    proxies: int = Field(0, ge=0, le=10, description="proxies in front, whose X-Forwarded-For is believed")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Raises SettingsError, which names the variable."""
        values = _given(cls, environ)
        values["database_url"] = database_url(environ)
        for name in ("worker_token", "metrics_token"):
            if token := _token_from_file(environ, _variable(name)):
                values[name] = token
        try:
            return cls.model_validate(values)
        except ValidationError as exc:
            raise _settings_error(exc) from None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        return with_driver(url)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if not url.startswith(_REDIS_SCHEMES):
            raise ValueError(f"must begin with {', '.join(_REDIS_SCHEMES)}")
        return url

    @field_validator("webhooks_allow", mode="before")
    @classmethod
    def _networks(cls, given: Any) -> Any:
        return [one.strip() for one in given.split(",") if one.strip()] if isinstance(given, str) else given

    @field_validator("rate_submits", "rate_runs", "rate_reads", "rate_address", "rate_wrong_keys")
    @classmethod
    def _known_rate(cls, rate: str | None) -> str | None:
        try:
            if rate and not all(limit.amount for limit in limits.parse_many(rate)):
                raise ValueError
        except ValueError:
            raise ValueError("must be such as 60/minute, or several with ';' between") from None
        return rate

    @field_validator("worker_token", "metrics_token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token and len(token.get_secret_value()) < _MINIMAL_TOKEN:
            raise ValueError(f"must have at least {_MINIMAL_TOKEN} characters")
        return token


class RetentionSettings(BaseModel):
    """What `judge db prune` must know. Each is read from JUDGE_<FIELD>; not set is for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    keep_sources_days: int | None = Field(None, ge=1)
    keep_reports_days: int | None = Field(None, ge=1)
    keep_people_days: int | None = Field(None, ge=1)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "RetentionSettings":
        """Raises SettingsError, which names the variable."""
        try:
            return cls.model_validate(_given(cls, environ))
        except ValidationError as exc:
            raise _settings_error(exc) from None


def _given(model: type[BaseModel], environ: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name in model.model_fields if (value := environ.get(_variable(name)))}


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """The database alone: what the key command needs, without the rest of the settings."""
    folder = environ.get("JUDGE_DATA_DIR") or "data"
    return environ.get("JUDGE_DATABASE_URL") or f"sqlite:///{Path(folder).absolute()}/judge.sqlite3"


def with_driver(url: str) -> str:
    """The URL as SQLAlchemy wants it. Raises ValueError for a database we do not know."""
    for prefix, driver in _SQLALCHEMY_DRIVERS.items():
        if url.startswith(prefix):
            url = driver + url.removeprefix(prefix)
    if not url.startswith(_DATABASES):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return url


def _token_from_file(environ: Mapping[str, str], variable: str) -> str | None:
    path = environ.get(f"{variable}_FILE")
    if not path:
        return None
    if environ.get(variable):
        raise SettingsError(f"Set {variable} or {variable}_FILE, not both.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: {reason}.") from exc


def _settings_error(exc: ValidationError) -> SettingsError:
    error = exc.errors(include_input=False)[0]
    name = str(error["loc"][0])
    variable = _variable(name)
    if error["type"] == "missing":
        either = f"{variable} or {variable}_FILE" if name == "worker_token" else variable
        return SettingsError(f"{either} must be set.")
    return SettingsError(f"{variable}: {error['msg'].removeprefix('Value error, ')}.")


def _variable(field: str) -> str:
    return f"JUDGE_{field.upper()}"
