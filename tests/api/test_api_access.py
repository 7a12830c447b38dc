"""Who may do what: every route but the open ones asks for a key, and the workers' routes for the workers' token."""

import pytest
from api_help import WORKER_TOKEN, Caller, body_for, report_for, services_of
from flask import Flask

OPEN = {"/", "/healthz", "/readyz", "/metrics", "/docs", "/api/v1/docs/", "/api/v1/openapi.json"}
WRONG = [
    "",
    "Bearer",
    "Bearer x",
    "Basic abc",
    f"Bearer judge_{'A' * 43}",
    "Bearer judge_é",
    f"Bearer judge_{'A' * 42}é",
]


def routes(app: Flask) -> list[tuple[str, str]]:
    adapter = app.url_map.bind("localhost")
    return [
        (method, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"), method))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@pytest.mark.parametrize("authorization", WRONG)
def test_every_other_route_wants_a_key(app: Flask, authorization: str) -> None:
    client, answers = app.test_client(), set()
    walked = [(method, path) for method, path in routes(app) if path not in OPEN]
    assert len(walked) >= 10
    for method, path in walked:
        response = client.open(
            path, method=method, headers={"Authorization": authorization.encode("utf-8").decode("latin-1")}
        )
        assert response.status_code == 401, f"{method} {path}"
        assert response.content_type == "application/problem+json"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        answers.add((path.startswith("/internal"), response.text))
    assert len(answers) == 2, "one answer for callers, one for workers"


def test_the_same_answer_for_unknown_and_malformed_keys(app: Flask) -> None:
    client = app.test_client()
    answers = {client.get("/api/v1/problems", headers={"Authorization": wrong}).data for wrong in WRONG[:5]}
    assert len(answers) == 1


def test_the_open_routes_are_open(app: Flask) -> None:
    for path in OPEN:
        assert app.test_client().get(path).status_code in (200, 302)


def test_keys_and_tokens_do_not_open_each_others_doors(app: Flask, caller: Caller, worker: Caller) -> None:
    assert caller.get("/internal/problems").status_code == 401
    assert worker.get("/api/v1/problems").status_code == 401
    assert caller.post("/internal/judgings/x/report", json=report_for()).status_code == 401
    assert Caller(app.test_client(), WORKER_TOKEN + "x").get("/internal/problems").status_code == 401


def test_a_key_is_cached_only_for_moments(app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert caller.get("/api/v1/problems").status_code == 200
    monkeypatch.setattr(services_of(app).store.keys, "find", lambda _digest: None)
    assert caller.get("/api/v1/problems").status_code == 200
    monkeypatch.setattr("api.auth.time.monotonic", lambda: float("inf"))
    assert caller.get("/api/v1/problems").status_code == 401


def test_no_secret_in_the_log(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caller.post("/api/v1/submissions", json=body_for(source="my_secret_source = 1"))
    logged = str([vars(each) for each in caplog.records])
    assert "my_secret_source" not in logged
    assert caller.key not in logged
