"""Live events: who listens is told of a change, over a response that stays open (Server-Sent Events).

What is sent is a state, not a history: each stream is offered the newest state of its topic and sends it if its id is
not the one that was sent (or, by who comes back, seen) last. So nobody is sent a state twice, and whoever was away gets
what holds now. The id is made of the state alone; so it means the same in every process and after a restart.

One thread looks for all streams of this process in one query a kind, every `interval_s`, and at once for what is heard
to have changed (news.py). No thread runs while nobody listens. There are only so many `places`; who finds none polls.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from judge.logs import described, get_logger

HEARTBEAT_S = 15.0  # also the time after which a listener who has gone is noticed
LIFE_S = 900.0  # then it must come back and show its key again
BOARD_PAUSE_S = 1.0  # a board that changes all the time is told once a second
_RETRY_MS = 2000
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """`name` is a submission's id, or the slug of the problem whose board it is."""

    kind: Literal["submission", "leaderboard"]
    org_id: int
    name: str


@dataclass(frozen=True, slots=True)
class State:
    """`data` is JSON in one line. After the last one there will be no other, but by a rejudging."""

    id: str
    data: bytes
    is_last: bool = False


Look = Callable[[Collection[Topic]], Mapping[Topic, State]]


class Stream:
    """One listener: holds the newest state until its thread sends it."""

    __slots__ = ("_news", "_offered", "_sent", "_state", "_streams", "topic")

    def __init__(self, streams: "Streams", topic: Topic, seen: str | None) -> None:
        self.topic = topic
        self._streams, self._offered, self._sent = streams, seen, seen
        self._state: State | None = None
        self._news = threading.Event()

    def offer(self, state: State) -> bool:
        """Whether it is new to the listener. Called by one thread at a time."""
        if state.id == self._offered:
            return False
        self._offered, self._state = state.id, state
        self._news.set()
        return True

    def wake(self) -> None:
        self._news.set()

    def drop(self) -> None:
        self._streams.drop(self)

    def texts(self) -> Iterator[bytes]:
        """What to send, until the last state, the end of its life, or the end of the process."""
        ends_s = time.monotonic() + LIFE_S
        yield b"retry: %d\n\n" % _RETRY_MS
        while time.monotonic() < ends_s:
            is_news = self._news.wait(HEARTBEAT_S)
            if self._streams.closed:
                return
            self._news.clear()  # before the state is read: one that is offered meanwhile is read now or next time
            state = self._state
            if state and state.id != self._sent:
                self._sent = state.id
                yield b"id: %s\nevent: %s\ndata: %s\n\n" % (state.id.encode(), self.topic.kind.encode(), state.data)
                if state.is_last:
                    return
            elif not is_news:
                yield b":\n\n"


class Streams:
    """The listeners of this process."""

    def __init__(self, look: Look, interval_s: float, places: int) -> None:
        self.closed = False
        self._look, self._interval_s = look, interval_s
        self._places = threading.Semaphore(places)
        self._streams: dict[Topic, set[Stream]] = {}
        self._touched: set[Topic] = set()
        self._quiet_until_s: dict[Topic, float] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def state(self, topic: Topic) -> State | None:
        """None when there is no such thing."""
        return self._look([topic]).get(topic)

    def open(self, topic: Topic, state: State, seen: str | None) -> Stream | None:
        """A stream that has `state` to send unless that was `seen`; None when there are as many as may be."""
        if self.closed or not self._places.acquire(blocking=False):
            return None
        stream = Stream(self, topic, seen)
        stream.offer(state)
        with self._lock:
            self._streams.setdefault(topic, set()).add(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()
        return stream

    def drop(self, stream: Stream) -> None:
        with self._lock:
            streams = self._streams[stream.topic]
            streams.remove(stream)
            if not streams:
                del self._streams[stream.topic]
                self._quiet_until_s.pop(stream.topic, None)
        self._places.release()

    def count(self) -> int:
        """How many streams are open."""
        with self._lock:
            return sum(map(len, self._streams.values()))

    def touch(self, topic: Topic) -> None:
        """It changed just now: look at once if anybody listens here."""
        if topic in self._streams:
            with self._lock:
                self._touched.add(topic)
            self._woken.set()

    def close(self) -> None:
        """End all streams now and open none any more. Runs in a signal handler too, hence takes no lock."""
        self.closed = True
        for streams in list(self._streams.values()):
            for stream in list(streams):
                stream.wake()
        self._woken.set()

    def stop(self) -> None:
        """Close, and wait until nobody looks any more."""
        self.close()
        if thread := self._thread:
            thread.join()

    def _run(self) -> None:
        due_s = 0.0
        while True:
            self._woken.wait(max(0.0, due_s - time.monotonic()))
            self._woken.clear()
            now_s = time.monotonic()
            with self._lock:
                if self.closed or not self._streams:
                    self._thread = None
                    return
                asked = set(self._streams) if now_s >= due_s else self._touched & set(self._streams)
                self._touched = set()
            if now_s >= due_s:
                due_s = now_s + self._interval_s
            try:
                self._tell({topic for topic in asked if self._quiet_until_s.get(topic, 0.0) <= now_s}, now_s)
            except Exception as exc:  # the database may be away for a while; the streams must outlive that
                _log.warning("nobody was told what changed", **described(exc))

    def _tell(self, topics: Collection[Topic], now_s: float) -> None:
        for topic, state in self._look(topics).items() if topics else ():
            with self._lock:
                is_news = [stream.offer(state) for stream in self._streams.get(topic, ())]
                if topic.kind == "leaderboard" and any(is_news):
                    self._quiet_until_s[topic] = now_s + BOARD_PAUSE_S
