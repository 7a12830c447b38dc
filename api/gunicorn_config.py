"""How the API is served: `gunicorn -c python:api.gunicorn_config`.

Each process switches between requests whenever one waits (gevent): a caller who waits for a verdict, or listens, costs
some kilobytes and no thread, and no request waits for the interpreter's lock, which under load cost more than the
requests themselves (docs/decisions/0013). Two processes, where there are as many cores, for one is busy with 1,000
requests a second; what one hears of a verdict the others are told (news.py).

What is imported here is imported before gevent has put its own in the place of sockets, locks and threads: as little
as may be.
"""

import gc
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import gevent
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.workers.ggevent import GeventWorker  # type: ignore[import-untyped]

from judge import logs

_LOOKS_FOR_IDLE_EVERY_S = 0.1
_IDLE_AFTER_S = 1.0
_METRICS = "PROMETHEUS_MULTIPROC_DIR"  # where the processes count together (metrics.py)


class Log(Logger):  # type: ignore[misc]
    """gunicorn's lines, in the form of all others (judge/logs.py)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure("api")
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # What follows quotes the request, and with it perhaps a key.
        said = msg.partition(": ")[0] if msg.startswith("Invalid request from ip=") else msg
        super().warning(said, *args, **kwargs)


class Worker(GeventWorker):  # type: ignore[misc]
    """gunicorn's own, but at its end it closes the connections on which nobody asks anything, instead of waiting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._idle_since_s: dict[Any, float] = {}  # by the greenlet that waits for a request

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Around the wait for a connection's next request."""
        waiting = gevent.getcurrent()
        self._idle_since_s[waiting] = time.monotonic()
        try:
            with super().timeout_ctx():
                yield
        finally:
            self._idle_since_s.pop(waiting, None)

    def close_idle(self) -> None:
        """Until the process ends, for connections become idle one by one. New ones get the time to ask something."""
        while True:
            before_s = time.monotonic() - _IDLE_AFTER_S
            idle = [waiting for waiting, since_s in self._idle_since_s.items() if since_s < before_s]
            gevent.killall(idle, StopIteration, block=False)  # it is how gunicorn ends a connection
            gevent.sleep(_LOOKS_FOR_IDLE_EVERY_S)


def processes(given: str) -> int:
    """How many to start. What is no such number is refused by those that are started (settings.py)."""
    return int(given) if given.isdecimal() and 1 <= int(given) <= 64 else min(2, len(os.sched_getaffinity(0)))


logger_class = Log
wsgi_app = "api.wsgi:app"
bind = os.environ.get("JUDGE_BIND") or "127.0.0.1:8000"
worker_class = Worker
workers = processes(os.environ.get("JUDGE_API_PROCESSES", ""))
worker_connections = 4096  # more than may wait and listen (settings.py), so that reports always get in
keepalive = 75
timeout = 120
graceful_timeout = 10
accesslog = None  # api/requests.py has a line for each that matters
control_socket_disable = True  # or gunicorn leaves a socket in the home folder
loglevel = "info"


def on_starting(server: Any) -> None:
    if server.cfg.workers > 1 and _METRICS not in os.environ:
        server.metrics_folder = os.environ[_METRICS] = tempfile.mkdtemp(prefix="judge-metrics-")


def on_exit(server: Any) -> None:
    if folder := getattr(server, "metrics_folder", None):
        shutil.rmtree(folder, ignore_errors=True)


def child_exit(_server: Any, worker: Any) -> None:
    """What it held it holds no more; what it counted stays counted."""
    if folder := os.environ.get(_METRICS):
        for gauge in Path(folder).glob(f"gauge_live*_{worker.pid}.db"):
            gauge.unlink(missing_ok=True)


def post_worker_init(worker: Any) -> None:
    """On the signals that end a worker let go of who waits or listens first, or the stop would wait for them."""
    from api.services import EXTENSION, Services
    from judge import traces

    _allow_files(2 * worker_connections)
    # What is there now stays: the collector need not walk through all modules again and again.
    gc.collect()
    gc.freeze()
    traces.start("api")
    held: Services = worker.wsgi.extensions[EXTENSION]
    held.herald.listen()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        earlier = signal.getsignal(number)

        def release(signum: int, frame: FrameType | None, earlier: Any = earlier) -> None:
            held.held_submissions.close()
            held.held_runs.close()
            held.streams.close()
            gevent.spawn(worker.close_idle)
            if callable(earlier):
                earlier(signum, frame)

        signal.signal(number, release)


def worker_exit(_server: Any, worker: Any) -> None:
    """Let the webhooks arrive that are being sent; what does not in time is sent again by the next process."""
    from api.services import EXTENSION
    from judge import traces

    if services := getattr(worker, "wsgi", None):
        services.extensions[EXTENSION].courier.stop(seconds=5)
    traces.stop()


def _allow_files(count: int) -> None:
    """As many open files as that many connections take, or as many as may be: shells allow 1,024 by habit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
