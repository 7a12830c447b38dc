"""What waits, who works and what is owed, asked of the database and of Redis when Prometheus asks.

A scrape never fails because one of them is away: it then says so, and leaves out what is not known.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import redis
import sqlalchemy.exc
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.catalogue import LANGUAGES
from api.runboard import RunBoard
from api.store import Store
from api.store.judgings import REJUDGING, SUBMISSION

WORKER_SEEN = timedelta(seconds=15)  # a worker gives a sign of life every few seconds
_PRIORITIES = {SUBMISSION: "submission", REJUDGING: "rejudging"}


class Backlog(Collector):
    def __init__(self, store: Store, board: RunBoard) -> None:
        self._store, self._board = store, board

    def collect(self) -> Iterator[Metric]:
        try:
            yield from list(self._of_database(datetime.now(UTC)))
            database = 1
        except sqlalchemy.exc.SQLAlchemyError:
            database = 0
        try:
            yield from list(self._of_redis())
            queue = 1
        except (redis.RedisError, OSError):
            queue = 0
        yield GaugeMetricFamily("judge_database_up", "Whether the database answers.", value=database)
        yield GaugeMetricFamily("judge_redis_up", "Whether Redis answers.", value=queue)

    def _of_database(self, now: datetime) -> Iterator[Metric]:
        labels = ["language", "priority"]
        depth = GaugeMetricFamily("judge_queue_depth", "Judgings that wait.", labels=labels)
        age = GaugeMetricFamily(
            "judge_queue_oldest_age_seconds", "Age of the judging that waits longest; 0 when none does.", labels=labels
        )
        waiting = {(each.language, each.priority): each for each in self._store.backlog.waiting()}
        for place in sorted({*waiting, *((name, priority) for name in LANGUAGES for priority in _PRIORITIES)}):
            found, of = waiting.get(place), [place[0], _PRIORITIES.get(place[1], str(place[1]))]
            depth.add_metric(of, found.count if found else 0)
            age.add_metric(of, _age_s(found.oldest, now) if found else 0)
        workers = GaugeMetricFamily("judge_workers", "Worker processes heard of lately.", labels=["language"])
        alive = self._store.workers.alive(now - WORKER_SEEN)
        for language in sorted({*alive, *LANGUAGES}):
            workers.add_metric([language], alive.get(language, 0))
        yield from (depth, age, workers)
        running = self._store.backlog.running()
        yield GaugeMetricFamily("judge_judgings_running", "Judgings that workers are at.", value=running)
        yield from self._of_outbox(now)

    def _of_outbox(self, now: datetime) -> Iterator[Metric]:
        owed = self._store.backlog.outbox()
        messages = GaugeMetricFamily(
            "judge_webhook_messages", "Webhook messages that wait, or were given up.", labels=["state"]
        )
        messages.add_metric(["pending"], owed.pending)
        messages.add_metric(["dead"], owed.dead)
        yield messages
        lag = _age_s(owed.oldest_due, now) if owed.oldest_due else 0
        yield GaugeMetricFamily("judge_webhook_lag_seconds", "How long the oldest message is overdue.", value=lag)

    def _of_redis(self) -> Iterator[Metric]:
        runs = GaugeMetricFamily("judge_runs_waiting", "Unrecorded runs that wait.", labels=["language"])
        for language in LANGUAGES:
            runs.add_metric([language], self._board.waiting(language))
        yield runs


def _age_s(since: datetime, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0)
