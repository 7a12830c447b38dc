"""What is counted, for Prometheus: its names are the promise, docs/operator.md lists them.

Counters and histograms count what this process has seen since it began; with several processes or instances their sum
is the whole. What is true of the service as such (the queue, the workers, the webhooks) is asked of the database and of
Redis at each scrape (api/backlog.py), so every instance tells the same: take the maximum there, not the sum.

The processes of one instance count in files of a folder that they share, PROMETHEUS_MULTIPROC_DIR (gunicorn_config.py),
and whichever is asked tells of all; of the others' held requests and streams, what held a moment ago.
"""

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.store.judgings import Ended
from judge.models import Verdict

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody asks for
_REQUEST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_JUDGING_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_TO_VERDICT_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)


class Metrics:
    """All counters of one application. Attributes are counted by whoever sees the thing happen."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.http_requests = Counter(
            "judge_http_requests", "Answered requests.", ["method", "route", "status"], registry=registry
        )
        self.http_seconds = Histogram(
            "judge_http_request_duration_seconds", "Time to answer; held: the caller asked to wait for a verdict.",
            ["method", "route", "held"], buckets=_REQUEST_S, registry=registry,
        )  # fmt: skip
        self.verdicts = Counter("judge_verdicts", "Judgings that came to a verdict.", ["verdict"], registry=registry)
        self.attempts = Counter(
            "judge_attempts",
            "Attempts at a judging that ended: judged, failed (the machine), lost (the worker).",
            ["ended"],
            registry=registry,
        )
        self.late_reports = Counter(
            "judge_reports_dropped", "Reports of attempts that had been taken away.", registry=registry
        )
        self.judging_seconds = Histogram(
            "judge_judging_duration_seconds", "Time a worker judged, of each verdict that is no JE.",
            ["language"], buckets=_JUDGING_S, registry=registry,
        )  # fmt: skip
        self.to_verdict_seconds = Histogram(
            "judge_time_to_verdict_seconds", "Time from a submission's acceptance to its verdict, waiting included.",
            ["language"], buckets=_TO_VERDICT_S, registry=registry,
        )  # fmt: skip
        self.boxes = Counter(
            "judge_boxes", "Boxes: started, recycled (old), broken, given up (in doubt).", ["event"], registry=registry
        )
        self.sweeps = Counter("judge_sweeps", "Looks at what waits and who is gone.", ["ended"], registry=registry)
        self.hints_failed = Counter("judge_hints_failed", "Workers that could not be woken.", registry=registry)
        self.held_requests = Gauge(
            "judge_held_requests", "Requests that wait for a verdict.", registry=registry, multiprocess_mode="livesum"
        )
        self.streams = Gauge("judge_streams", "Streams of live events.", registry=registry, multiprocess_mode="livesum")
        self._begin_at_zero()

    def text(self, *more: Collector) -> bytes:
        """All of it, and what these collectors know, in Prometheus' text format."""
        registry = self.registry
        if more or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
                MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            else:
                registry.register(self.registry)
            for collector in more:
                registry.register(collector)
        return generate_latest(registry)

    def attempt_ended(self, ended: Ended) -> None:
        """Told by the store of every attempt (api/store/judgings.py)."""
        if ended.is_late:
            self.late_reports.inc()
            return
        self.attempts.labels(ended.state).inc()
        if ended.report is None:
            return
        self.verdicts.labels(ended.report.verdict).inc()
        if ended.report.verdict is not Verdict.JE:
            self.judging_seconds.labels(ended.language).observe(ended.report.judging_time_s)
        if ended.age_s is not None:
            self.to_verdict_seconds.labels(ended.language).observe(max(ended.age_s, 0.0))

    def hold(self, requests: int, streams: int) -> None:
        """Told by the sweeper each time, and before a scrape: how many this process holds."""
        self.held_requests.set(requests)
        self.streams.set(streams)

    def boxes_counted(self, counted: Iterable[tuple[str, int]]) -> None:
        for event, count in counted:
            self.boxes.labels(event).inc(count)

    def _begin_at_zero(self) -> None:
        """A counter that appears with its first event has no rise that an alert could see."""
        for verdict in Verdict:
            self.verdicts.labels(verdict)
        for ended in ("judged", "failed", "lost"):
            self.attempts.labels(ended)
        for event in ("started", "recycled", "broken", "given up"):
            self.boxes.labels(event)
        for ended in ("done", "failed"):
            self.sweeps.labels(ended)
