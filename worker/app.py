"""The Celery worker:  celery -A worker.app worker --pool prefork --queues python

One task, JSON only: a hint that there is something to do. Each prefork child starts its own box before its first task
and closes it when it ends. What is being judged is known to the API, so nothing hangs on a message.
"""

import multiprocessing
import os
import secrets
import socket
import threading
import time
from pathlib import Path
from typing import Any

import celery.apps.worker
from billiard import current_process
from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

from judge import traces
from judge.errors import JudgeError, MachineFault
from judge.languages import get_language
from judge.logs import configure, described, get_logger
from judge.sandbox import BoxOptions, choose_backend, start_boxes
from worker.api_client import ApiClient
from worker.judging import Judge, reason_of
from worker.pulse import Pulse
from worker.queue import TASK_NAME, celery_app
from worker.settings import Settings, from_environment

LANGUAGES = ("python",)
_PAUSE_S = 1.0
settings = from_environment()
app = celery_app(settings.redis_url)
_stopping = multiprocessing.get_context("fork").Event()  # shared by the pool: whether the worker is being stopped
_log = get_logger(__name__)
_judge: Judge | None = None


@app.task(name=TASK_NAME)  # type: ignore[untyped-decorator]
def work() -> None:
    """Judge until nothing waits. What goes wrong is only told: the API sends further hints while something waits."""
    try:
        _the_judge().work()
    except MachineFault as exc:
        _log.warning("this worker process cannot judge", reason=str(exc))
        time.sleep(_PAUSE_S)
    except Exception as exc:  # Celery would log it with its message
        _log.error("this worker process cannot judge", **described(exc))
        time.sleep(_PAUSE_S)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _set_up_logging(**_: object) -> None:
    """In the place of Celery's own: a line for each event, whoever logs it."""
    configure("worker")


@celeryd_init.connect  # type: ignore[untyped-decorator]
def _be_quiet(instance: Any, **_: object) -> None:
    """What Celery prints past the logs would be no event."""
    configure("worker")  # already now, for it warns before it sets up any
    instance.quiet = True
    celery.apps.worker.safe_say = lambda *_: None


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _ask_to_stop(sig: str, **_: object) -> None:
    """At SIGTERM each process finishes what it is judging and takes nothing new, for `stop_s` at most.

    At a second one, or at SIGQUIT, and when the time is over, all ends at once; what was being judged goes to another
    worker when this one is not heard of any more.
    """
    after_s = 0.0 if _stopping.is_set() or sig == "SIGQUIT" else settings.stop_s
    _stopping.set()
    threading.Thread(target=_end, args=[after_s], name="end", daemon=True).start()


def _end(after_s: float) -> None:
    _log.info("stopping", within_s=after_s)
    time.sleep(after_s)
    _log.warning("stopped at once")
    os._exit(1)  # the pool's processes are killed with it, and their boxes end with them


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
        traces.start("worker")
        judge = _the_judge()
        if settings.preload:
            judge.prepare_all(settings.preload)
    except JudgeError as exc:
        _log.error("this worker process is not ready", reason=reason_of(exc))
        return
    if folder := os.environ.get("JUDGE_READY_FOLDER"):  # tells who started us that this process has its box
        (Path(folder) / str(os.getpid())).touch()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _stop(**_: object) -> None:
    if _judge is not None:
        _judge.close()
    traces.stop()


def _make_judge(settings: Settings, index: int) -> Judge:
    """A judge whose boxes all run on one core, the process's own, so that neighbours do not disturb each other."""
    cores = sorted(os.sched_getaffinity(0))
    options = BoxOptions(get_language("python"), cpu=cores[index % len(cores)])
    backend, _ = choose_backend(settings.box, options)
    boxes = start_boxes(backend, options, settings.recycle_after)
    for wall, lost in boxes.submissions.info.lost_walls().items():
        _log.warning("a box lacks a wall (docs/hardening.md)", backend=backend, wall=wall, lost=lost)
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    api, pulses = (ApiClient(settings.api_url, settings.worker_token, name, LANGUAGES) for _ in range(2))
    judge = Judge(settings, boxes, api, _stopping.is_set)
    Pulse(pulses, lambda: judge.judging_id, boxes.census).start()
    return judge
