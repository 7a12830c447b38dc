"""Traces: from the request by way of the queue to the groups, under the submission's own id; and nothing while off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_help import Caller, body_for, python, services_of
from flask import Flask
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from judge import traces
from judge.cache import Cache
from judge.calibration import prepare
from judge.languages import get_language
from judge.models import Submission
from judge.package import load_package
from judge.pipeline import judge
from judge.sandbox import BoxOptions, start_boxes

CLIENTS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    traces.start("test", {}, exporter)
    yield exporter
    traces.stop()


def by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {f"{span.name} {span.attributes['group']}" if span.name == "group" else span.name: span  # type: ignore[index]
            for span in spans.get_finished_spans()}  # fmt: skip


def test_a_trace_leads_from_the_request_to_the_groups(
    spans: InMemorySpanExporter, caller: Caller, worker: Caller, problems_dir: Path, tmp_path: Path
) -> None:
    response = caller.http.post(
        "/api/v1/submissions", json=body_for(source="def add(a, b): return 'QWJZ'"),
        headers={**caller.headers, "traceparent": CLIENTS},
    )  # fmt: skip
    submission_id = response.json["id"]
    task = worker.claim()
    assert task
    boxes = start_boxes("local", BoxOptions(get_language("python")))
    try:
        problem, calibration = prepare(load_package(problems_dir / "add-two"), boxes, Cache(tmp_path / "cache"))
        spans_before = set(by_name(spans))
        with traces.judging(task["traceparent"], judging=task["id"]):
            judge(Submission(language="python", source=task["source"]), problem, calibration, boxes)
    finally:
        boxes.close()
    found = by_name(spans)
    assert spans_before == {"request", "queue"}
    assert set(found) == {"request", "queue", "judging", "group sample", "group hidden"}
    assert {f"{span.context.trace_id:032x}" for span in found.values()} == {submission_id}
    root = found["request"].context.span_id
    assert found["request"].parent is None
    assert [found[name].parent.span_id for name in ("queue", "judging")] == [root, root]
    judging = found["judging"].context.span_id
    assert [found[name].parent.span_id for name in ("group sample", "group hidden")] == [judging, judging]
    assert found["request"].start_time <= found["queue"].end_time <= found["judging"].start_time
    (link,) = found["request"].links
    assert f"{link.context.trace_id:032x}" == CLIENTS.split("-")[1]
    assert "QWJZ" not in "".join(span.to_json() for span in found.values())


def test_a_run_is_traced_too(spans: InMemorySpanExporter, caller: Caller, worker: Caller) -> None:
    run_id = caller.post("/api/v1/runs?wait=0", json=body_for()).json["id"]
    task = worker.claim()
    assert task
    with traces.judging(task["traceparent"]):
        pass
    assert {f"{span.context.trace_id:032x}" for span in spans.get_finished_spans()} == {run_id}


@pytest.mark.parametrize("sampled", [0, 1])
def test_request_and_worker_agree_on_what_is_sampled(
    caller: Caller, worker: Caller, monkeypatch: pytest.MonkeyPatch, sampled: int
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", str(sampled))
    spans = InMemorySpanExporter()
    traces.start("test", {}, spans)
    caller.post("/api/v1/submissions", json=body_for())
    task = worker.claim()
    assert task
    with traces.judging(task["traceparent"]):
        pass
    traces.stop()
    assert task["traceparent"].endswith(f"-0{sampled}")
    assert len(spans.get_finished_spans()) == 3 * sampled


@pytest.mark.parametrize("given", ["", "x", CLIENTS[:-1], f"00-{'0' * 32}-00f067aa0ba902b7-01", CLIENTS + "\u00e9"])
def test_what_is_no_traceparent_is_passed_over(spans: InMemorySpanExporter, caller: Caller, given: str) -> None:
    headers = {**caller.headers, "traceparent": given.encode().decode("latin-1")}
    assert caller.http.post("/api/v1/submissions", json=body_for(), headers=headers).status_code == 202
    assert by_name(spans)["request"].links == ()
    with traces.judging(given):
        pass
    assert len(spans.get_finished_spans()) == 1


def test_while_off_nothing_is_traced_and_nothing_is_told(app: Flask, caller: Caller, worker: Caller) -> None:
    assert services_of(app)
    caller.post("/api/v1/submissions", json=body_for())
    task = worker.claim()
    assert task
    assert task["traceparent"] is None
    with traces.judging(task["traceparent"]), traces.span("group"):
        pass


def test_while_off_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, api.app, worker.judging, judge.traces; judge.traces.start('api');"
        "print('judge.tracing' in sys.modules, 'opentelemetry.sdk.trace' in sys.modules, judge.traces.is_on())"
    )
    assert python("-c", program, env={}).stdout == "False False False\n"


def test_a_setting_without_the_extra_is_said() -> None:
    program = (
        "import sys; sys.modules['opentelemetry'] = None; import judge.traces;"
        "judge.traces.start('api'); print(judge.traces.is_on())"
    )
    done = python("-c", program, env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert done.stdout == "False\n"
    assert "judge[traces]" in done.stderr
