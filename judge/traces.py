"""Traces, for whoever wants them: request, wait in the queue, judging, groups, by OpenTelemetry.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set and the extra `judge[traces]` is installed. While off nothing of it is
imported, and a span costs a comparison. The further OTEL_ variables (sampling, headers) are OpenTelemetry's own.

The trace of a submission has the submission's id, so whoever knows one finds the other, and nothing need be stored
between request, claim and retries. A caller's own `traceparent` becomes a link. Spans carry names, ids and verdicts,
never a source or a test's content.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

_is_traceparent = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})").fullmatch
_log = logging.getLogger(__name__)
_tracing: Any = None  # judge.tracing.Tracing, while traces are on


def start(service: str, environ: Mapping[str, str] = os.environ, exporter: Any = None) -> None:
    """Trace from now on, if the environment says where to. In each process for itself, after it was forked."""
    global _tracing
    if exporter is None and not environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        from judge.tracing import Tracing
    except ImportError:
        _log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, but there is no OpenTelemetry: pip install 'judge[traces]'")
        return
    _tracing = Tracing(environ.get("OTEL_SERVICE_NAME") or f"judge-{service}", exporter)


def stop() -> None:
    """Send what is not sent yet."""
    global _tracing
    if _tracing:
        _tracing.stop()
        _tracing = None


def is_on() -> bool:
    return _tracing is not None


def request(trace_id: str, since_ns: int, link: str | None, **attributes: str | int) -> None:
    """The request that has just been answered, the root of the trace with this id (a submission's or a run's)."""
    if _tracing:
        found = _is_traceparent(link) if link else None
        _tracing.request(trace_id, since_ns, found.groups() if found else None, attributes)


def waited(trace_id: str, since: datetime, **attributes: str) -> None:
    """The time in the queue that has just ended."""
    if _tracing:
        _tracing.waited(trace_id, int(since.timestamp() * 1e9), attributes)


def traceparent(trace_id: str) -> str | None:
    """By what a worker goes on with this trace; None while traces are off."""
    return _tracing.traceparent(trace_id) if _tracing else None


@contextmanager
def judging(parent: str | None, **attributes: str) -> Iterator[None]:
    """While in it: the judging, below the request that `traceparent` told of."""
    found = _is_traceparent(parent) if parent and _tracing else None
    if not found:
        yield
        return
    with _tracing.below(found.groups(), "judging", attributes):
        yield


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """While in it: a part of the judging."""
    return _tracing.inner(name, attributes) if _tracing else nullcontext()
