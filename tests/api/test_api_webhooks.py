"""Webhooks over HTTP: made, seen and changed by their organisation only, and never with a secret but once."""

from collections.abc import Callable
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, report_for, settings_for
from flask import Flask

from api.settings import Settings

WEBHOOKS = "/api/v1/webhooks"
URL = "https://127.0.0.1/hook"


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings, database_url: str) -> Flask:
    changes = {"webhooks_allow": "127.0.0.0/8, ::1", "database_url": database_url}
    return make_app(settings_for(settings.redis_url, settings.problems_dir, **changes))


def made(caller: Caller, *events: str) -> dict[str, Any]:
    response = caller.post(WEBHOOKS, json={"url": URL, "events": events or ["submission.judged"]})
    assert response.status_code == 201, response.text
    webhook: dict[str, Any] = response.json
    return webhook


def test_the_secret_is_shown_once(caller: Caller) -> None:
    webhook = made(caller, "submission.judged", "rejudging.applied", "submission.judged")
    assert webhook["secret"].startswith("whsec_")
    assert webhook["events"] == ["submission.judged", "rejudging.applied"]
    shown = {name: value for name, value in webhook.items() if name != "secret"}
    assert caller.get(f"{WEBHOOKS}/{webhook['id']}").json == shown
    assert caller.get(WEBHOOKS).json == {"webhooks": [shown]}
    rotated = caller.post(f"{WEBHOOKS}/{webhook['id']}/secret").json
    assert rotated["secret"] != webhook["secret"]
    assert "whsec_" not in caller.get(f"{WEBHOOKS}/{webhook['id']}").text


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"url": "http://127.0.0.1/"}, "url", "must begin with https://"),
    ({"url": "https://169.254.169.254/latest/meta-data"}, "url", "not at a public address"),
    ({"url": "https://[::ffff:10.0.0.1]/"}, "url", "not at a public address"),
    ({"url": "https://2130706433/"}, "url", "unusual spelling"),
    ({"url": "https://me:secret@127.0.0.1/"}, "url", "no user"),
    ({"url": "https://no-such-name.invalid/"}, "url", "has no address"),
    ({"url": 1}, "url", "string"),
    ({"events": []}, "events", "at least 1"),
    ({"events": ["submission.made"]}, "events.0", "submission.judged"),
    ({"secret": "whsec_mine"}, "secret", "no field"),
]


def test_a_wrong_webhook_is_refused(caller: Caller) -> None:
    for changes, field, said in REFUSED:
        response = caller.post(WEBHOOKS, json={"url": URL, "events": ["submission.judged"], **changes})
        assert (response.status_code, response.json["field"]) == (422, field)
        assert said in response.json["detail"]
        assert "secret@" not in response.text
    assert caller.get(WEBHOOKS).json == {"webhooks": []}


def test_there_are_only_so_many(caller: Caller) -> None:
    for _ in range(20):
        made(caller)
    response = caller.post(WEBHOOKS, json={"url": URL, "events": ["submission.judged"]})
    assert (response.status_code, response.json["type"]) == (409, "urn:judge:too-many-webhooks")


def test_what_is_no_id_is_unknown(caller: Caller) -> None:
    own = made(caller)["id"]
    for given in ("0", "x", "-1", "1.0", "9" * 9, "9" * 30, "%00", "%EF%BC%91"):
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("GET", "/deliveries"),
            ("POST", "/secret"),
            ("POST", "/test"),
        ):
            response = caller.http.open(f"{WEBHOOKS}/{given}{path}", method=method, headers=caller.headers)
            assert (response.status_code, response.json["type"]) == (404, "urn:judge:unknown-webhook")
        response = caller.post(f"{WEBHOOKS}/{own}/messages/{given}/resend")
        assert (response.status_code, response.json["type"]) == (404, "urn:judge:unknown-message")


def test_nobody_elses_is_seen_or_changed(app: Flask, caller: Caller) -> None:
    webhook, other = made(caller), caller_of(app, "other")
    message = caller.post(f"{WEBHOOKS}/{webhook['id']}/test").json
    theirs = made(other)
    path = f"{WEBHOOKS}/{webhook['id']}"
    for method, route in (
        ("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries"), ("POST", f"{path}/secret"),
        ("POST", f"{path}/test"), ("POST", f"{path}/enable"), ("POST", f"{path}/messages/{message['id']}/resend"),
        ("POST", f"{WEBHOOKS}/{theirs['id']}/messages/{message['id']}/resend"),
    ):  # fmt: skip
        response = other.http.open(route, method=method, headers=other.headers)
        assert response.status_code == 404, f"{method} {route}"
    assert [one["id"] for one in other.get(WEBHOOKS).json["webhooks"]] == [theirs["id"]]
    assert caller.get(path).status_code == 200


def test_the_log_shows_what_is_owed_page_by_page(caller: Caller, worker: Caller) -> None:
    webhook = made(caller)
    ids = []
    for _ in range(3):
        ids.append(caller.post("/api/v1/submissions", json=body_for()).json["id"])
        worker.report(ids[-1], report_for())
    path, seen, before = f"{WEBHOOKS}/{webhook['id']}/deliveries", [], ""
    while True:
        page = caller.get(f"{path}?limit=2{before}").json
        seen += page["messages"]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert [message["payload"]["data"]["id"] for message in seen] == ids[::-1]
    assert {(message["state"], message["event"], len(message["tries"])) for message in seen} == {
        ("pending", "submission.judged", 0)
    }
    assert caller.get(f"{path}?state=dead").json == {"messages": [], "next": None}
    assert len(caller.get(f"{path}?state=pending").json["messages"]) == 3
    assert caller.get(f"{path}?state=lost").status_code == 422
    assert caller.get(f"{path}?before=0").status_code == 422


def test_a_deleted_webhook_is_gone(caller: Caller) -> None:
    webhook = made(caller)
    path = f"{WEBHOOKS}/{webhook['id']}"
    response = caller.http.delete(path, headers=caller.headers)
    assert (response.status_code, response.data) == (204, b"")
    for gone in (caller.get(path), caller.http.delete(path, headers=caller.headers), caller.post(f"{path}/test")):
        assert gone.status_code == 404
    assert caller.get(WEBHOOKS).json == {"webhooks": []}


def test_who_changed_a_webhook_is_in_the_log(caller: Caller) -> None:
    webhook = made(caller)
    path = f"{WEBHOOKS}/{webhook['id']}"
    rotated = caller.post(f"{path}/secret").json
    caller.post(f"{path}/enable")
    caller.http.delete(path, headers=caller.headers)
    log = caller.get("/api/v1/audit")
    entries = [entry for entry in log.json["entries"] if entry["subject"] == f"webhook {webhook['id']}"]
    assert [entry["action"] for entry in entries] == [
        "webhook.deleted", "webhook.enabled", "webhook.rotated", "webhook.created"
    ]  # fmt: skip
    assert entries[-1]["detail"] == {"host": "127.0.0.1"}
    assert webhook["secret"] not in log.text
    assert rotated["secret"] not in log.text
