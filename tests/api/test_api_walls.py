"""Between organisations, and between scopes: every route of the API is tried, and one that is new must be added here.

A route with an object's id in its address is tried by itself with the first organisation's objects, once OBJECTS knows
how that id is called. A route without one is tried by BODIES (what to send) and must show nothing of the first
organisation's. SCOPES is the table of who may do what.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, report_for, rules, settings_for
from flask import Flask
from werkzeug.test import TestResponse

from api.settings import Settings
from api.store.keys import SCOPES as ALL_SCOPES

URL = "https://127.0.0.1/first-url-mark"
ANY: frozenset[str] = frozenset(ALL_SCOPES)
READ, SUBMIT, AUTHOR, ADMIN, WORKER = ({scope} for scope in ("read", "submit", "author", "admin", "worker"))

# Which scopes open a route; any of them is enough. ANY: no key is asked for.
SCOPES: dict[str, set[str] | frozenset[str]] = {
    "GET /": ANY,
    "GET /healthz": ANY,
    "GET /readyz": ANY,
    "GET /docs": ANY,
    "GET /api/v1/docs/": ANY,
    "GET /api/v1/openapi.json": ANY,
    "GET /api/v1/problems": READ,
    "GET /api/v1/problems/<slug>": READ,
    "GET /api/v1/submissions": READ,
    "GET /api/v1/submissions/<submission_id>": READ,
    "POST /api/v1/submissions": SUBMIT,
    "GET /api/v1/runs/<run_id>": READ,
    "POST /api/v1/runs": SUBMIT,
    "GET /api/v1/keys": ADMIN,
    "POST /api/v1/keys": ADMIN,
    "GET /api/v1/keys/<key_id>": ADMIN,
    "DELETE /api/v1/keys/<key_id>": ADMIN,
    "GET /api/v1/audit": ADMIN,
    "GET /metrics": ANY,
    "GET /api/v1/packages/<package>": AUTHOR,
    "GET /api/v1/submissions/<submission_id>/record": AUTHOR,
    "GET /api/v1/submissions/<submission_id>/events": READ,
    "GET /api/v1/problems/<slug>/leaderboard": READ,
    "GET /api/v1/problems/<slug>/leaderboard/events": READ,
    "GET /api/v1/rejudgings": ADMIN,
    "POST /api/v1/rejudgings": ADMIN,
    "GET /api/v1/rejudgings/<rejudging_id>": ADMIN,
    "GET /api/v1/rejudgings/<rejudging_id>/changes": ADMIN,
    "GET /api/v1/rejudgings/<rejudging_id>/ranks": ADMIN,
    "POST /api/v1/rejudgings/<rejudging_id>/apply": ADMIN,
    "POST /api/v1/rejudgings/<rejudging_id>/discard": ADMIN,
    "GET /api/v1/webhooks": ADMIN,
    "POST /api/v1/webhooks": ADMIN,
    "GET /api/v1/webhooks/<webhook_id>": ADMIN,
    "DELETE /api/v1/webhooks/<webhook_id>": ADMIN,
    "GET /api/v1/webhooks/<webhook_id>/deliveries": ADMIN,
    "POST /api/v1/webhooks/<webhook_id>/enable": ADMIN,
    "POST /api/v1/webhooks/<webhook_id>/secret": ADMIN,
    "POST /api/v1/webhooks/<webhook_id>/test": ADMIN,
    "POST /api/v1/webhooks/<webhook_id>/messages/<message_id>/resend": ADMIN,
    "POST /internal/claims": WORKER,
    "POST /internal/judgings/<judging_id>/report": WORKER,
    "POST /internal/judgings/<judging_id>/fault": WORKER,
    "POST /internal/workers/<worker>": WORKER,
    "GET /internal/packages/<package>": WORKER,
    "GET /internal/problems": WORKER,
}

# What to send to a route that takes a body, so that it is refused for whose the object is and for nothing else.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/submissions": body_for(),
    "POST /api/v1/runs": body_for(),
    "POST /api/v1/keys": {"name": "k", "scopes": ["read"]},
    "POST /api/v1/rejudgings": {"reason": "r", "filter": {"problem": "add-two"}},
    "POST /api/v1/webhooks": {"url": "https://127.0.0.1/", "events": ["submission.judged"]},
    "POST /internal/judgings/<judging_id>/report": report_for(),
    "POST /internal/judgings/<judging_id>/fault": {"reason": "r"},
    "POST /internal/workers/<worker>": {"languages": ["python"]},
}

# What belongs to nobody, by its name in addresses.
SHARED = {"slug": "add-two", "package": "0" * 64}
# Of a stream that does not end by itself only so many pieces are read.
PIECES = 2


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(settings_for(settings.redis_url, settings.problems_dir, webhooks_allow="127.0.0.0/8"))


@dataclass
class First:
    """The organisation whose objects nobody else may see. `objects`: by their names in addresses."""

    caller: Caller
    objects: dict[str, str]
    marks: list[str]


@pytest.fixture
def first(app: Flask, worker: Caller) -> First:
    """With one of everything that an organisation can have."""
    caller = caller_of(app, "first-key-mark", "first-organisation-mark")
    submission = caller.post("/api/v1/submissions", json=body_for(person="first-person-mark")).json["id"]
    worker.report(submission, report_for())
    waiting = caller.post("/api/v1/submissions", json=body_for(person="first-person-mark")).json["id"]
    run = caller.post("/api/v1/runs?wait=0", json=body_for()).json["id"]
    key = caller.post("/api/v1/keys", json={"name": "first-made-mark", "scopes": ["read"]}).json
    webhook = caller.post("/api/v1/webhooks", json={**BODIES["POST /api/v1/webhooks"], "url": URL}).json["id"]
    message = caller.post(f"/api/v1/webhooks/{webhook}/test").json["id"]
    rejudging = caller.post("/api/v1/rejudgings", json=BODIES["POST /api/v1/rejudgings"]).json["id"]
    objects = {"submission_id": submission, "run_id": run, "key_id": str(key["id"])}
    objects |= {"webhook_id": str(webhook), "message_id": str(message), "rejudging_id": str(rejudging)}
    marks = ["first-key-mark", "first-organisation-mark", "first-person-mark", "first-made-mark", key["key"], URL]
    return First(caller, objects, [*marks, submission, waiting, run])


def ask(caller: Caller, method: str, rule: str, objects: dict[str, str]) -> TestResponse:
    path = rule
    for name, value in objects.items():
        path = path.replace(f"<{name}>", value)
    answer = caller.http.open(path, method=method, json=BODIES.get(f"{method} {rule}"), headers=caller.headers)
    if answer.mimetype == "text/event-stream":
        answer.set_data(b"".join(itertools.islice(answer.response, PIECES)))
    return answer


def test_every_route_is_in_the_table(app: Flask) -> None:
    assert {f"{method} {rule}" for method, rule in rules(app)} == set(SCOPES), "a new route must say who may use it"


def test_nothing_of_an_organisation_is_reached_with_anothers_key(app: Flask, first: First) -> None:
    stranger, tried = caller_of(app, "stranger"), 0
    before = [first.caller.get(path).data for path in seen_by_its_owner(app, first)]
    for method, rule in rules(app):
        if rule.startswith("/internal"):
            continue
        answer = ask(stranger, method, rule, first.objects | SHARED)
        assert not [mark for mark in first.marks if mark in answer.text], f"{method} {rule}"
        names = {part[1:-1] for part in rule.split("/") if part.startswith("<")} - set(SHARED)
        assert names <= set(first.objects), f"{method} {rule}: add one of the first organisation's to its objects"
        if names:
            tried += 1
            assert answer.status_code == 404, f"{method} {rule}"
            nobodys = dict.fromkeys(names, "0" * 32)
            assert answer.json == ask(stranger, method, rule, nobodys | SHARED).json, "as if there were none"
        else:
            known = answer.status_code < 400 or "<package>" in rule  # no package has the hash that is asked for
            assert known, f"{method} {rule}: it needs one of BODIES"
    assert tried >= 4
    assert [first.caller.get(path).data for path in seen_by_its_owner(app, first)] == before, "nor is it changed"


def seen_by_its_owner(app: Flask, first: First) -> list[str]:
    """The addresses of its objects; proves by the way that they would be reached if they could be."""
    paths = []
    for method, rule in rules(app):
        if method == "GET" and any(f"<{name}>" in rule for name in first.objects):
            answer = ask(first.caller, method, rule, first.objects)
            assert answer.status_code == 200, rule
            paths.append(answer.request.path)
    return paths


def test_a_page_cannot_begin_at_anothers_object(app: Flask, first: First) -> None:
    stranger = caller_of(app, "stranger")
    assert stranger.get(f"/api/v1/submissions?before={first.objects['submission_id']}").status_code == 422
    entries = stranger.get("/api/v1/audit?before=1000000").json["entries"]
    assert not [mark for mark in first.marks if mark in str(entries)]


@pytest.mark.parametrize("scope", ALL_SCOPES)
def test_a_scope_opens_what_the_table_says_and_nothing_else(app: Flask, first: First, scope: str) -> None:
    caller = caller_of(app, f"{scope}-only", "first-organisation-mark", scopes=(scope,))
    for method, rule in rules(app):
        route = f"{method} {rule}"
        answer = ask(caller, method, rule, first.objects | SHARED)
        if scope in SCOPES[route]:
            assert answer.status_code not in (401, 403), route
        elif rule.startswith("/internal"):
            assert answer.status_code == 401, route
        else:
            assert (answer.status_code, answer.json["type"]) == (403, "urn:judge:missing-scope"), route
            assert set(answer.json["accepted"]) == SCOPES[route], route
