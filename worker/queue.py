"""The queue's two ends meet here: what a judging task carries, and how the API sends one by name.

The API imports this and nothing else of the worker. Sending is all it promises: whether the task is ever run is for the
database to know.
"""

from functools import cache
from typing import Any, Literal

from celery import Celery
from pydantic import BaseModel, ConfigDict

TASK_NAME = "judge.judging"


class JudgingTask(BaseModel):
    """One judging. It carries the source, so that a worker needs the API only for packages it has not seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Literal["submission", "run"]
    problem: str
    package: str
    language: str
    source: str
    input: Any = None


def celery_app(redis_url: str) -> Celery:
    """A Celery application with the settings that both ends share."""
    app = Celery("judge", broker=broker_url(redis_url))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        worker_send_task_events=False,
        worker_proc_alive_timeout=300,  # a pool process starts its box, and may build and calibrate, before it is up
        worker_hijack_root_logger=False,
        task_default_queue="python",
        # A worker killed whole comes back to its tasks after this long; kombu would by default look only every 100 s.
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


def enqueue(redis_url: str, task: JudgingTask) -> None:
    """Send a judging to the queue of its language. Raises kombu's OperationalError when Redis does not answer."""
    _sender(redis_url).send_task(
        TASK_NAME,
        args=[task.model_dump(mode="json")],
        queue=task.language,
        retry=False,
        argsrepr="",  # else Celery writes the arguments, and so the source, into the message's headers
        kwargsrepr="",
    )


@cache
def _sender(redis_url: str) -> Celery:
    """An application that gives up at once: who asked over HTTP waits for it, and the sweeper tries again."""
    app = celery_app(redis_url)
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "max_retries": 0}
    return app
