"""What is noted of every request: an id that its answer carries, and a line in the log.

The id is the caller's X-Request-ID, if that is a plain one, else made here; every line that is logged meanwhile carries
it. The line at its end names the submission that was taken in, by which the worker's and the box's lines are found.
Requests that change or are refused something are logged as info, those that fail as warning, all others as debug:
a line for each look at a submission would cost more than the look.

Every answer says that it is what its type says and may load nothing, so that no browser runs what somebody submitted.
"""

import logging
import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from api.services import services
from judge import traces
from judge.logs import get_logger

HEADER = "X-Request-ID"
# For what is no page; the one page there is has a policy of its own (openapi.py).
_INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_is_plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}").fullmatch
_QUIET_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_log = get_logger(__name__)


def register_requests(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started_ns = time.time_ns()
    g.started = time.perf_counter()
    given = request.headers.get(HEADER, "")
    g.request_id = given if _is_plain(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()  # the thread has served others before
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    for name, value in _INERT.items():
        response.headers.setdefault(name, value)
    duration_s = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "none"
    _count(route, response.status_code, duration_s)
    if traces.is_on() and (traced := g.get("traced")):
        told = {"http.route": route, "http.response.status_code": response.status_code, "request": g.request_id}
        traces.request(traced, g.started_ns, request.headers.get("traceparent"), **told)
    level = _level(response.status_code)
    if _log.isEnabledFor(level):
        fields = {"submission": g.get("submission"), "key": g.key.id if "key" in g else None}
        _log.log(
            level,
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            duration_s=round(duration_s, 4),
            **{name: value for name, value in fields.items() if value is not None},
        )
    return response


def _count(route: str, status: int, duration_s: float) -> None:
    # Methods are counted by name only where there is a route: anybody can send a method of any name.
    method = request.method if request.url_rule else "any"
    metrics = services().metrics
    metrics.http_requests.labels(method, route, str(status)).inc()
    metrics.http_seconds.labels(method, route, "yes" if "wait" in request.args else "no").observe(duration_s)


def _level(status: int) -> int:
    if status >= 500:
        return logging.WARNING
    is_quiet = request.method in _QUIET_METHODS or request.path.startswith("/internal/")
    return logging.INFO if status >= 400 or not is_quiet else logging.DEBUG
