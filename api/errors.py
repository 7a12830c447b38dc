"""Every error the API answers with, and the one map from exceptions to problem+json (RFC 9457).

    ApiError        a request that is refused; carries a Kind and what would be accepted
    SettingsError   the API cannot start with these settings (a JudgeError: one sentence for the operator)

Promises: every error of every route has this shape, its `type` is stable, and an unexpected error tells nothing
internal. Neither an answer nor a log line carries a source, a key or a token; so an unexpected exception is logged by
its type and frames only, as its message may quote what was sent.
"""

import difflib
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import msgspec
import redis
import sqlalchemy.exc
from flask import Flask, Response
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from judge.errors import JudgeError
from judge.logs import described, get_logger

_log = get_logger(__name__)
PROBLEM_JSON = "application/problem+json"


class Kind(Enum):
    """Stable name, HTTP status, title."""

    MALFORMED_JSON = "malformed-json", 400, "The body is not valid JSON"
    INVALID_ENCODING = "invalid-encoding", 400, "The text is not valid UTF-8"
    BAD_REQUEST = "bad-request", 400, "The request cannot be understood"
    UNAUTHORIZED = "unauthorized", 401, "A valid key is needed"
    MISSING_SCOPE = "missing-scope", 403, "The key may not do this"
    UNKNOWN_ROUTE = "unknown-route", 404, "Nothing is at this address"
    UNKNOWN_SUBMISSION = "unknown-submission", 404, "No such submission"
    UNKNOWN_RUN = "unknown-run", 404, "No such run"
    UNKNOWN_KEY = "unknown-key", 404, "No such key"
    UNKNOWN_JUDGING = "unknown-judging", 404, "No such judging"
    UNKNOWN_PACKAGE = "unknown-package", 404, "No such package"
    UNKNOWN_PROBLEM_PAGE = "unknown-problem", 404, "No such problem"
    UNKNOWN_PERSON = "unknown-person", 404, "No such person on this board"
    UNKNOWN_REJUDGING = "unknown-rejudging", 404, "No such rejudging"
    UNKNOWN_WEBHOOK = "unknown-webhook", 404, "No such webhook"
    UNKNOWN_MESSAGE = "unknown-message", 404, "No such message"
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "This address does not take that method"
    KEY_REUSED = "idempotency-key-reused", 409, "The idempotency key was used for another body"
    REJUDGING_UNFINISHED = "rejudging-unfinished", 409, "The rejudging is not judged whole"
    REJUDGING_ENDED = "rejudging-ended", 409, "The rejudging was applied or discarded"
    TOO_MANY_WEBHOOKS = "too-many-webhooks", 409, "There are as many webhooks as there may be"
    WEBHOOK_DISABLED = "webhook-disabled", 409, "The webhook is disabled"
    BEING_SENT = "being-sent", 409, "The message is being sent at this moment"
    LENGTH_REQUIRED = "length-required", 411, "The request must say how long its body is"
    BODY_TOO_LARGE = "body-too-large", 413, "The body is too large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "The body must be JSON"
    UNKNOWN_PROBLEM = "unknown-problem", 422, "No such problem"
    UNKNOWN_LANGUAGE = "unknown-language", 422, "No such language"
    UNKNOWN_FIELD = "unknown-field", 422, "A field is not known"
    MISSING_FIELD = "missing-field", 422, "A field is missing"
    INVALID_FIELD = "invalid-field", 422, "A field has a value that is not accepted"
    EMPTY_SOURCE = "empty-source", 422, "The source is empty"
    NUL_BYTE = "nul-byte", 422, "The source holds a NUL byte"
    SOURCE_TOO_LARGE = "source-too-large", 422, "The source is too large"
    INVALID_UNICODE = "invalid-unicode", 422, "The text holds a lone surrogate"
    INVALID_INPUT = "invalid-input", 422, "The input is not one this problem takes"
    INPUT_TOO_LARGE = "input-too-large", 422, "The input is too large"
    TOO_DEEP = "too-deep", 422, "The JSON is nested too deeply"
    TOO_MANY_REQUESTS = "too-many-requests", 429, "Too many requests"
    QUOTA_EXCEEDED = "quota-exceeded", 429, "The quota of the day is used up"
    INTERNAL = "internal-error", 500, "Something went wrong on our side"
    DATABASE_UNAVAILABLE = "database-unavailable", 503, "The database does not answer"
    TOO_MANY_STREAMS = "too-many-streams", 503, "As many streams are open as may be"
    QUEUE_UNAVAILABLE = "queue-unavailable", 503, "The queue does not answer"

    def __init__(self, urn: str, status: int, title: str) -> None:
        self.urn, self.status, self.title = f"urn:judge:{urn}", status, title


class SettingsError(JudgeError):
    """Raised when the API cannot start with the settings it was given."""


class ApiError(Exception):
    """Raised when a request is refused. What is None is left out of the answer."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        field: str | None = None,
        accepted: Iterable[str] | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.detail, self.field, self.errors = kind, detail, field, errors
        self.accepted = None if accepted is None else list(accepted)
        self.headers = dict(headers or {})
        super().__init__(detail)

    def response(self) -> Response:
        given = {"field": self.field, "accepted": self.accepted, "errors": self.errors}
        body = {"type": self.kind.urn, "title": self.kind.title, "status": self.kind.status, "detail": self.detail}
        body |= {key: value for key, value in given.items() if value is not None}
        # Lone surrogates in a name that is quoted back would be no UTF-8: they are shown as question marks.
        data = msgspec.json.encode(_printable(body))
        return Response(data, self.kind.status, self.headers, content_type=PROBLEM_JSON)


def register_errors(app: Flask) -> None:
    """Answer every exception of the app with problem+json."""
    app.register_error_handler(Exception, _answer)


def _answer(exc: Exception) -> Response | HTTPException:
    if isinstance(exc, ApiError):
        return exc.response()
    if isinstance(exc, HTTPException):
        return exc if exc.code and exc.code < 400 else _from_http(exc).response()  # below 400: a redirect
    if isinstance(exc, (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError)):
        _log_fault(exc)
        return ApiError(Kind.DATABASE_UNAVAILABLE, "Try again shortly.", headers={"Retry-After": "5"}).response()
    if isinstance(exc, redis.RedisError):
        _log_fault(exc)
        return ApiError(Kind.QUEUE_UNAVAILABLE, "Try again shortly.", headers={"Retry-After": "5"}).response()
    _log_fault(exc)
    return ApiError(Kind.INTERNAL, "The error was logged; the request may be tried again.").response()


def _from_http(exc: HTTPException) -> ApiError:
    headers = {name: value for name, value in exc.get_headers() if name.lower() == "allow"}
    match exc.code:
        case 404:
            return ApiError(Kind.UNKNOWN_ROUTE, "The description of all addresses is at /api/v1/openapi.json.")
        case 405:
            methods = sorted(set(headers.get("Allow", "").split(", ")) - {"HEAD", "OPTIONS", ""})
            return ApiError(Kind.METHOD_NOT_ALLOWED, f"Use {' or '.join(methods)}.", accepted=methods, headers=headers)
        case 413 if isinstance(exc, RequestEntityTooLarge):
            return ApiError(Kind.BODY_TOO_LARGE, "Send less.")
        case 500:
            return ApiError(Kind.INTERNAL, "The error was logged; the request may be tried again.")
        case _:
            return ApiError(Kind.BAD_REQUEST, "The server did not understand the request.")


def refused(exc: ValidationError, model: type[BaseModel]) -> ApiError:
    """Pydantic's verdict on a request, in our words: an unknown field first, as it most often is a typo of another."""
    known = [field.alias or name for name, field in model.model_fields.items()]
    errors = exc.errors(include_input=False, include_url=False, include_context=False)
    listed = [
        {"field": ".".join(map(str, error["loc"])), "message": error["msg"].removeprefix("Value error, ")}
        for error in errors
    ]
    first = next((place for place, error in enumerate(errors) if error["type"] == "extra_forbidden"), 0)
    field = listed[first]["field"]
    if errors[first]["type"] == "extra_forbidden":
        detail = f"There is no field {shortened(field)!r}.{did_you_mean(field, known)}"
        return ApiError(Kind.UNKNOWN_FIELD, detail, field=field, accepted=known, errors=listed)
    accepted = _accepted(model, field)
    if errors[first]["type"] == "missing":
        return ApiError(Kind.MISSING_FIELD, f"{field!r} must be given.", field=field, accepted=accepted, errors=listed)
    detail = f"{field}: {listed[first]['message']}."
    return ApiError(Kind.INVALID_FIELD, detail, field=field, accepted=accepted, errors=listed)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence to append, or nothing when no known name is near."""
    near = difflib.get_close_matches(name[:100].lower(), list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def shortened(name: str, most: int = 60) -> str:
    """A name as somebody sent it, cut so that an answer never repeats a whole body."""
    return name if len(name) <= most else name[:most] + "…"


def _accepted(model: type[BaseModel], field: str) -> list[str] | None:
    description = model.model_fields[field].description if field in model.model_fields else None
    return [description] if description else None


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value, 500).encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return {key: _printable(item) for key, item in value.items()} if isinstance(value, dict) else value


def _log_fault(exc: Exception) -> None:
    _log.error("a request failed", **described(exc))
