"""Who is asking, and for what: API keys with scopes for programs and people, a token or such a key for the workers.

A key is `judge_` and 32 random bytes in URL-safe base 64; only its SHA-256 is stored, so the database gives none away.
The bytes are random, so a fast hash is safe and nothing need be slow. A missing, malformed, unknown, revoked and
expired key get the same answer. A key that was revoked may be accepted for another five seconds, the life of a cache
entry; one whose time is over is refused at once.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import g, request

from api.errors import ApiError, Kind
from api.services import services
from api.store import Key
from api.store.keys import WORKER
from api.store.keys import Keys as KeyStore

KEY_PREFIX = "judge_"
_LENGTH = len(KEY_PREFIX) + 43
_CACHED_S = 5.0
_NOTED_EVERY_S = 60.0


class Keys:
    """Keys lately seen, by hash. Only keys that exist are kept, so strangers cannot fill the memory."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Key, float]] = {}

    def get(self, digest: str, now: float) -> Key | None:
        entry = self._seen.get(digest)
        return entry[0] if entry and entry[1] > now else None

    def put(self, digest: str, key: Key, now: float) -> None:
        self._seen[digest] = (key, now + _CACHED_S)

    def drop(self, digest: str) -> None:
        self._seen.pop(digest, None)

    def was_seen(self, digest: str) -> bool:
        """Whether this was a good key when it was last looked up."""
        return digest in self._seen

    def forget(self, key_id: int) -> None:
        """Ask the database again at the next request."""
        for digest, (key, _) in list(self._seen.items()):
            if key.id == key_id:
                self._seen[digest] = (key, 0.0)


class LastUse:
    """When each key was used last, written once a minute a key by the sweeper, so that no request pays for it."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._used_at: dict[int, datetime] = {}
        self._written: dict[int, float] = {}

    def note(self, key: Key, at: datetime) -> None:
        self._used_at[key.id] = at

    def write(self) -> None:
        now = time.monotonic()
        due = [key for key in list(self._used_at) if now - self._written.get(key, -_NOTED_EVERY_S) >= _NOTED_EVERY_S]
        self._keys.note_used({key: self._used_at[key] for key in due})
        for key in due:
            self._written[key] = now
            self._used_at.pop(key)


def new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def require_scope(*scopes: str, changing: str | None = None) -> Callable[[], None]:
    """For before_request: sets g.key, or refuses. The key must have one of these scopes.

    `changing`: the scope that is needed instead by every method but GET. No scope stands for another.
    """
    needed = (scopes, (changing,) if changing else scopes)

    def check() -> None:
        require_key()
        wanted = needed[request.method not in ("GET", "HEAD")]
        if g.key.scopes.isdisjoint(wanted):
            has = ", ".join(sorted(g.key.scopes)) or "none"
            detail = f"This needs a key with the scope {' or '.join(wanted)}; yours has: {has}."
            raise ApiError(Kind.MISSING_SCOPE, detail, accepted=wanted)

    return check


def require_key() -> None:
    """Before each request of a caller, whatever the scopes: sets g.key, or refuses."""
    key = _known(_bearer())
    if key is None:
        raise _refusal("API key")
    g.key = key
    services().rates.check(key.id)


def require_worker() -> None:
    """Before each request of a worker. Both sides are hashed, so that not even the token's length shows in the time."""
    given, token = _bearer(), services().settings.worker_token.get_secret_value()
    if hmac.compare_digest(digest_of(given), digest_of(token)):
        return
    key = _known(given)
    if key is None or WORKER not in key.scopes:
        raise _refusal("worker token")


def _known(given: str) -> Key | None:
    """The key, if it is one and is good at this moment."""
    if len(given) != _LENGTH or not given.startswith(KEY_PREFIX):
        return None
    held, digest, now, at = services(), digest_of(given), time.monotonic(), datetime.now(UTC)
    key = held.keys.get(digest, now)
    if key is None:
        # Who was known before a flood of wrong keys from the same address is served all the same.
        if not held.keys.was_seen(digest) and held.rates.guesses():
            return None
        key = held.store.keys.find(digest)
        if key is None:
            held.keys.drop(digest)
            return None
        held.keys.put(digest, key, now)
    if key.expires_at and key.expires_at <= at:
        return None
    held.last_use.note(key, at)
    return key


def _bearer() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _refusal(what: str) -> ApiError:
    """The same for every key that is not good, whatever the reason; itself refused when they were too many."""
    if request.headers.get("Authorization"):
        services().rates.check_wrong_key()
    detail = f"Send the header 'Authorization: Bearer' with a valid {what}."
    return ApiError(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="judge"'})
