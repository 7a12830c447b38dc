"""Traces while they are on: the part that needs OpenTelemetry. Only judge/traces.py imports this, when it must."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags

_root: ContextVar[str | None] = ContextVar("root", default=None)
Attributes = Mapping[str, str | int]
Parts = tuple[str, str, str]  # of a traceparent: trace, span, flags


class _Ids(RandomIdGenerator):
    """Random, but for a request's span: its ids come from the id of what it brought."""

    def generate_trace_id(self) -> int:
        given = _root.get()
        return int(given, 16) if given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        given = _root.get()
        return int(_span_of(given), 16) if given else super().generate_span_id()


class Tracing:
    """`exporter`: where spans go at once; None: by OTLP over HTTP, in batches, as the environment says."""

    def __init__(self, service: str, exporter: SpanExporter | None) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}), id_generator=_Ids())
        if exporter is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        else:
            self._provider.add_span_processor(SimpleSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("judge")

    def stop(self) -> None:
        self._provider.shutdown()

    def request(self, trace_id: str, since_ns: int, link: Parts | None, attributes: Attributes) -> None:
        links = [Link(_context(link))] if link else []
        token = _root.set(trace_id)
        try:
            span = self._tracer.start_span(
                "request", Context(), SpanKind.SERVER, attributes, links=links, start_time=since_ns
            )
        finally:
            _root.reset(token)
        span.end()

    def waited(self, trace_id: str, since_ns: int, attributes: Attributes) -> None:
        since_ns = min(since_ns, time.time_ns())  # it may come from a machine whose clock is ahead
        parent = _remote((trace_id, _span_of(trace_id), self._flags(trace_id)))
        self._tracer.start_span("queue", parent, attributes=attributes, start_time=since_ns).end()

    def traceparent(self, trace_id: str) -> str:
        return f"00-{trace_id}-{_span_of(trace_id)}-{self._flags(trace_id)}"

    def below(self, parent: Parts, name: str, attributes: Attributes) -> AbstractContextManager[Any]:
        return self._tracer.start_as_current_span(
            name, _remote(parent), attributes=attributes, record_exception=False, set_status_on_exception=False
        )

    def inner(self, name: str, attributes: Attributes) -> AbstractContextManager[Any]:
        # An exception's text may quote what nobody shall read: that it happened is in the logs.
        return self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        )

    def _flags(self, trace_id: str) -> str:
        """Whether the root of this trace is sampled: every process comes to the same answer by its id."""
        decision = self._provider.sampler.should_sample(Context(), int(trace_id, 16), "request").decision
        return "01" if decision is Decision.RECORD_AND_SAMPLE else "00"


def _span_of(trace_id: str) -> str:
    return trace_id[:16]


def _context(parts: Parts) -> SpanContext:
    trace_id, span_id, flags = (int(part, 16) for part in parts)
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))


def _remote(parts: Parts) -> Context:
    return trace.set_span_in_context(NonRecordingSpan(_context(parts)), Context())
