"""The Celery application of the worker:  celery -A worker.app worker --pool prefork --queues python

One task, JSON only. Each prefork child starts its own box before it takes its first task and closes it when it ends; a
task is acknowledged when its report has been accepted, so whatever dies before that gives the task back to the queue.
"""

import logging
import os
from pathlib import Path

from billiard import current_process
from celery import Task
from celery.signals import worker_process_init, worker_process_shutdown

from judge.errors import JudgeError, MachineFault
from judge.languages import get_language
from judge.sandbox import BoxOptions, choose_backend, start_boxes
from worker.api_client import ApiClient
from worker.judging import Judge
from worker.queue import TASK_NAME, JudgingTask, celery_app
from worker.settings import Settings, from_environment

settings = from_environment()
app = celery_app(settings.redis_url)
_RETRY_S = 5
_log = logging.getLogger(__name__)
_judge: Judge | None = None


@app.task(name=TASK_NAME, bind=True, max_retries=None)  # type: ignore[untyped-decorator]
def judging(task: Task, message: dict[str, object]) -> None:
    """Judge one submission and report it. Without a box, or without the API, the task goes back to the queue."""
    try:
        _the_judge().handle(JudgingTask.model_validate(message))
    except MachineFault as exc:
        _log.warning("a task goes back to the queue: %s", exc)
        raise task.retry(exc=exc, countdown=_RETRY_S) from exc


def _the_judge() -> Judge:
    """This process's judge, with its box started. Raises BoxUnavailable; the next task then tries again."""
    global _judge
    if _judge is None:
        _judge = _make_judge(settings, getattr(current_process(), "index", 0))
    return _judge


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start(**_: object) -> None:
    """Before the first task. Celery would swallow what is raised here, so it is told, and left to the first task."""
    try:
        judge = _the_judge()
        if settings.preload:
            judge.prepare_all(settings.preload)
    except JudgeError as exc:
        _log.error("this worker process is not ready: %s", exc)
        return
    if folder := os.environ.get("JUDGE_READY_FOLDER"):  # tells who started us that this process has its box
        (Path(folder) / str(os.getpid())).touch()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _stop(**_: object) -> None:
    if _judge is not None:
        _judge.close()


def _make_judge(settings: Settings, index: int) -> Judge:
    """A judge whose boxes all run on one core, the process's own, so that neighbours do not disturb each other."""
    cores = sorted(os.sched_getaffinity(0))
    options = BoxOptions(get_language("python"), cpu=cores[index % len(cores)])
    backend, _ = choose_backend(settings.box, options)
    boxes = start_boxes(backend, options, settings.recycle_after)
    for wall, lost in boxes.submissions.info.lost_walls().items():
        _log.warning("%s box without the wall %s: %s (docs/hardening.md)", backend, wall, lost)
    return Judge(settings, boxes, ApiClient(settings.api_url, settings.worker_token))
