"""Messages on their way: signed, tried again, sent to the checked address and nowhere else. The receivers are real."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, eventually, report_for, services_of
from flask import Flask
from receivers import OK, Authority, Receiver, status
from standardwebhooks import Webhook, WebhookVerificationError

from api.auth import digest_of
from api.courier import PAUSES_S, PLACES_OF_ORGANISATION, PLACES_OF_WEBHOOK, Courier, _next_at
from api.posting import MAX_ANSWER, Why
from api.settings import Settings
from api.store.webhooks import Change
from api.targets import Targets

WEBHOOKS = "/api/v1/webhooks"


@pytest.fixture
def local(settings: Settings) -> Settings:
    """May send to this machine."""
    changes = {"webhooks_insecure": True, "webhooks_allow": "127.0.0.0/8"}
    return Settings.model_validate({**dict(settings), **changes})


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], local: Settings) -> Flask:
    return make_app(local)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.courier.TOTAL_S", 0.5)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that all names lead to, one after the other; the last one stays."""
    leads_to: list[str] = []

    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        address = leads_to.pop(0) if len(leads_to) > 1 else leads_to[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    return leads_to


def hook(caller: Caller, url: str) -> dict[str, Any]:
    response = caller.post(WEBHOOKS, json={"url": url, "events": ["submission.judged"]})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json
    return made


def judge(caller: Caller, worker: Caller) -> str:
    submission_id: str = caller.post("/api/v1/submissions", json=body_for(person="me")).json["id"]
    assert worker.report(submission_id, report_for()) in (200, 204)
    return submission_id


def deliver(app: Flask) -> None:
    courier = services_of(app).courier
    while courier.send_due():
        courier.join()


def log(caller: Caller, made: dict[str, Any]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = caller.get(f"{WEBHOOKS}/{made['id']}/deliveries").json["messages"]
    return messages


def outcome(caller: Caller, made: dict[str, Any]) -> tuple[str, int | None, str | None]:
    (message,) = log(caller, made)
    return message["state"], message["tries"][-1]["status"], message["tries"][-1]["error"]


def test_a_verdict_is_told_and_its_signature_can_be_verified(app: Flask, caller: Caller, worker: Caller) -> None:
    with Receiver() as receiver:
        made = hook(caller, receiver.url(path="/hook?a=b"))
        submission_id = judge(caller, worker)
        deliver(app)
    (got,) = receiver.received
    told = Webhook(made["secret"]).verify(got.body, got.headers)
    assert (told["type"], told["data"]["id"], told["data"]["verdict"]) == ("submission.judged", submission_id, "AC")
    assert (got.path, got.headers["host"]) == ("/hook?a=b", f"127.0.0.1:{receiver.port}")
    assert "SECRET" not in got.body
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_b3RoZXI=").verify(got.body, got.headers)
    assert outcome(caller, made) == ("delivered", 200, None)


def test_after_a_rotation_both_secrets_sign_for_a_day(app: Flask, caller: Caller) -> None:
    with Receiver() as receiver:
        made = hook(caller, receiver.url())
        rotated = caller.post(f"{WEBHOOKS}/{made['id']}/secret").json
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        store = services_of(app).store
        key = store.keys.find(digest_of(caller.key))
        assert key
        newest = "whsec_bmV3ZXN0"
        store.webhooks.rotate(Change(made["id"], key.org_id, key.id, datetime.now(UTC) - timedelta(hours=25)), newest)
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
    both, one = receiver.received
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(both.body, both.headers)["type"] == "webhook.test"
    assert Webhook(newest).verify(one.body, one.headers)
    assert [len(got.headers["webhook-signature"].split()) for got in (both, one)] == [2, 1]


def test_what_failed_is_tried_again_later_with_the_same_id(app: Flask, caller: Caller) -> None:
    with Receiver(status(500)) as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == ("pending", 500, Why.STATUS)
        (message,) = log(caller, made)
        assert message["due_at"] > message["created_at"]
        receiver.answer = status(204)
        resend = f"{WEBHOOKS}/{made['id']}/messages/{message['id']}/resend"
        assert caller.post(resend).status_code == 202
        deliver(app)
        assert outcome(caller, made) == ("delivered", 204, None)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == message["event_id"]


def test_it_is_tried_for_about_a_day() -> None:
    assert 20 * 3600 < sum(PAUSES_S) < 28 * 3600
    now = datetime.now(UTC)
    pauses = [_next_at(tries, Why.STATUS) for tries in range(1, len(PAUSES_S) + 1)]
    assert all(
        pause and 0.7 * least < (pause - now).total_seconds() for pause, least in zip(pauses, PAUSES_S, strict=True)
    )
    assert _next_at(len(PAUSES_S) + 1, Why.STATUS) is None
    assert len({_next_at(3, Why.STATUS) for _ in range(5)}) > 1, "many that failed together do not come back together"


def test_410_disables_the_webhook(app: Flask, caller: Caller) -> None:
    with Receiver(status(410)) as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == ("dead", 410, Why.GONE)
        assert caller.get(f"{WEBHOOKS}/{made['id']}").json["disabled_at"]
        assert caller.post(f"{WEBHOOKS}/{made['id']}/test").status_code == 409
        assert caller.post(f"{WEBHOOKS}/{made['id']}/enable").json["disabled_at"] is None
        assert caller.post(f"{WEBHOOKS}/{made['id']}/test").status_code == 202


# ---- hostile receivers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(app: Flask, caller: Caller, code: int) -> None:
    with Receiver() as inside, Receiver(status(code, f"Location: {inside.url()}")) as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == ("pending", code, Why.REDIRECT)
        assert inside.connections == 0


def drip(connection: socket.socket) -> None:
    """A header without end, a byte at a time."""
    connection.sendall(b"HTTP/1.1 100 Continue\r\nx: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def stall(connection: socket.socket) -> None:
    """Says nothing until the other side has gone."""
    connection.recv(1)


def flood(start: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x" * 65536)

    return answer


ANSWERS: dict[str, tuple[Any, tuple[str, int | None, str | None]]] = {
    "drip": (drip, ("pending", None, Why.TIMEOUT)),
    "stall": (stall, ("pending", None, Why.TIMEOUT)),
    "endless body": (flood(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"), ("delivered", 200, None)),
    "endless status": (flood(b"HTTP/1.1 200 "), ("pending", None, Why.ANSWER)),
    "endless hints": (flood(b"HTTP/1.1 103 Early Hints\r\nx: "), ("pending", None, Why.ANSWER)),
    "nothing": (b"", ("pending", None, Why.ANSWER)),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", ("pending", None, Why.ANSWER)),
    "odd status": (b"HTTP/1.1 999 Odd\r\n\r\n", ("pending", None, Why.ANSWER)),
    "after a 100": (b"HTTP/1.1 100 Continue\r\n\r\n" + status(202), ("delivered", 202, None)),
    "no reason": (b"HTTP/1.0 200\r\n\r\n", ("delivered", 200, None)),
    "404": (status(404), ("pending", 404, Why.STATUS)),
    "429": (status(429), ("pending", 429, Why.STATUS)),
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.usefixtures("impatient")
def test_whatever_is_answered_there_is_an_end_and_only_2xx_counts(
    app: Flask, caller: Caller, answer: Any, expected: tuple[str, int | None, str | None]
) -> None:
    with Receiver(answer) as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == expected


def test_of_a_huge_answer_only_a_little_is_read(app: Flask, caller: Caller) -> None:
    sent = 0

    def answer(connection: socket.socket) -> None:
        nonlocal sent
        # Small buffers, so that what is sent is what is read, and little more.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent += connection.send(b"x" * 4096)

    with Receiver(answer) as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
    assert sent < 200 * MAX_ANSWER


def test_a_slow_receiver_delays_no_other(app: Flask, caller: Caller, worker: Caller) -> None:
    released = threading.Event()

    def wait(connection: socket.socket) -> None:
        released.wait(20)
        connection.sendall(OK)

    with contextlib.ExitStack() as stack:
        stack.callback(released.set)
        slow, quick = stack.enter_context(Receiver(wait)), stack.enter_context(Receiver())
        hook(caller, slow.url())
        for _ in range(5):
            judge(caller, worker)
        hook(caller, quick.url())
        judge(caller, worker)
        while services_of(app).courier.send_due():
            pass
        eventually(lambda: quick.received)
        eventually(lambda: len(slow.received) == PLACES_OF_WEBHOOK)
        assert services_of(app).courier.send_due() == 0
        released.set()
        services_of(app).courier.join()
        deliver(app)
    assert len(slow.received) == 6


def test_an_organisation_of_slow_receivers_delays_no_other(app: Flask, caller: Caller, worker: Caller) -> None:
    released = threading.Event()

    def wait(connection: socket.socket) -> None:
        released.wait(20)
        connection.sendall(OK)

    other = caller_of(app, "other")
    with contextlib.ExitStack() as stack:
        stack.callback(released.set)
        slow, quick = stack.enter_context(Receiver(wait)), stack.enter_context(Receiver())
        for _ in range(10):
            hook(caller, slow.url())
        judge(caller, worker)
        hook(other, quick.url())
        judge(other, worker)
        while services_of(app).courier.send_due():
            pass
        eventually(lambda: quick.received)
        eventually(lambda: len(slow.received) == PLACES_OF_ORGANISATION)
        released.set()
        services_of(app).courier.join()


# ---- addresses ---------------------------------------------------------------------------------------------------


def test_a_name_that_has_come_to_lead_inside_is_not_followed(
    make_app: Callable[[Settings], Flask], settings: Settings, resolver: list[str]
) -> None:
    app = make_app(settings)
    caller = caller_of(app)
    resolver[:] = ["93.184.216.34", "127.0.0.1"]
    with Receiver() as receiver:
        made = hook(caller, f"https://hooks.example:{8443}/")
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == ("pending", None, Why.ADDRESS)
        assert receiver.connections == 0


def test_the_connection_is_to_the_address_that_was_checked(app: Flask, caller: Caller, resolver: list[str]) -> None:
    """Whatever the name leads to a moment later."""
    with Receiver() as receiver:
        resolver[:] = ["127.0.0.1", "127.0.0.1", "10.0.0.1"]
        made = hook(caller, receiver.url("hooks.example"))
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == ("delivered", 200, None)
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
    assert resolver == ["10.0.0.1"]


def test_a_name_that_leads_nowhere_for_a_while_is_tried_again(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as receiver:
        made = hook(caller, receiver.url())
        caller.post(f"{WEBHOOKS}/{made['id']}/test")

        def fail(*_: Any, **__: Any) -> None:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")

        monkeypatch.setattr("socket.getaddrinfo", fail)
        deliver(app)
    assert outcome(caller, made) == ("pending", None, Why.NAME)


def test_nobody_listens(app: Flask, caller: Caller) -> None:
    with Receiver() as receiver:
        made = hook(caller, receiver.url())
    caller.post(f"{WEBHOOKS}/{made['id']}/test")
    deliver(app)
    assert outcome(caller, made) == ("pending", None, Why.CONNECT)


# ---- TLS ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("trusted", "name", "expected"),
    [
        (True, "hooks.example", ("delivered", 200, None)),
        (True, "other.example", ("pending", None, Why.TLS)),
        (False, "hooks.example", ("pending", None, Why.TLS)),
    ],
)
def test_the_certificate_is_checked_for_the_name(
    authority: Authority,
    make_app: Callable[[Settings], Flask],
    local: Settings,
    resolver: list[str],
    monkeypatch: pytest.MonkeyPatch,
    trusted: bool,
    name: str,
    expected: tuple[str, int | None, str | None],
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    app = make_app(local)
    caller = caller_of(app)
    resolver[:] = ["127.0.0.1"]
    with Receiver(tls=authority.server(name)) as receiver:
        made = hook(caller, receiver.url("hooks.example"))
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made) == expected
    assert len(receiver.received) == (expected[0] == "delivered"), "nothing is said to a stranger"


@pytest.mark.usefixtures("impatient")
def test_who_speaks_no_tls_is_told_nothing(app: Flask, caller: Caller, resolver: list[str]) -> None:
    resolver[:] = ["127.0.0.1"]
    with Receiver() as receiver:
        made = hook(caller, f"https://hooks.example:{receiver.port}/")
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
        assert outcome(caller, made)[0] == "pending"
    assert receiver.received == []


# ---- the courier itself ------------------------------------------------------------------------------------------


def test_two_couriers_send_each_message_once(app: Flask, caller: Caller, worker: Caller) -> None:
    store = services_of(app).store
    couriers = [Courier(store, Targets(services_of(app).settings.webhooks_allow, insecure=True)) for _ in "12"]
    with Receiver() as receiver:
        hook(caller, receiver.url())
        for _ in range(20):
            judge(caller, worker)
        for courier in couriers:
            courier.start()
        eventually(lambda: len(receiver.received) >= 20)
        for courier in couriers:
            courier.stop()
    assert len({got.headers["webhook-id"] for got in receiver.received}) == len(receiver.received) == 20


def test_a_courier_at_work_delivers_at_once_and_stops_when_told(app: Flask, caller: Caller, worker: Caller) -> None:
    courier = services_of(app).courier
    with Receiver() as receiver:
        made = hook(caller, receiver.url())
        courier.start()
        judge(caller, worker)
        eventually(lambda: receiver.received)
        courier.stop()
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
    assert [message["state"] for message in log(caller, made)] == ["pending", "delivered"]


def test_a_courier_outlives_a_database_that_is_away(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier, store, failed = services_of(app).courier, services_of(app).store, threading.Event()
    monkeypatch.setattr("api.courier.INTERVAL_S", 0.01)
    working = store.outbox.due

    def fail(_now: datetime) -> None:
        failed.set()
        raise OSError

    monkeypatch.setattr(store.outbox, "due", fail)
    with Receiver() as receiver:
        made = hook(caller, receiver.url())
        courier.start()
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        assert failed.wait(10)
        monkeypatch.setattr(store.outbox, "due", working)
        eventually(lambda: receiver.received)


def test_nothing_secret_is_in_the_log(app: Flask, caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with Receiver(status(500)) as receiver:
        made = hook(caller, receiver.url(path="/secret-path"))
        caller.post(f"{WEBHOOKS}/{made['id']}/test")
        deliver(app)
    assert made["secret"] not in caplog.text
    assert "secret-path" not in caplog.text
