"""How much one key, and one address, may ask for: moving windows, kept in Redis so that all processes count together.

What a window refuses does not count in it. The state is told in the fields of draft-ietf-httpapi-ratelimit-headers-11
(`RateLimit`, `RateLimit-Policy`) and in those that the drafts had up to 06 and most clients know (`RateLimit-Limit`,
`-Remaining`, `-Reset`).

Does not promise to hold while Redis is away: then everything is let through, for a judge that can be reached is worth
more than an exact limit. Nor does it make guessing a key impossible, only slow; its 256 random bits make it hopeless.
"""

import ipaddress
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from flask import Response, g, request
from limits import RateLimitItem, parse_many
from limits.storage import RedisStorage
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from api.errors import ApiError, Kind
from api.settings import Settings
from judge.logs import described, get_logger

_TIMEOUT_S = 0.25
_LEFT_ALONE_S = 1.0  # after a failure Redis is not asked for so long, or every request would wait for the timeout
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Window:
    """A window as it is after a request. `free_at`: when its oldest request leaves it."""

    name: str
    item: RateLimitItem
    allowed: bool
    remaining: int
    free_at: float

    @property
    def free_in_s(self) -> int:
        return max(1, math.ceil(self.free_at - time.time()))


class Rates:
    """The limits of the settings. Safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        retry = Retry(NoBackoff(), 1)  # a connection that Redis has closed meanwhile is made anew
        timeouts: dict[str, Any] = {"socket_timeout": _TIMEOUT_S, "socket_connect_timeout": _TIMEOUT_S, "retry": retry}
        self._pool = redis.ConnectionPool.from_url(settings.redis_url, **timeouts)
        self._storage = RedisStorage("redis://", connection_pool=self._pool, key_prefix="judge:rate")
        self._redis: redis.Redis = self._storage.storage
        self._of_key = {
            "submits": _parsed(settings.rate_submits),
            "runs": _parsed(settings.rate_runs),
            "reads": _parsed(settings.rate_reads),
        }
        self._of_address = _parsed(settings.rate_address)
        self._wrong_keys = _parsed(settings.rate_wrong_keys)
        self._away_until = 0.0
        self._said_away = False

    def check(self, key_id: int) -> None:
        """Count this request of that key; raises ApiError when it is one too many."""
        kind = "reads" if request.method in ("GET", "HEAD") else "runs" if request.blueprint == "runs" else "submits"
        asked = [(kind, item, str(key_id)) for item in self._of_key[kind]]
        asked += [("address", item, address()) for item in self._of_address]
        if windows := self._hit(asked):
            g.window = min(windows, key=lambda window: (window.allowed, window.remaining / window.item.amount))
            if not g.window.allowed:
                raise _too_many(g.window, f"of {'this address' if g.window.name == 'address' else 'this key'}")

    def check_wrong_key(self) -> None:
        """Count a wrong key; raises ApiError when they were too many."""
        windows = self._hit([("wrong-keys", item, address()) for item in self._wrong_keys])
        for window in windows:
            if not window.allowed:
                raise _too_many(window, "with wrong keys")

    def guesses(self) -> bool:
        """Whether so many wrong keys came from this address that keys not seen before are not even looked up."""
        asked = [("wrong-keys", item, address()) for item in self._wrong_keys]
        return any(window.remaining <= 0 for window in self._hit(asked, counted=False))

    def close(self) -> None:
        self._pool.disconnect()

    def _hit(self, asked: Sequence[tuple[str, RateLimitItem, str]], counted: bool = True) -> list[Window]:
        """The state of each window, and this request counted in it; nothing when Redis is away."""
        if not asked or time.monotonic() < self._away_until:
            return []
        try:
            windows = self._ask(asked, counted)
        except redis.RedisError as exc:
            self._away_until = time.monotonic() + _LEFT_ALONE_S
            if not self._said_away:
                _log.warning("rate limits do not hold while Redis is away", **described(exc))
            self._said_away = True
            return []
        self._said_away = False
        return windows

    def _ask(self, asked: Sequence[tuple[str, RateLimitItem, str]], counted: bool) -> list[Window]:
        """The library asks twice for what is asked here, with its own scripts, in one round trip for all windows."""
        now, scripts = time.time(), (self._storage.lua_acquire_moving_window, self._storage.lua_moving_window)
        with self._redis.pipeline(transaction=False) as pipe:
            for name, item, whose in asked:
                key, lasts_s = self._storage.prefixed_key(item.key_for(name, whose)), item.get_expiry()
                if counted:
                    pipe.evalsha(scripts[0].sha, 1, key, now, item.amount, lasts_s, 1)
                pipe.evalsha(scripts[1].sha, 1, key, now - lasts_s, item.amount)
            try:
                answers = pipe.execute()
            except NoScriptError:  # Redis was started anew
                for script in scripts:
                    self._redis.script_load(script.script)
                return self._ask(asked, counted)
        allowed = answers[::2] if counted else [True] * len(asked)
        states = answers[1::2] if counted else answers
        return [_window(*one) for one in zip(asked, allowed, states, [now] * len(asked), strict=True)]


def show(response: Response) -> Response:
    """After each request: tell how much is left."""
    window: Window | None = g.get("window")
    if window:
        amount, free_in_s, left = window.item.amount, window.free_in_s, window.remaining
        response.headers["RateLimit-Policy"] = f'"{window.name}";q={amount};w={window.item.get_expiry()}'
        response.headers["RateLimit"] = f'"{window.name}";r={left};t={free_in_s}'
        response.headers["RateLimit-Limit"] = str(amount)
        response.headers["RateLimit-Remaining"] = str(left)
        response.headers["RateLimit-Reset"] = str(free_in_s)
    return response


def address() -> str:
    """Who asks, as far as an address tells: of IPv6 the first half, for the other half is anybody's to choose."""
    return _grouped(request.remote_addr or "")


@lru_cache(4096)
def _grouped(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:  # a Unix socket has none
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else text


def _parsed(text: str | None) -> list[RateLimitItem]:
    return parse_many(text) if text else []


def _window(asked: tuple[str, RateLimitItem, str], allowed: Any, state: Any, now: float) -> Window:
    oldest, used = (float(state[0]), int(state[1])) if state else (now, 0)
    return Window(asked[0], asked[1], bool(allowed), asked[1].amount - used, oldest + asked[1].get_expiry())


def _too_many(window: Window, whose: str) -> ApiError:
    detail = f"At most {window.item.amount} requests {whose} are taken in {window.item.get_expiry()} seconds."
    return ApiError(Kind.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(window.free_in_s)})
