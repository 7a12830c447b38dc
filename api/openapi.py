"""The OpenAPI 3.1 document and its page, made by spectree from the views' decorators.

spectree only describes here: it validates neither requests (its own messages name no line, no nearest name and no list
of what is accepted; see intake.py) nor answers. The page carries all it needs and is forbidden, by its policy header,
to fetch anything from elsewhere.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, redirect
from flask import Response as FlaskResponse
from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from spectree.page import PAGE_TEMPLATES
from werkzeug.wrappers import Response as WerkzeugResponse

from api.errors import PROBLEM_JSON
from api.event_schemas import LeaderboardEvent, SubmissionEvent
from api.schemas import ProblemDetails

VERSION = "0.1.0"
DOCUMENT_URL, PAGE_URL = "/api/v1/openapi.json", "/api/v1/docs/"
_MEDIA = {
    f"#/components/schemas/{event.__name__}": "text/event-stream" for event in (SubmissionEvent, LeaderboardEvent)
}
V = TypeVar("V", bound=Callable[..., Any])
bp = Blueprint("openapi", __name__)

_DESCRIPTION = """Send a solution, get a verdict with timing.

Every request needs an API key: `Authorization: Bearer judge_...`. Every error is `application/problem+json`: its `type`
is stable, `field` names the field at fault, `accepted` says what would be taken."""
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_spec = SpecTree(
    "flask",
    title="Judge",
    description=_DESCRIPTION,
    version=VERSION,
    mode="strict",
    annotations=False,
    validation_error_model=ProblemDetails,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[
        SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
    ],
)


def described(
    *,
    tag: str,
    answers: dict[int, type[BaseModel] | Any],
    refusals: tuple[int, ...] = (),
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    headers: type[BaseModel] | None = None,
    public: bool = False,
) -> Callable[[V], V]:
    """Put a view into the document. The summary is the view's docstring."""
    if not public:
        refusals = (401, 403, 429, 503, *refusals)  # to look a key up takes the database
    models: dict[str, Any] = {f"HTTP_{code}": model for code, model in answers.items()}
    models |= {f"HTTP_{code}": ProblemDetails for code in refusals if code not in answers}
    decorate: Callable[[V], V] = _spec.validate(
        json=body,
        query=query,
        headers=headers,
        resp=Response(**models),
        tags=[tag],
        security=[] if public else {"key": []},
        skip_validation=True,
    )
    return decorate


@bp.get(DOCUMENT_URL)
def document() -> FlaskResponse:
    return FlaskResponse(_document(), mimetype="application/json")


@bp.get(PAGE_URL)
def page() -> FlaskResponse:
    html = PAGE_TEMPLATES["swagger"].format(spec_url=DOCUMENT_URL)
    # Off: the badge that asks another host whether the document is valid.
    html = html.replace("dom_id: '#swagger-ui',", "dom_id: '#swagger-ui', validatorUrl: null,")
    return FlaskResponse(html, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})


@bp.get("/docs")
def docs() -> WerkzeugResponse:
    return redirect(PAGE_URL)


@cache
def _document() -> bytes:
    """What spectree cannot say: what is not JSON, what is JSON of another type, and that not every view can refuse."""
    content = deepcopy(_spec.spec)
    for operation in (operation for path in content["paths"].values() for operation in path.values()):
        asks = operation.get("requestBody") or any(parameter["in"] == "query" for parameter in operation["parameters"])
        if not asks:
            operation["responses"].pop("422", None)
        for code, answer in operation["responses"].items():
            media = PROBLEM_JSON if code >= "400" else _MEDIA.get(_schema(answer))
            if media and "content" in answer:
                answer["content"] = {media: answer["content"].pop("application/json")}
    return msgspec.json.encode(content)


def _schema(answer: dict[str, Any]) -> str:
    reference: str = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    return reference
