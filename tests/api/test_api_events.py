"""Live events: each state is told once, none that holds is missed, and there are only so many streams."""

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, eventually, report_for, services_of, settings_for
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from api.auth import digest_of
from api.live import State, Stream, Streams, Topic
from api.settings import Settings

BOARD = "/api/v1/problems/add-two/leaderboard/events"


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings, database_url: str) -> Flask:
    return make_app(settings_for(settings.redis_url, settings.problems_dir, database_url=database_url, max_streams=3))


class Listener:
    """Reads the events of one stream."""

    def __init__(self, caller: Caller, path: str, seen: str | None = None) -> None:
        headers = {**caller.headers, **({"Last-Event-ID": seen} if seen is not None else {})}
        self.response: TestResponse = caller.http.get(path, headers=headers)
        self._texts: Iterator[Any] = iter(self.response.response)

    def __enter__(self) -> "Listener":
        assert self.response.status_code == 200, self.response.text
        assert next(self._texts).startswith(b"retry: ")
        return self

    def __exit__(self, *_: object) -> None:
        self.response.close()

    def next(self) -> tuple[str, Any]:
        """Id and data of the next event."""
        fields = dict(line.split(": ", 1) for line in next(self._texts).decode().strip().split("\n"))
        return fields["id"], json.loads(fields["data"])

    def has_ended(self) -> bool:
        return next(self._texts, None) is None


def submit(caller: Caller) -> str:
    submission_id: str = caller.post("/api/v1/submissions", json=body_for()).json["id"]
    return submission_id


def path_of(submission_id: str) -> str:
    return f"/api/v1/submissions/{submission_id}/events"


def set_board(app: Flask, caller: Caller, version: int) -> None:
    store = services_of(app).store
    key = store.keys.find(digest_of(caller.key))
    assert key
    values = {"org_id": key.org_id, "version": version}
    with store.database.writing() as connection:
        connection.execute(text("DELETE FROM boards WHERE org_id = :org_id"), values)
        connection.execute(text("INSERT INTO boards VALUES (:org_id, 'add-two', :version)"), values)


# ---- submissions -------------------------------------------------------------------------------------------------


def test_a_submission_is_followed_until_it_is_judged(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    with Listener(caller, path_of(submission_id)) as listener:
        _, shown = listener.next()
        assert (shown["id"], shown["status"], shown["verdict"]) == (submission_id, "queued", None)
        judging_id = worker.judging(submission_id)
        event_id, shown = listener.next()
        assert (event_id, shown["status"]) == (f"{judging_id}:running", "running")
        worker.report(submission_id, report_for())
        event_id, shown = listener.next()
        assert event_id == f"{judging_id}:judged"
        assert (shown["status"], shown["verdict"], shown["cpu_time_s"]) == ("judged", "AC", 0.12)
        assert "SECRET" not in json.dumps(shown)
        assert listener.has_ended()


def test_who_comes_back_is_told_what_was_missed_and_nothing_twice(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    with Listener(caller, path_of(submission_id)) as listener:
        seen, _ = listener.next()
    worker.judging(submission_id)
    with Listener(caller, path_of(submission_id), seen) as listener:
        seen, shown = listener.next()
        assert shown["status"] == "running"
    with Listener(caller, path_of(submission_id), seen) as listener:
        worker.report(submission_id, report_for())
        seen, shown = listener.next()
        assert shown["status"] == "judged"
        assert listener.has_ended()
    response = caller.http.get(path_of(submission_id), headers={**caller.headers, "Last-Event-ID": seen})
    assert (response.status_code, response.data) == (204, b"")
    with Listener(caller, path_of(submission_id), "of a judging that holds no more") as listener:
        assert listener.next()[0] == seen


def test_a_second_attempt_is_told(caller: Caller, worker: Caller) -> None:
    submission_id = submit(caller)
    first = worker.judging(submission_id)
    with Listener(caller, path_of(submission_id)) as listener:
        assert listener.next()[0] == f"{first}:running"
        worker.post(f"/internal/judgings/{first}/fault", json={"reason": "the container is gone"})
        event_id, shown = listener.next()
        assert (shown["status"], event_id.endswith(":queued"), event_id.startswith(first)) == ("queued", True, False)


def test_a_strangers_submission_is_unknown(app: Flask, caller: Caller) -> None:
    submission_id, stranger = submit(caller), caller_of(app, "stranger")
    for who, unknown in ((stranger, submission_id), (caller, "f" * 32), (caller, "x"), (caller, "%00")):
        response = who.get(path_of(unknown))
        assert (response.status_code, response.json["type"]) == (404, "urn:judge:unknown-submission")
        response = who.http.get(path_of(unknown), headers={**who.headers, "Last-Event-ID": "x:judged"})
        assert response.status_code == 404


# ---- leaderboards ------------------------------------------------------------------------------------------------


def test_a_leaderboard_is_told_by_its_version(app: Flask, caller: Caller) -> None:
    other = caller_of(app, "other")
    with Listener(caller, BOARD) as listener:
        assert listener.next() == ("0", {"version": 0})
        set_board(app, other, 9)
        set_board(app, caller, 1)
        assert listener.next() == ("1", {"version": 1})
        set_board(app, caller, 2)
        set_board(app, caller, 3)
        seen, data = listener.next()
        while seen == "2":  # it may have been looked at in between
            seen, data = listener.next()
        assert (seen, data) == ("3", {"version": 3})
    set_board(app, caller, 4)
    with Listener(caller, BOARD, "3") as listener:
        assert listener.next() == ("4", {"version": 4})
    with Listener(caller, BOARD, "4") as listener:
        set_board(app, caller, 5)
        assert listener.next() == ("5", {"version": 5})


def test_an_unknown_problem_has_no_leaderboard(caller: Caller) -> None:
    assert caller.get("/api/v1/problems/add-tow/leaderboard/events").status_code == 404


# ---- the number of streams ---------------------------------------------------------------------------------------


def test_there_are_only_so_many_and_who_goes_makes_room(app: Flask, caller: Caller) -> None:
    listeners = [Listener(caller, BOARD) for _ in range(3)]
    refused = caller.get(BOARD)
    assert (refused.status_code, refused.json["type"]) == (503, "urn:judge:too-many-streams")
    assert refused.headers["Retry-After"]
    assert caller.get("/api/v1/submissions").status_code == 200
    listeners[0].response.close()  # before a byte was read
    with Listener(caller, BOARD) as listener:
        assert listener.next()
    with listeners[1] as listener:
        assert listener.next()
    listeners[2].response.close()
    assert not services_of(app).streams._streams


def test_head_keeps_no_place(caller: Caller) -> None:
    for _ in range(5):
        assert caller.http.head(BOARD, headers=caller.headers).status_code == 200
    with Listener(caller, BOARD) as listener:
        assert listener.next()


# ---- without HTTP ------------------------------------------------------------------------------------------------


class World:
    """What is looked at, and how often that was done."""

    def __init__(self) -> None:
        self.states: dict[Topic, State] = {}
        self.looks: list[set[Topic]] = []
        self.is_away = False

    def look(self, topics: Collection[Topic]) -> dict[Topic, State]:
        self.looks.append(set(topics))
        if self.is_away:
            raise OSError
        return {topic: self.states[topic] for topic in topics if topic in self.states}


def board(number: int) -> Topic:
    return Topic("leaderboard", 1, str(number))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def opened(world: World) -> Iterator[Callable[..., Stream]]:
    """Opens streams, all of one `Streams` with the given interval."""
    made: list[Streams] = []

    def open_one(topic: Topic, interval_s: float = 0.01, seen: str | None = None) -> Stream:
        if not made:
            made.append(Streams(world.look, interval_s, 1000))
        stream = made[0].open(topic, world.states[topic], seen)
        assert stream
        return stream

    yield open_one
    for streams in made:
        streams.stop()


def test_one_look_serves_all_streams(world: World, opened: Callable[..., Stream]) -> None:
    world.states = {board(n): State("1", b"{}") for n in range(50)}
    texts = [opened(board(n % 50)).texts() for n in range(200)]
    for one in texts:
        assert [next(one)[:5], next(one)[:5]] == [b"retry", b"id: 1"]
    eventually(lambda: world.looks and len(world.looks[-1]) == 50)
    world.states = {board(n): State("2", b"{}") for n in range(50)}
    before = len(world.looks)
    assert all(next(one).startswith(b"id: 2") for one in texts)
    assert len(world.looks) - before < 200


def test_a_report_in_this_process_is_told_without_waiting(world: World, opened: Callable[..., Stream]) -> None:
    topic = board(1)
    world.states = {topic: State("1", b"{}"), board(2): State("1", b"{}")}
    stream, other = opened(topic, interval_s=3600), opened(board(2))
    texts = stream.texts()
    assert [next(texts)[:5], next(texts)[:5]] == [b"retry", b"id: 1"]
    eventually(lambda: world.looks)
    world.states[topic] = State("2", b"{}")
    stream._streams.touch(topic)
    stream._streams.touch(board(3))  # nobody listens
    assert next(texts).startswith(b"id: 2")
    assert world.looks[-1] == {topic}
    assert other


def test_a_board_that_changes_all_the_time_is_told_now_and_then(
    world: World, opened: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live.BOARD_PAUSE_S", 0.2)
    topic, stop = board(1), threading.Event()
    world.states = {topic: State("0", b"{}")}
    stream = opened(topic)

    def change() -> None:
        for number in range(1, 1_000_000):
            world.states[topic] = State(str(number), b"{}")
            stream._streams.touch(topic)
            if stop.wait(0.001):
                return

    changing = threading.Thread(target=change)
    changing.start()
    texts, started_s = stream.texts(), time.monotonic()
    told = [next(texts) for _ in range(6)][1:]
    elapsed_s = time.monotonic() - started_s
    stop.set()
    changing.join()
    last = world.states[topic].id.encode()
    while not told[-1].startswith(b"id: %s\n" % last):
        told.append(next(texts))
    assert len(set(told)) == len(told)
    assert elapsed_s >= 3 * 0.2


def test_whoever_hears_nothing_is_told_that_the_stream_lives(
    world: World, opened: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live.HEARTBEAT_S", 0.02)
    world.states = {board(1): State("1", b"{}")}
    texts = opened(board(1), seen="1").texts()
    assert [next(texts) for _ in range(3)][1:] == [b":\n\n"] * 2
    monkeypatch.setattr("api.live.LIFE_S", 0.0)
    assert list(opened(board(1), seen="1").texts()) == [b"retry: 2000\n\n"], "it must come back"


def test_a_slow_listener_gets_the_newest_state_only(world: World, opened: Callable[..., Stream]) -> None:
    topic = Topic("submission", 1, "x")
    world.states = {topic: State("1", b"{}")}
    stream = opened(topic)
    for number in range(2, 50):
        world.states[topic] = State(str(number), b"{}")
        eventually(lambda number=number: stream._offered == str(number))
    texts = stream.texts()
    next(texts)
    assert next(texts).startswith(b"id: 49")


def test_streams_outlive_a_database_that_is_away(world: World, opened: Callable[..., Stream]) -> None:
    world.states = {board(1): State("1", b"{}")}
    texts = opened(board(1)).texts()
    assert [next(texts)[:5], next(texts)[:5]] == [b"retry", b"id: 1"]
    world.is_away = True
    before = len(world.looks)
    eventually(lambda: len(world.looks) > before + 2)
    world.states[board(1)] = State("2", b"{}")
    world.is_away = False
    assert next(texts).startswith(b"id: 2")


def test_no_thread_runs_while_nobody_listens(world: World, opened: Callable[..., Stream]) -> None:
    world.states = {board(1): State("1", b"{}")}
    stream = opened(board(1))
    stream.drop()
    eventually(lambda: stream._streams._thread is None)
    again = opened(board(1))
    texts = again.texts()
    assert [next(texts)[:5], next(texts)[:5]] == [b"retry", b"id: 1"]
    world.states[board(1)] = State("2", b"{}")
    assert next(texts).startswith(b"id: 2")


def test_closing_ends_all_streams_and_opens_none(world: World, opened: Callable[..., Stream]) -> None:
    world.states = {board(1): State("1", b"{}")}
    stream = opened(board(1), seen="1")
    texts = stream.texts()
    next(texts)
    threading.Timer(0.05, stream._streams.close).start()
    assert list(texts) == []
    assert stream._streams.open(board(1), world.states[board(1)], None) is None
