"""News for all processes of the API: what has just been judged, so that whoever waits for it anywhere is told at once.

It goes by Redis' publish and subscribe (judge:news), which keeps nothing: what is said while Redis or a listener is
away is lost. It may be, for who waits also looks from time to time (waiting.py, live.py). News hold ids and no more;
what is shown is read from where it is kept. So whoever can write to Redis can make processes look, and nothing else.
"""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import redis

from judge.logs import described, get_logger

_CHANNEL = "judge:news"
_TIMEOUT_S = 0.25
_LEFT_ALONE_S = 1.0  # after a failure, or every report would wait for the timeout
_log = get_logger(__name__)


class News(msgspec.Struct, frozen=True):
    """A submission or a run, by its `id`, has got its verdict. `problem`, `org_id`: of a submission."""

    kind: Literal["submission", "run"]
    id: str
    org_id: int = 0
    problem: str = ""


class _Message(msgspec.Struct, frozen=True):
    by: str
    news: News


class Herald:
    """Tells `hear` what is told here, at once, and what is told at other processes while this one `listen`s."""

    def __init__(self, redis_url: str, hear: Callable[[News], None]) -> None:
        self._hear = hear
        self._name = secrets.token_hex(8)  # by which one's own words are known
        self._redis: Any = redis.Redis.from_url(redis_url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
        self._decoder = msgspec.json.Decoder(_Message)
        self._away_until = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    def tell(self, news: News) -> None:
        """Never fails: it has been stored, and that is what counts."""
        self._hear(news)
        if time.monotonic() < self._away_until:
            return
        try:
            self._redis.publish(_CHANNEL, msgspec.json.encode(_Message(self._name, news)))
        except redis.RedisError as exc:
            self._away_until = time.monotonic() + _LEFT_ALONE_S
            _log.debug("other processes were not told", **described(exc))

    def listen(self) -> None:
        """From now on, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self._redis.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as heard:
                    heard.subscribe(_CHANNEL)
                    while not self._ended.is_set():
                        self._pass_on(heard.get_message(timeout=_LEFT_ALONE_S))
            except Exception as exc:  # Redis or the database may be away for a while; the listener must outlive that
                _log.debug("nothing is heard of other processes", **described(exc))
                self._ended.wait(_LEFT_ALONE_S)

    def _pass_on(self, heard: dict[str, Any] | None) -> None:
        if heard is None:
            return
        try:
            message = self._decoder.decode(heard["data"])
        except msgspec.MsgspecError:
            return  # of a process of another version; it will be found by looking
        if message.by != self._name:
            self._hear(message.news)
