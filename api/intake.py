"""Reading requests: bodies, query parameters, sources, inputs. What is wrong is said here, precisely, as an ApiError.

The order matters: length before bytes, bytes before JSON, JSON before fields, fields before meaning. Nothing here
touches the database or the queue. Nothing that was sent is repeated but a name, cut short.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import ValidationError

from api.catalogue import LANGUAGES, Catalogue
from api.errors import ApiError, Kind, did_you_mean, refused, shortened
from api.schemas import MAX_IDEMPOTENCY_KEY, QueryModel, Solution, Strict
from judge.package import Problem

MAX_BODY = 256 * 1024
MAX_SOURCE = 64 * 1024
MAX_INPUT = 64 * 1024
MAX_DEPTH = 64

_is_number = re.compile(r"[1-9][0-9]{0,8}", re.ASCII).fullmatch

Q = TypeVar("Q", bound=QueryModel)
B = TypeVar("B", bound=Strict)


def read_body(limit: int = MAX_BODY) -> bytes:
    """The body's bytes, once its length, type and bounds are known to be right."""
    length = request.content_length
    if length is None:
        raise ApiError(Kind.LENGTH_REQUIRED, "Send a Content-Length header; chunked bodies are not taken.")
    if length > limit:
        detail = f"The body has {length} bytes; at most {limit} are taken."
        raise ApiError(Kind.BODY_TOO_LARGE, detail, accepted=[f"at most {limit} bytes"])
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        detail = "Send JSON in UTF-8 with the header 'Content-Type: application/json'."
        raise ApiError(Kind.UNSUPPORTED_MEDIA_TYPE, detail, accepted=["application/json"])
    request.max_content_length = limit
    return request.get_data()


def read_json(model: type[B]) -> B:
    """The body as the given model."""
    value = parse_json(read_body())
    if not isinstance(value, dict):
        known = list(model.model_fields)
        raise ApiError(Kind.INVALID_FIELD, "The body must be a JSON object.", accepted=known)
    try:
        return model.model_validate(value)
    except ValidationError as exc:
        raise refused(exc, model) from None


def number_in(text: str) -> int | None:
    """The number of an object in an address; None for what can be none, which the database need not be asked for."""
    return int(text) if _is_number(text) else None


def read_idempotency_key() -> tuple[str | None, str | None]:
    """The header of that name and the SHA-256 of the body, by which the same request is known again; or None twice."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None, None
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY or not key.isascii() or not key.isprintable():
        accepted = [f"1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters"]
        raise ApiError(Kind.INVALID_FIELD, "That is no key.", field="Idempotency-Key", accepted=accepted)
    return key, hashlib.sha256(read_body()).hexdigest()


def parse_json(data: bytes) -> Any:
    """A JSON value, strictly: UTF-8, no NaN or Infinity. Says line and column of what is wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ApiError(Kind.INVALID_ENCODING, f"Byte {exc.start} of the body is not valid UTF-8.") from None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as exc:
        detail = f"{exc.msg} (line {exc.lineno}, column {exc.colno})."
        raise ApiError(Kind.MALFORMED_JSON, detail) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise ApiError(Kind.MALFORMED_JSON, "A number has too many digits.") from None


def read_query(model: type[Q]) -> Q:
    """The query parameters as the given model."""
    if not request.query_string:
        return model()
    values = request.args.to_dict(flat=False)
    doubled = next((name for name, given in values.items() if len(given) > 1), None)
    if doubled:
        raise ApiError(Kind.INVALID_FIELD, f"{shortened(doubled)!r} is given more than once.", field=shortened(doubled))
    try:
        return model.model_validate({name: given[0] for name, given in values.items()})
    except ValidationError as exc:
        raise refused(exc, model) from None


def check_solution(wanted: Solution, catalogue: Catalogue) -> Problem:
    """The problem that is meant, if problem, language and source are all acceptable."""
    problem = catalogue.problems.get(wanted.problem)
    if problem is None:
        raise _unknown(Kind.UNKNOWN_PROBLEM, "problem", wanted.problem, catalogue.problems)
    if wanted.language not in LANGUAGES:
        raise _unknown(Kind.UNKNOWN_LANGUAGE, "language", wanted.language, LANGUAGES)
    _check_source(wanted.source)
    return problem


def check_input(problem: Problem, value: Any) -> None:
    """Refuse an own input that is too deep, too large, no JSON, or not what the problem takes."""
    if _deeper_than(MAX_DEPTH, value):
        raise _too_deep("input")
    try:
        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())
    except UnicodeEncodeError:
        raise ApiError(Kind.INVALID_UNICODE, "The input holds half of a surrogate pair.", field="input") from None
    except ValueError:
        detail = "The input holds a number that JSON cannot express."
        raise ApiError(Kind.INVALID_INPUT, detail, field="input") from None
    if size > MAX_INPUT:
        detail = f"The input has {size} bytes of JSON."
        raise ApiError(Kind.INPUT_TOO_LARGE, detail, field="input", accepted=[f"at most {MAX_INPUT} bytes"])
    if reason := _why_not_input(problem, value):
        accepted = [problem.interface.signature if problem.interface else "a text, the program's standard input"]
        raise ApiError(Kind.INVALID_INPUT, f"{shortened(reason, 300)}.", field="input", accepted=accepted)


def _why_not_input(problem: Problem, value: Any) -> str | None:
    if problem.interface:
        return problem.interface.why_not_input(value)
    if problem.interactive:
        return "The problem is interactive: a run is on its samples only"
    return None if isinstance(value, str) else "The input of a whole program is a text"


def _check_source(source: str) -> None:
    if not source.strip():
        raise _refused_source(Kind.EMPTY_SOURCE, "It holds nothing but white space.", "a program's text")
    if (place := source.find("\0")) >= 0:
        raise _refused_source(Kind.NUL_BYTE, f"The NUL is character {place + 1}.", "text without NUL")
    try:
        size = len(source.encode())
    except UnicodeEncodeError as exc:
        detail = f"Character {exc.start + 1} is half of a surrogate pair."
        raise _refused_source(Kind.INVALID_UNICODE, detail, "text that can be written in UTF-8") from None
    if size > MAX_SOURCE:
        raise _refused_source(Kind.SOURCE_TOO_LARGE, f"It has {size} bytes.", f"at most {MAX_SOURCE} bytes of UTF-8")


def _refused_source(kind: Kind, detail: str, accepted: str) -> ApiError:
    return ApiError(kind, detail, field="source", accepted=[accepted])


def _unknown(kind: Kind, field: str, name: str, known: Iterable[str]) -> ApiError:
    known = sorted(known)
    detail = f"There is no {field} {shortened(name)!r}.{did_you_mean(name, known)}"
    return ApiError(kind, detail, field=field, accepted=known)


def _deeper_than(limit: int, value: Any) -> bool:
    """Level by level instead of by recursion, which deep values are made to break."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for item in level
            if isinstance(item, (list, dict))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def _too_deep(field: str | None = None) -> ApiError:
    return ApiError(
        Kind.TOO_DEEP, "The JSON is nested too deeply.", field=field, accepted=[f"at most {MAX_DEPTH} levels"]
    )


def _no_constant(name: str) -> NoReturn:
    raise ApiError(Kind.MALFORMED_JSON, f"{name} is not JSON.")
