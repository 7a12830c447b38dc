"""What somebody submitted is shown to others as data: no answer is one that a browser would run."""

from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, report_for, rules
from flask import Flask
from werkzeug.test import TestResponse

PAGES = {"/api/v1/docs/", "/docs"}
DATA = {"application/json", "application/problem+json", "text/event-stream", "text/plain", "application/x-tar"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'</pre>"
SUBMISSIONS = "/api/v1/submissions"


def is_inert(answer: TestResponse) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    closed = all(said in policy for said in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"))
    empty = answer.status_code == 204 or answer.content_length == 0
    return closed and answer.headers["X-Content-Type-Options"] == "nosniff" and (answer.mimetype in DATA or empty)


@pytest.mark.parametrize("key", ["", "of the caller", "of a worker"])
def test_no_answer_of_any_route_is_a_page(app: Flask, caller: Caller, worker: Caller, key: str) -> None:
    asks = {"": Caller(app.test_client(), ""), "of the caller": caller, "of a worker": worker}[key]
    for method, rule in [*rules(app), ("GET", f"/{SCRIPT}"), ("BREW", "/"), ("OPTIONS", SUBMISSIONS)]:
        path = rule.replace("<slug>", "add-two")
        answer = asks.http.open(path, method=method, headers=asks.headers, data="<html>", content_type="text/html")
        answer.close()  # a stream has no end
        assert is_inert(answer) or rule in PAGES, f"{method} {rule}: {answer.status} {answer.headers}"
        assert "Content-Security-Policy" in answer.headers and "X-Content-Type-Options" in answer.headers


def test_markup_comes_back_as_it_was_sent_and_inert(app: Flask, worker: Caller) -> None:
    caller = caller_of(app, SCRIPT)
    sent = body_for(source=f"# {SCRIPT}", person=SCRIPT)
    made = caller.post(SUBMISSIONS, json=sent)
    error = {"kind": "syntax_error", "message": SCRIPT, "line": 1, "column": 1, "text": SCRIPT}
    report = report_for("CE", compile_error=error, groups=[])
    assert worker.report(made.json["id"], report) == 204
    shown = caller.get(f"{SUBMISSIONS}/{made.json['id']}")
    seen: Any = shown.json["report"]["compile_error"]
    assert (shown.json["person"], seen["message"], seen["text"]) == (SCRIPT, SCRIPT, SCRIPT)
    record = caller.get(f"{SUBMISSIONS}/{made.json['id']}/record")
    assert record.json["source"] == f"# {SCRIPT}"
    refused = caller.post(SUBMISSIONS, json=body_for(problem=SCRIPT))
    assert (refused.status_code, "<script>" in refused.json["detail"]) == (422, True)
    others = [caller.get(path) for path in (SUBMISSIONS, "/api/v1/keys", "/api/v1/problems/add-two/leaderboard")]
    for answer in (made, shown, record, refused, *others):
        assert is_inert(answer), f"{answer.request.path}: {answer.headers}"
