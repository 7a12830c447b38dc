"""Every bad input gets its own clear answer: it names the field and what would be accepted, and is never a 500."""

import json
from typing import Any

import pytest
from api_help import Caller, RedisServer, body_for
from flask import Flask

from api.schemas import ProblemDetails

SUBMISSIONS, RUNS = "/api/v1/submissions", "/api/v1/runs"
KIB_64 = 64 * 1024


def refusal(response: Any, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    details = ProblemDetails.model_validate_json(response.data)
    assert (details.status, details.type) == (status, f"urn:judge:{kind}")
    body: dict[str, Any] = response.json
    return body


BAD_FIELDS = [
    pytest.param(
        {"problem": "ad-two"}, "unknown-problem", "problem", ["add-two"], "Did you mean 'add-two'?", id="problem"
    ),
    pytest.param({"problem": ""}, "unknown-problem", "problem", ["add-two"], "", id="no-problem"),
    pytest.param({"problem": "\ud800"}, "unknown-problem", "problem", ["add-two"], "", id="problem-surrogate"),
    pytest.param({"language": "pyton"}, "unknown-language", "language", None, "Did you mean 'python'?", id="language"),
    pytest.param({"source": ""}, "empty-source", "source", None, "", id="empty"),
    pytest.param({"source": " \n\t\u00a0"}, "empty-source", "source", None, "white space", id="white-space"),
    pytest.param({"source": "x = 1\0"}, "nul-byte", "source", None, "character 6", id="nul"),
    pytest.param({"source": "x = '\ud83d'"}, "invalid-unicode", "source", None, "Character 6", id="surrogate"),
    pytest.param({"source": "é" * (KIB_64 // 2) + "x"}, "source-too-large", "source", None, "65537", id="too-large"),
    pytest.param({"source": 5}, "invalid-field", "source", None, "string", id="number"),
    pytest.param({"source": None}, "invalid-field", "source", None, "string", id="null"),
    pytest.param({"sauce": "x"}, "unknown-field", "sauce", ["problem", "language", "source"], "'source'", id="extra"),
]


@pytest.mark.parametrize(("changes", "kind", "field", "accepted", "said"), BAD_FIELDS)
@pytest.mark.parametrize("url", [SUBMISSIONS, RUNS])
def test_a_bad_field_is_named(
    caller: Caller, redis_server: RedisServer, url: str, changes: Any, kind: str, field: str, accepted: Any, said: str
) -> None:
    body = refusal(caller.post(url, json=body_for(**changes)), 422, kind)
    assert body["field"] == field
    assert body["accepted"]
    assert accepted is None or set(accepted) <= set(body["accepted"])
    assert said in body["detail"]
    assert redis_server.queued() == 0


@pytest.mark.parametrize("field", ["problem", "language", "source"])
def test_a_missing_field_is_named(caller: Caller, field: str) -> None:
    sent = body_for()
    del sent[field]
    body = refusal(caller.post(SUBMISSIONS, json=sent), 422, "missing-field")
    assert (body["field"], body["errors"][0]["field"]) == (field, field)


def test_all_faults_are_listed(caller: Caller) -> None:
    body = refusal(caller.post(SUBMISSIONS, json={"problem": 1, "sauce": 2}), 422, "unknown-field")
    assert {error["field"] for error in body["errors"]} == {"problem", "language", "source", "sauce"}


def test_the_largest_source_is_taken(caller: Caller) -> None:
    assert caller.post(SUBMISSIONS, json=body_for(source="#" * KIB_64)).status_code == 202


BAD_BODIES = [
    pytest.param(b'{"problem": "add-two",\n oops}', 400, "malformed-json", "line 2, column 2", id="malformed"),
    pytest.param(b"", 400, "malformed-json", "line 1, column 1", id="empty"),
    pytest.param(b'{"source": NaN}', 400, "malformed-json", "NaN", id="nan"),
    pytest.param(b'{"source": ' + b"9" * 5000 + b"}", 400, "malformed-json", "digits", id="long-number"),
    pytest.param(b'{"source": "\xff"}', 400, "invalid-encoding", "Byte 12", id="not-utf-8"),
    pytest.param(b"[" * 100_000, 422, "too-deep", "", id="deep"),
    pytest.param(b'{"source":' + b"[" * 90_000 + b"]" * 90_000 + b"}", 422, "too-deep", "", id="deep-and-closed"),
    pytest.param(b"[1]", 422, "invalid-field", "object", id="array"),
    pytest.param(b"null", 422, "invalid-field", "object", id="null"),
]


@pytest.mark.parametrize(("data", "status", "kind", "said"), BAD_BODIES)
def test_a_bad_body_is_explained(caller: Caller, data: bytes, status: int, kind: str, said: str) -> None:
    length = {"CONTENT_LENGTH": str(len(data))}
    response = caller.post(SUBMISSIONS, data=data, content_type="application/json", environ_overrides=length)
    assert said in refusal(response, status, kind)["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_other_content_types_are_refused(caller: Caller, kind: str) -> None:
    response = caller.post(SUBMISSIONS, data=json.dumps(body_for()), content_type=kind)
    assert refusal(response, 415, "unsupported-media-type")["accepted"] == ["application/json"]


def test_a_large_body_is_refused_before_it_is_read(caller: Caller) -> None:
    class Unreadable:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    response = caller.post(
        SUBMISSIONS,
        environ_overrides={"CONTENT_LENGTH": str(256 * 1024 + 1), "wsgi.input": Unreadable()},
        content_type="application/json",
    )
    assert refusal(response, 413, "body-too-large")["accepted"] == ["at most 262144 bytes"]


def test_a_body_without_a_length_is_refused(caller: Caller) -> None:
    response = caller.post(
        SUBMISSIONS,
        environ_overrides={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
        content_type="application/json",
    )
    refusal(response, 411, "length-required")


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "soon", "", "1e999"])
@pytest.mark.parametrize("url", [SUBMISSIONS, RUNS])
def test_a_wrong_wait_is_refused(caller: Caller, url: str, wait: str) -> None:
    body = refusal(caller.post(f"{url}?wait={wait}", json=body_for()), 422, "invalid-field")
    assert (body["field"], body["accepted"]) == ("wait", ["seconds to wait, from 0 to 60"])


@pytest.mark.parametrize(
    ("query", "kind", "field"),
    [
        ("wiat=1", "unknown-field", "wiat"),
        ("limit=0", "invalid-field", "limit"),
        ("limit=101", "invalid-field", "limit"),
        ("before=nonsense", "invalid-field", "before"),
        ("before=%00", "invalid-field", "before"),
        ("limit=1&limit=2", "invalid-field", "limit"),
    ],
)
def test_wrong_parameters_of_the_list_are_refused(caller: Caller, query: str, kind: str, field: str) -> None:
    assert refusal(caller.get(f"{SUBMISSIONS}?{query}"), 422, kind)["field"] == field


BAD_INPUTS = [
    pytest.param(None, "invalid-input", "array", id="null"),
    pytest.param({"a": 1}, "invalid-input", "array", id="object"),
    pytest.param([1], "invalid-input", "takes 2 arguments (a, b), not 1", id="too-few"),
    pytest.param([1, "2"], "invalid-input", "b is str, not int", id="wrong-type"),
    pytest.param([1, True], "invalid-input", "b is bool, not int", id="bool"),
    pytest.param([1, "\ud800"], "invalid-unicode", "surrogate", id="surrogate"),
    pytest.param([1, "x" * KIB_64], "input-too-large", "bytes", id="too-large"),
]


@pytest.mark.parametrize(("value", "kind", "said"), BAD_INPUTS)
def test_an_input_the_problem_does_not_take_is_refused(caller: Caller, value: Any, kind: str, said: str) -> None:
    body = refusal(caller.post(RUNS, json=body_for(input=value)), 422, kind)
    assert body["field"] == "input"
    assert said in body["detail"]


def test_a_deep_or_endless_input_is_refused(caller: Caller) -> None:
    deep: Any = 1
    for _ in range(65):
        deep = [deep]
    assert refusal(caller.post(RUNS, json=body_for(input=deep)), 422, "too-deep")["field"] == "input"
    data = json.dumps(body_for(input=[1, 0])).replace("[1, 0]", "[1, 1e999]")
    refusal(caller.post(RUNS, data=data, content_type="application/json"), 422, "invalid-input")


def test_unknown_places_are_explained(caller: Caller) -> None:
    refusal(caller.get("/nowhere"), 404, "unknown-route")
    refusal(caller.get("/api/v1/submissions/x/y"), 404, "unknown-route")
    refusal(caller.get(f"{SUBMISSIONS}/nonsense"), 404, "unknown-submission")
    refusal(caller.get(f"{SUBMISSIONS}/%00"), 404, "unknown-submission")
    refusal(caller.get(f"{RUNS}/nonsense"), 404, "unknown-run")
    body = refusal(caller.get("/api/v1/problems/add-tow"), 404, "unknown-problem")
    assert "Did you mean 'add-two'?" in body["detail"]
    response = caller.http.delete(SUBMISSIONS, headers=caller.headers)
    assert refusal(response, 405, "method-not-allowed")["accepted"] == ["GET", "POST"]
    assert "POST" in response.headers["Allow"]


def test_an_unexpected_error_tells_nothing(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("api.submissions.check_solution", fails)
    response = caller.post(SUBMISSIONS, json=body_for(source="my_secret_source"))
    refusal(response, 500, "internal-error")
    logged = str([vars(each) for each in caplog.records])
    assert "RuntimeError" in logged
    for secret in ("hunter2", "my_secret_source", caller.key):
        assert secret not in response.text + logged
