"""The queue's two ends meet here: the hint that wakes a worker, and what the API gives a worker to do.

The API imports this and nothing else of the worker. A hint says only that there is something to do; what it is, the
worker asks the API.
"""

from functools import cache
from typing import Any, Literal

from celery import Celery
from pydantic import BaseModel, ConfigDict

TASK_NAME = "judge.work"


class JudgingTask(BaseModel):
    """One judging. It carries the source, so that a worker asks the API only for packages it has not seen.

    `id`: the attempt's, by which its report is accepted. `submission`: None for a run. `traceparent`: of the request,
    where traces are on. Fields that are not known are passed over: in an upgrade the API goes first, and may say more.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    submission: str | None = None
    kind: Literal["submission", "run"]
    problem: str
    package: str
    language: str
    source: str
    input: Any = None
    traceparent: str | None = None


def celery_app(redis_url: str) -> Celery:
    """A Celery application with the settings that both ends share."""
    app = Celery("judge", broker=broker_url(redis_url))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        # A hint is acknowledged late only so that no process takes one while it works.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_send_task_events=False,
        worker_proc_alive_timeout=300,  # a pool process starts its box, and may build and calibrate, before it is up
        worker_hijack_root_logger=False,
        task_default_queue="python",
        # What a worker killed whole had taken comes back after this long. It is no more than a hint: no hurry.
        broker_transport_options={
            "visibility_timeout": 300,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
        },
    )
    return app


def broker_url(redis_url: str) -> str:
    """The same server as Celery writes it: unix:///path is redis+socket:///path there."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def wake(redis_url: str, language: str) -> None:
    """Tell one worker that there is something to do. Raises kombu's OperationalError when Redis does not answer."""
    _sender(redis_url).send_task(TASK_NAME, queue=language, retry=False)


@cache
def _sender(redis_url: str) -> Celery:
    """An application that gives up at once: who asked over HTTP waits for it, and the sweeper tries again."""
    app = celery_app(redis_url)
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "max_retries": 0}
    return app
