"""What one process of the API hears of a verdict, all are told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_help import Caller, RedisServer, body_for, caller_of, eventually, report_for, services_of
from flask import Flask

from api.news import Herald, News
from api.settings import Settings

URL = "/api/v1/submissions"
Heralds = Callable[..., Herald]


@pytest.fixture
def two(make_app: Callable[[Settings], Flask], settings: Settings) -> tuple[Flask, Flask]:
    """Two processes that never look for what they do not hear of."""
    deaf = settings.model_copy(update={"poll_interval_s": 3600.0})
    here, there = make_app(deaf), make_app(deaf)
    services_of(here).herald.listen()
    eventually(lambda: services_of(there).herald._redis.pubsub_numsub("judge:news")[0][1] == 1)
    return here, there


@pytest.fixture
def herald() -> Iterator[Heralds]:
    made = []

    def make(redis_url: str, hear: Callable[[News], None] = lambda news: None) -> Herald:
        made.append(Herald(redis_url, hear))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_who_waits_at_one_process_hears_of_a_report_to_another(two: tuple[Flask, Flask], settings: Settings) -> None:
    here, there = two
    worker = Caller(there.test_client(), settings.worker_token.get_secret_value())
    caller = caller_of(here)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller.post, f"{URL}?wait=30", json=body_for())
        submission_id = eventually(lambda: list(services_of(here).held_submissions._tickets))[0]
        eventually(lambda: services_of(here).store.submissions.get(submission_id, 1))
        assert worker.report(submission_id, report_for()) in (200, 204)
        assert held.result(10).json["verdict"] == "AC"


def test_who_waits_for_a_run_hears_of_a_report_to_another_process(two: tuple[Flask, Flask], settings: Settings) -> None:
    here, there = two
    worker = Caller(there.test_client(), settings.worker_token.get_secret_value())
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller_of(here).post, "/api/v1/runs?wait=30", json=body_for())
        run_id = eventually(lambda: list(services_of(here).held_runs._tickets))[0]
        eventually(lambda: services_of(here).board.waiting("python"))
        assert worker.report(run_id, report_for()) in (200, 204)
        assert held.result(10).json["status"] == "judged"


@pytest.mark.parametrize("path", [URL + "/{}/events", "/api/v1/problems/add-two/leaderboard/events"])
def test_who_listens_at_one_process_hears_of_a_report_to_another(
    two: tuple[Flask, Flask], settings: Settings, path: str
) -> None:
    here, there = two
    caller = caller_of(here)
    submission_id = caller.post(URL, json=body_for(person="zoe")).json["id"]
    response = caller.get(path.format(submission_id))
    texts = iter(response.response)
    assert [next(texts)[:5], next(texts)[:3]] == [b"retry", b"id:"]  # type: ignore[index]
    eventually(lambda: not services_of(here).streams._woken.is_set())
    worker = Caller(there.test_client(), settings.worker_token.get_secret_value())
    assert worker.report(submission_id, report_for()) in (200, 204)
    told = next(texts)
    assert isinstance(told, bytes)
    assert json.loads(told.decode().split("data: ")[1]).get("verdict", "AC") == "AC"
    response.close()


def test_what_is_told_is_heard_once_by_each(redis_server: RedisServer, herald: Heralds) -> None:
    heard: dict[str, list[News]] = {"one": [], "other": []}
    one, other = (herald(redis_server.url, heard[name].append) for name in heard)
    for each in (one, other):
        each.listen()
    eventually(lambda: one._redis.pubsub_numsub("judge:news")[0][1] == 2)
    told = [News("submission", "1" * 32, 7, "add-two"), News("run", "2" * 32)]
    for news in told:
        one.tell(news)
    eventually(lambda: heard["other"] == told)
    assert heard["one"] == told


def test_what_is_no_news_is_passed_over(redis_server: RedisServer, herald: Heralds) -> None:
    heard: list[News] = []
    listener = herald(redis_server.url, heard.append)
    listener.listen()
    eventually(lambda: listener._redis.pubsub_numsub("judge:news")[0][1] == 1)
    with redis_server.client() as client:
        for bad in (b"", b"\xff", b"[1]", b'{"by":"x","news":{"kind":"pickle","id":"1"}}', b'{"by":1,"news":{}}'):
            client.publish("judge:news", bad)
    herald(redis_server.url).tell(News("run", "1" * 32))
    eventually(lambda: heard == [News("run", "1" * 32)])


def test_a_verdict_is_told_here_while_redis_is_away_and_everywhere_when_it_is_back(
    own_redis: RedisServer, herald: Heralds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.news._LEFT_ALONE_S", 0.05)
    here: list[News] = []
    there = threading.Event()
    teller = herald(own_redis.url, here.append)
    herald(own_redis.url, lambda _: there.set()).listen()
    own_redis.stop()
    teller.tell(News("run", "1" * 32))
    assert here == [News("run", "1" * 32)]
    own_redis.start()

    def is_heard() -> bool:
        teller.tell(News("run", "2" * 32))
        time.sleep(0.02)
        return there.is_set()

    eventually(is_heard)
