"""What is sent stays a value: it is never a part of a statement, and what a database cannot keep is refused before."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from api_help import WORKER_TOKEN, Caller, body_for, caller_of, report_for, rules, services_of, settings_for
from flask import Flask
from sqlalchemy import MetaData, func, select

from api.settings import Settings

SUBMISSIONS, REJUDGINGS = "/api/v1/submissions", "/api/v1/rejudgings"
BOARD = "/api/v1/problems/add-two/leaderboard"
ANYTHING = "' OR '1'='1"
STATEMENTS = [
    ANYTHING,
    "'; DROP TABLE submissions; --",
    '" OR 1=1 --',
    "1); DELETE FROM keys; --",
    "%",
    "_",
    "\\' OR 1=1#",
]
UNSTORABLE = ["\0", "a\0b", "\ud800"]


@pytest.fixture
def app(database_url: str, make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    changes = {"database_url": database_url, "webhooks_allow": "127.0.0.0/8", "webhooks_insecure": True}
    return make_app(settings_for(settings.redis_url, settings.problems_dir, **changes))


def rows(app: Flask) -> dict[str, int]:
    """How many there are in each table."""
    metadata = MetaData()
    with services_of(app).store.database.reading() as connection:
        metadata.reflect(connection)
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def bodies(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Requests with this text wherever a client may send one."""
    submission = [body_for(**{field: text}) for field in ("person", "problem", "language", "source")]
    found = [(SUBMISSIONS, body) for body in submission] + [("/api/v1/runs", body) for body in submission[1:]]
    found += [("/api/v1/runs", body_for(input=[text, 1])), (SUBMISSIONS, body_for(**{text: 1}))]
    found += [(REJUDGINGS, {"reason": "r", "filter": {field: text}}) for field in ("problem", "person")]
    found += [(REJUDGINGS, {"reason": text, "filter": {"submissions": [text]}})]
    found += [("/api/v1/keys", {"name": text, "scopes": ["read"]}), ("/api/v1/keys", {"name": "k", "scopes": [text]})]
    url = f"http://127.0.0.1/{text}"
    found += [("/api/v1/webhooks", {"url": url, "events": ["submission.judged"]})]
    found += [("/api/v1/webhooks", {"url": "http://127.0.0.1/", "events": [text]})]
    return found


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_that_is_sent_is_a_text(app: Flask, text: str) -> None:
    caller, worker = caller_of(app), Caller(app.test_client(), WORKER_TOKEN)
    sent = caller.post(SUBMISSIONS, json=body_for(person=text, source=text))
    zoe = caller.post(SUBMISSIONS, json=body_for(person="zoë"))
    for made in (sent, zoe):
        assert worker.report(made.json["id"], report_for("AC")) == 204
    shown = caller.get(f"{SUBMISSIONS}/{sent.json['id']}/record").json
    assert (shown["source"], caller.get(BOARD).json["standings"][0]["person"]) == (text, text)
    made = caller.post(REJUDGINGS, json={"reason": text, "filter": {"person": text}})
    assert (made.json["reason"], made.json["filter"]) == (text, {"person": text})
    assert caller.get(f"{BOARD}?around={quote(text)}").json["standings"][0]["person"] == text
    nobody = caller.post(REJUDGINGS, json={"reason": "r", "filter": {"person": f"{text} "}})
    assert (made.json["chosen"], nobody.json["chosen"]) == (1, 0)


@pytest.mark.parametrize("text", STATEMENTS + UNSTORABLE)
def test_whatever_is_sent_in_an_address_finds_nothing(app: Flask, text: str) -> None:
    caller, worker = caller_of(app), Caller(app.test_client(), WORKER_TOKEN)
    made = caller.post(SUBMISSIONS, json=body_for(person="zoë")).json["id"]
    before = rows(app)
    value = quote(text.encode("utf-8", "surrogatepass"))
    for method, rule in rules(app):
        if "<" not in rule:
            continue
        path = "/".join(value if part.startswith("<") else part for part in rule.split("/"))
        asks = worker if rule.startswith("/internal") else caller
        answer = asks.http.open(path, method=method, headers=asks.headers, json={"languages": ["python"]})
        assert answer.status_code in ((204, 404, 422) if asks is worker else (404,)), f"{method} {rule}: {answer.text}"
    for query in ("before", "after", "around", "state", "limit", text):
        name = quote(query.encode("utf-8", "surrogatepass"))
        for path in (SUBMISSIONS, REJUDGINGS, "/api/v1/audit", BOARD, f"{SUBMISSIONS}/{made}"):
            answer = caller.get(f"{path}?{name}={value}")
            assert answer.status_code in (404, 422), f"{path}?{name}={value}: {answer.text}"
    assert {**rows(app), "workers": 0} == {**before, "workers": 0}


@pytest.mark.parametrize("text", UNSTORABLE)
def test_what_no_database_keeps_is_refused(app: Flask, text: str) -> None:
    caller = caller_of(app)
    before = rows(app)
    for path, body in bodies(text):
        answer = caller.post(path, json=body)
        assert answer.status_code == 422, f"{path} {body}: {answer.text}"
    assert rows(app) == before


def test_what_a_worker_reports_is_kept_whatever_is_in_it(app: Flask) -> None:
    """A program can print and raise a NUL; its verdict must be stored all the same."""
    caller, worker = caller_of(app), Caller(app.test_client(), WORKER_TOKEN)
    text = "".join(UNSTORABLE[:2]) + ANYTHING
    first, second = (caller.post(SUBMISSIONS, json=body_for()).json["id"] for _ in "12")
    error = {"kind": "syntax_error", "message": text, "line": 1, "column": 1, "text": text}
    assert worker.report(first, report_for("CE", compile_error=error, groups=[])) == 204
    assert caller.get(f"{SUBMISSIONS}/{first}").json["report"]["compile_error"]["message"] == text
    for _ in range(3):
        worker.claimed.clear()
        path = f"/internal/judgings/{worker.judging(second)}/fault"
        assert worker.post(path, json={"reason": text}).status_code in (200, 204)
    assert caller.get(f"{SUBMISSIONS}/{second}").json["verdict"] == "JE"
    asked = f"/internal/claims?worker={quote(text)}&languages={quote(text)}"
    assert worker.post(asked).status_code in (204, 422)
