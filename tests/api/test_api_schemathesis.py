"""The API keeps its OpenAPI document, as schemathesis reads it: it takes what is allowed and refuses the rest as told.

Every operation has an organisation of its own with one of everything. Every case is sent twice: as it was drawn, and
with the names of what exists in place of drawn ones. All of schemathesis' checks hold for every answer. The cases are
always the same few; with API_EXAMPLES=500 so many are drawn for each operation, others each time (`make fuzzapi`).
"""

import os
import re
import secrets
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from api_help import (
    Caller,
    RedisServer,
    body_for,
    caller_of,
    close,
    database_url_for,
    new_database,
    report_for,
    services_of,
    settings_for,
    write_problems,
)
from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from schemathesis.checks import CHECKS, load_all_checks

from api.app import BLUEPRINTS, create_app
from api.auth import digest_of
from api.internal import Fault, SignOfLife, StorableReport
from api.openapi import DOCUMENT_URL

FEW = 5
EXAMPLES = int(os.environ.get("API_EXAMPLES", FEW))
IS_FIXED = EXAMPLES == FEW
# Nothing is learnt from answers, whose ids are others each time.
FIXED = {
    "seed": 1,
    "phases": {"fuzzing": {"extra-data-sources": {"responses": False}, "error-feedback": {"enabled": False}}},
}
CONFIG: dict[str, Any] = {
    **(FIXED if IS_FIXED else {}),
    "base-url": "http://localhost",
    "max-stream-events": 1,  # a leaderboard's stream has no end
    "operations": [
        # A submission that is taken in has a record once it is judged.
        {
            "include-name": "GET /api/v1/submissions/{submission_id}/record",
            "checks": {"ensure_resource_availability": {"enabled": False}},
        },
        # A key that is deleted is revoked: it is shown, with the time of that, and opens nothing.
        {"include-name": "GET /api/v1/keys/{key_id}", "checks": {"use_after_free": {"enabled": False}}},
    ],
    # 411 and 413 are refusals too; 401, 403, 409 and 429 are none of what was sent.
    "checks": {"negative_data_rejection": {"expected-statuses": [400, 404, 405, 411, 413, 415, 422]}},
    "generation": {
        "max-examples": EXAMPLES,
        "database": "none",
        "with-security-parameters": False,
        "deterministic": IS_FIXED,
    },
}
URL = "https://127.0.0.1/hook"
OFTEN = "1000000/second"

load_all_checks()
POSITIVE, NEGATIVE = CHECKS.get_one("positive_data_acceptance"), CHECKS.get_one("negative_data_rejection")


# What workers ask and tell is in no document that is served; so this is one for it: method, address, body, answers.
INTERNAL_URL = "/internal.json"
INTERNAL: list[tuple[str, str, type[BaseModel] | None, set[int]]] = [
    ("post", "/internal/claims", None, {200, 204, 422}),
    ("post", "/internal/judgings/{judging_id}/report", StorableReport, {200, 204, 404}),
    ("post", "/internal/judgings/{judging_id}/fault", Fault, {204}),
    ("post", "/internal/workers/{worker}", SignOfLife, {204, 409}),
    ("get", "/internal/packages/{package}", None, {200, 404}),
    ("get", "/internal/problems", None, {200}),
]
REFUSALS = {400, 401, 411, 413, 415, 422}


def internal_document() -> dict[str, Any]:
    models = [(model, "validation") for *_, model, _ in INTERNAL if model]
    schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")[1]["$defs"]
    security = {"key": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "for workers", "version": "1"},
        "paths": {path: {method: operation(path, model, codes)} for method, path, model, codes in INTERNAL},
        "components": {"schemas": schemas, "securitySchemes": security},
    }


def operation(path: str, model: type[BaseModel] | None, codes: set[int]) -> dict[str, Any]:
    asked = [(name, "path") for name in re.findall(r"{(\w+)}", path)]
    if path.endswith("/claims"):
        asked = [("worker", "query"), ("languages", "query")]
    parameters = [
        {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}} for name, place in asked
    ]
    codes = codes | {401} | (REFUSALS if model else set())
    described = {
        "security": [{"key": []}],
        "parameters": parameters,
        "responses": {str(code): {"description": "see internal.py"} for code in codes},
    }
    if model:
        schema = {"$ref": f"#/components/schemas/{model.__name__}"}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


class Relay:
    """What schemathesis knows as the API: a bare one, which has the documents; during a test, that test's."""

    def __init__(self) -> None:
        self.app = Flask("document")
        for blueprint in BLUEPRINTS:
            self.app.register_blueprint(blueprint)
        self.app.add_url_rule(INTERNAL_URL, view_func=internal_document)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


RELAY = Relay()
API, WORKERS_API = (
    schemathesis.openapi.from_wsgi(url, RELAY, config=schemathesis.Config.from_dict(CONFIG))
    for url in (DOCUMENT_URL, INTERNAL_URL)
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """With limits that are counted and never reached, and no place for those who wait."""
    folder = tmp_path_factory.mktemp("api")
    changes = {f"rate_{name}": OFTEN for name in ("submits", "runs", "reads", "address", "wrong_keys")}
    changes |= {"database_url": database_url_for(request, folder), "max_held": 0, "webhooks_allow": "127.0.0.0/8"}
    settings = settings_for(shared_redis.url, write_problems(folder), **changes)
    new_database(settings.database_url).close()
    RELAY.app = app = create_app(settings)
    yield app
    close(app)


class World:
    """An organisation with one of everything. `named`: what exists, by its name in requests."""

    def __init__(self, app: Flask, worker: Caller, name: str) -> None:
        self.answered: set[int] = set()
        self.caller = caller = caller_of(app, name)
        key = services_of(app).store.keys.find(digest_of(caller.key))
        assert key
        self._own_key = key.id
        submission = caller.post("/api/v1/submissions", json=body_for(person="Ada")).json["id"]
        judge_all(worker)
        chosen = {"reason": "r", "filter": {"problem": "add-two"}}
        rejudging = caller.post("/api/v1/rejudgings", json=chosen).json["id"]
        judge_all(worker)
        webhook = caller.post("/api/v1/webhooks", json={"url": URL, "events": ["submission.judged"]}).json["id"]
        self.named = {
            "submission_id": submission,
            "before": submission,
            "rejudging_id": rejudging,
            "webhook_id": webhook,
            "message_id": caller.post(f"/api/v1/webhooks/{webhook}/test").json["id"],
            "run_id": caller.post("/api/v1/runs?wait=0", json=body_for()).json["id"],
            "key_id": caller.post("/api/v1/keys", json={"name": "k", "scopes": ["read"]}).json["id"],
            "package": caller.get("/api/v1/problems/add-two").json["package"],
            "slug": "add-two",
            "problem": "add-two",
            "language": "python",
            "url": URL,
        }

    def spare_own_key(self, case: schemathesis.Case) -> None:
        """Numbers are drawn too, and who has revoked the key that it asks with is refused whatever it sends."""
        if case.path_parameters.get("key_id") in (self._own_key, str(self._own_key)):
            case.path_parameters["key_id"] = "999999999"

    def name_objects(self, case: schemathesis.Case) -> None:
        """In the address: objects that exist."""
        for name in case.path_parameters:
            case.path_parameters[name] = str(self.named[name])

    def make_acceptable(self, case: schemathesis.Case) -> None:
        """What is meant to be right is made so where no JSON schema can say what is: names of what exists, times."""
        if not case.meta.generation.mode.is_positive:
            return
        if "before" in case.query and case.path == "/api/v1/submissions":
            case.query["before"] = self.named["before"]
        if "after" in case.query and "around" in case.query:
            del case.query["around"]
        if isinstance(case.body, dict):
            self._make_body_acceptable(case.body)

    def _make_body_acceptable(self, body: dict[str, Any]) -> None:
        for name in {"problem", "language", "url"} & set(body):
            body[name] = self.named[name]
        if not body.get("name", "").isprintable():
            body["name"] = "k"  # there are schemathesis draws unassigned characters too
        if body.get("expires_at"):
            body["expires_at"] = "2999-01-01T00:00:00Z"
        if "filter" in body:
            for name in {"since", "until"} & set(body["filter"]):
                body["filter"][name] = "2020-01-01T00:00:00+01:00"
            if not any(body["filter"].values()):
                body["filter"]["problem"] = self.named["problem"]


def judge_all(worker: Caller) -> None:
    while task := worker.claim():
        assert worker.post(f"/internal/judgings/{task['id']}/report", json=report_for()).status_code == 204


@pytest.fixture
def world(app: Flask, worker: Caller) -> Iterator[World]:
    world = World(app, worker, secrets.token_hex(8))
    yield world
    assert any(status < 300 for status in world.answered), "it was refused whatever was sent"


@API.parametrize()
@hypothesis.settings(suppress_health_check=list(hypothesis.HealthCheck))
def test_every_operation_keeps_the_document(case: schemathesis.Case, world: World) -> None:
    world.spare_own_key(case)
    case.call_and_validate(headers=world.caller.headers, excluded_checks=[POSITIVE])
    world.name_objects(case)
    world.make_acceptable(case)
    # Which inputs a run takes is the problem's to say.
    excluded = [POSITIVE] if isinstance(case.body, dict) and "input" in case.body else []
    answer = case.call_and_validate(headers=world.caller.headers, excluded_checks=excluded)
    world.answered.add(answer.status_code)


@WORKERS_API.parametrize()
@hypothesis.settings(suppress_health_check=list(hypothesis.HealthCheck))
def test_every_operation_for_workers_keeps_the_document(case: schemathesis.Case, world: World, worker: Caller) -> None:
    # Only our own program is a worker: how strictly its numbers are read is no promise.
    excluded = [POSITIVE, NEGATIVE]
    case.call_and_validate(headers=worker.headers, excluded_checks=excluded)
    submission = world.caller.post("/api/v1/submissions", json=body_for()).json["id"]
    world.named |= {"judging_id": worker.judging(submission), "worker": "w"}
    world.name_objects(case)
    answer = case.call_and_validate(headers=worker.headers, excluded_checks=excluded)
    world.answered.add(answer.status_code)
    shown = world.caller.get(f"/api/v1/submissions/{submission}")
    assert shown.status_code == 200, "whatever was reported can be shown"


def test_what_is_made_can_be_used_until_it_is_deleted(world: World) -> None:
    class Machine(API.as_state_machine()):
        """Operations one after the other, by the ids that earlier ones answered with."""

        def before_call(self, case: schemathesis.Case) -> None:
            world.spare_own_key(case)
            world.make_acceptable(case)
            if isinstance(case.body, dict):
                case.body.pop("input", None)

        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            return {"headers": world.caller.headers}

        def validate_response(self, response: schemathesis.Response, case: schemathesis.Case, **sent: Any) -> None:
            case.validate_response(response, headers=sent["headers"], transport_kwargs=sent, recorder=self.recorder)
            world.answered.add(response.status_code)

    Machine.run(
        settings=hypothesis.settings(
            max_examples=EXAMPLES,
            stateful_step_count=10,
            derandomize=IS_FIXED,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
    )
