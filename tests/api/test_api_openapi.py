"""The OpenAPI document: whole, well-formed and true; its page reaches no other host."""

import re
from typing import Any

import jsonschema_rs
import pytest
from api_help import Caller, body_for
from flask import Flask

PAGE, DOCUMENT = "/api/v1/docs/", "/api/v1/openapi.json"


def document(app: Flask) -> dict[str, Any]:
    response = app.test_client().get(DOCUMENT)
    assert response.content_type == "application/json"
    body: dict[str, Any] = response.json
    return body


def operations(app: Flask) -> dict[str, dict[str, Any]]:
    paths = document(app)["paths"]
    return {f"{method.upper()} {path}": operation for path, item in paths.items() for method, operation in item.items()}


def test_every_public_route_is_described_and_no_other(app: Flask) -> None:
    described = {key.replace("{", "<").replace("}", ">") for key in operations(app)}
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/internal") and rule.rule not in (PAGE, DOCUMENT, "/docs", "/metrics")
    }
    assert described == routes


def test_it_is_well_formed(app: Flask) -> None:
    content = document(app)
    assert content["openapi"].startswith("3.1")
    assert content["info"]["version"]
    names = set(content["components"]["schemas"])
    references = re.findall(r'"\$ref":"#/components/schemas/([^"]+)"', app.test_client().get(DOCUMENT).text)
    assert references
    assert set(references) <= names
    assert "$defs" not in app.test_client().get(DOCUMENT).text
    identifiers = [operation["operationId"] for operation in operations(app).values()]
    assert len(identifiers) == len(set(identifiers))
    for key, operation in operations(app).items():
        in_path = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", key))
        assert all(answer["description"] for answer in operation["responses"].values())


def test_it_is_true(app: Flask) -> None:
    found = operations(app)
    post = found["POST /api/v1/submissions"]
    refusals = {"400", "401", "403", "409", "411", "413", "415", "422", "429", "503"}
    assert set(post["responses"]) == {"201", "202"} | refusals
    assert post["security"] == [{"key": []}]
    assert {parameter["name"]: parameter["in"] for parameter in post["parameters"]} == {
        "wait": "query",
        "Idempotency-Key": "header",
    }
    assert post["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/SubmissionRequest")
    assert list(post["responses"]["422"]["content"]) == ["application/problem+json"]
    assert set(found["GET /api/v1/problems"]["responses"]) == {"200", "401", "403", "429", "503"}
    assert found["GET /healthz"]["security"] == []
    (before,) = (one for one in found["GET /api/v1/submissions"]["parameters"] if one["name"] == "before")
    assert "^[0-9a-f]{32}$" in str(before["schema"])
    schemas = document(app)["components"]["schemas"]
    assert schemas["SubmissionRequest"]["additionalProperties"] is False
    assert {"report", "verdict", "cases_total"} <= set(schemas["Submission"]["properties"])


BODIES = [
    *(
        ("SubmissionRequest", "submissions", body_for(source=text))
        for text in ("x = 1", " x\n", "", " \n\u00a0", "\x1c\x85", "x\0")
    ),
    *(("RunRequest", "runs?wait=0", body_for(source=text)) for text in ("x = 1", "", "\0")),
    *(
        ("KeyRequest", "keys", {"name": name, "scopes": ["read"]})
        for name in ("an é b", "", " ", "\a", "\u2028", "\u00ad")
    ),
    *(("KeyRequest", "keys", {"name": "k", "scopes": [scope]}) for scope in ("hiring", "worker", "")),
    *(("SubmissionRequest", "submissions", body_for(person=person)) for person in ("Ada\n", "\0", "", None)),
    *(("RejudgingRequest", "rejudgings", {"reason": "r", "filter": chosen}) for chosen in ({"person": "a"}, {})),
]


@pytest.mark.parametrize(("model", "path", "body"), BODIES)
def test_it_allows_what_is_taken_and_nothing_else(
    app: Flask, caller: Caller, model: str, path: str, body: dict[str, Any]
) -> None:
    schema = {"$ref": f"#/components/schemas/{model}", "components": document(app)["components"]}
    taken = caller.post(f"/api/v1/{path}", json=body).status_code in (201, 202)
    assert jsonschema_rs.validator_for(schema).is_valid(body) == taken


def test_it_says_what_events_are(app: Flask) -> None:
    schemas = document(app)["components"]["schemas"]
    for path, model, data in (
        ("submissions/{submission_id}", "SubmissionEvent", "SubmissionSummary"),
        ("problems/{slug}/leaderboard", "LeaderboardEvent", "BoardVersion"),
    ):
        answer = operations(app)[f"GET /api/v1/{path}/events"]["responses"]["200"]
        reference = {"$ref": f"#/components/schemas/{model}"}
        assert answer["content"] == {"text/event-stream": {"schema": reference}}
        said = schemas[model]["properties"]["data"]
        assert said["contentMediaType"] == "application/json"
        assert said["contentSchema"] == {"$ref": f"#/components/schemas/{data}"}


def test_the_page_reaches_no_other_host(app: Flask) -> None:
    response = app.test_client().get(PAGE)
    assert response.content_type.startswith("text/html")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    html = response.text
    assert DOCUMENT in html
    assert "validatorUrl: null" in html
    tags = re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", tags)


def test_docs_lead_to_the_page(caller: Caller) -> None:
    response = caller.http.get("/docs")
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    links = caller.http.get("/").json["links"]
    assert all(caller.get(path).status_code in (200, 405) for path in links.values())
