"""How the API is served: `gunicorn -c python:api.gunicorn_config`.

One process with many threads: a caller who waits for a verdict, or listens, costs a thread and nothing else, and is
told from memory the moment the report arrives (waiting.py, live.py). More processes work too, but then most verdicts
are found by looking every 0.25 s.
"""

import gc
import os
import signal
from types import FrameType
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from api.services import EXTENSION, Services
from api.settings import server_threads
from judge import logs, traces


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


logger_class = Log
wsgi_app = "api.wsgi:app"
bind = os.environ.get("JUDGE_BIND") or "127.0.0.1:8000"
worker_class = "gthread"
workers = 1
threads = server_threads()  # more than may wait, so that reports always find a free one
keepalive = 75
timeout = 120
graceful_timeout = 10
accesslog = None  # api/requests.py has a line for each that matters
control_socket_disable = True  # or gunicorn leaves a socket in the home folder
loglevel = "info"


def post_worker_init(worker: Any) -> None:
    """On the signals that end a worker let go of who waits or listens first, or the stop would wait for them."""
    # What is there now stays: the collector need not walk through all modules again and again.
    gc.collect()
    gc.freeze()
    traces.start("api")
    held: Services = worker.wsgi.extensions[EXTENSION]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        earlier = signal.getsignal(number)

        def release(signum: int, frame: FrameType | None, earlier: Any = earlier) -> None:
            held.held_submissions.close()
            held.held_runs.close()
            held.streams.close()
            if callable(earlier):
                earlier(signum, frame)

        signal.signal(number, release)


def worker_exit(_server: Any, worker: Any) -> None:
    """Let the webhooks arrive that are being sent; what does not in time is sent again by the next process."""
    if services := getattr(worker, "wsgi", None):
        services.extensions[EXTENSION].courier.stop(seconds=5)
    traces.stop()
