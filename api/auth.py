"""Who is asking: API keys for programs and people, one token for the workers.

A key is `judge_` and 32 random bytes in URL-safe base 64; only its SHA-256 is stored, so the database gives none away.
The bytes are random, so a fast hash is safe and nothing need be slow. A missing, malformed and unknown key get the same
answer. A key that is taken out of the database may be accepted for another five seconds, the life of a cache entry.
"""

import hashlib
import hmac
import secrets
import time

from flask import g, request

from api.errors import ApiError, Kind
from api.services import services
from api.store import Key

KEY_PREFIX = "judge_"
_LENGTH = len(KEY_PREFIX) + 43
_CACHED_S = 5.0


class Keys:
    """Keys lately seen, by hash. Only keys that exist are kept, so strangers cannot fill the memory."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Key, float]] = {}

    def get(self, digest: str, now: float) -> Key | None:
        entry = self._seen.get(digest)
        return entry[0] if entry and entry[1] > now else None

    def put(self, digest: str, key: Key, now: float) -> None:
        self._seen[digest] = (key, now + _CACHED_S)


def new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def require_key() -> None:
    """Before each request of a caller: sets g.key, or refuses."""
    given = _bearer()
    if len(given) != _LENGTH or not given.startswith(KEY_PREFIX):
        raise _unauthorized("API key")
    digest, now, known = digest_of(given), time.monotonic(), services().keys
    key = known.get(digest, now)
    if key is None:
        key = services().store.keys.find(digest)
        if key is None:
            raise _unauthorized("API key")
        known.put(digest, key, now)
    g.key = key


def require_worker() -> None:
    """Before each request of a worker. Both sides are hashed, so that not even the token's length shows in the time."""
    token = services().settings.worker_token.get_secret_value()
    if not hmac.compare_digest(digest_of(_bearer()), digest_of(token)):
        raise _unauthorized("worker token")


def _bearer() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _unauthorized(what: str) -> ApiError:
    detail = f"Send the header 'Authorization: Bearer' with a valid {what}."
    return ApiError(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="judge"'})
