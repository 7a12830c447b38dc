"""Logs: one event is one line, of JSON for programs or of text for people.

Promises: nothing that was sent can forge a line or hide one: line ends, terminal escapes and characters that turn the
reading direction are written as escapes. An exception is told by its type and where it arose, never by its message or
variables, for these may quote a source, a key or a hidden test. What looks like a key, a token or the password of a URL
is blotted out, and long texts are cut.

Does not promise to know a secret that is logged on purpose: events carry ids, names and figures, nothing that was sent.

All goes by the standard library's logging, so that gunicorn's and Celery's own lines take the same form. JUDGE_LOG is
json or text (when not set: text on a terminal, else json), JUDGE_LOG_LEVEL the least level that is shown (info).
"""

import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_LONGEST = 1000
_FRAMES = 12
_LEVELS = ("debug", "info", "warning", "error", "critical")
_SECRETS = re.compile(r"(?i)(judge_)[\w-]{43}|(bearer\s+)[^\s'\"]+|(whsec_)[\w+/=-]+|(://)[^\s/@]*(?=@)")
# Each hint that is taken would be a line of these, and each question to the API or to Docker.
_CHATTY = ("celery.app.trace", "celery.worker.strategy", "urllib3", "docker")

bound = structlog.contextvars.bound_contextvars  # fields of every line of this thread, while in it


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose events take fields: `log.info("judged", judging=id)`. Needs no set-up: without, it is plain."""
    processors = [structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs]
    logger = structlog.wrap_logger(logging.getLogger(name), processors, structlog.stdlib.BoundLogger)
    return cast(structlog.stdlib.BoundLogger, logger)


def configure(service: str, environ: Mapping[str, str] = os.environ) -> None:
    """Make the whole process log so, to standard error, from now on. `service` stands in every line."""
    is_terminal = sys.stderr.isatty()
    form = environ.get("JUDGE_LOG") or ("text" if is_terminal else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(service, form == "text", is_terminal))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    wanted = (environ.get("JUDGE_LOG_LEVEL") or "info").lower()
    root.setLevel(wanted.upper() if wanted in _LEVELS else logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.raiseExceptions = False  # or a line that cannot be written is told on standard error, with what it held
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    if form not in ("json", "text") or wanted not in _LEVELS:
        get_logger(__name__).warning("JUDGE_LOG is json or text, JUDGE_LOG_LEVEL one of the levels", levels=_LEVELS)


def described(exc: BaseException) -> dict[str, Any]:
    """The fields that tell of an exception: its type, where it arose, innermost first, and what caused it."""
    frames = traceback.extract_tb(exc.__traceback__)[-_FRAMES:]
    told: dict[str, Any] = {
        "raised": _type_name(exc),
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)],
    }
    if cause := exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__):
        told["caused_by"] = _type_name(cause)
    return told


def _type_name(exc: BaseException) -> str:
    return f"{type(exc).__module__}.{type(exc).__qualname__}".removeprefix("builtins.")


def _uncaught(kind: type[BaseException], exc: BaseException | None, tb: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        logging.getLogger(__name__).critical("an exception was not caught", exc_info=exc)


def _formatter(service: str, as_text: bool, coloured: bool) -> logging.Formatter:
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        _without_messages,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _harmless,
    ]
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_text:
        columns = structlog.dev.ConsoleRenderer(
            colors=coloured, timestamp_key="time", pad_event_to=0, repr_native_str=True
        )
        last += [_printable, columns]
    else:
        last += [_in_order(service), structlog.processors.JSONRenderer()]  # which writes ASCII only
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common, processors=last)


def _without_messages(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """In the place of an exception, which would be written with its message, its type and place."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    exc = given[1] if isinstance(given, tuple) else given
    return {**event, **described(exc)} if isinstance(exc, BaseException) else event


def _harmless(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """No secret that a library wrote into a text, and no text without end."""
    return {name: _blotted(value) for name, value in event.items()}


def _blotted(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_blotted(one) for one in value]
    if value is None or isinstance(value, bool | int | float | logging.LogRecord):
        return value
    text = str(value)
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
    return _SECRETS.sub(lambda found: f"{next(filter(None, found.groups()))}…", cut)


def _printable(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """In the event every character that a terminal would not simply show as an escape; fields are quoted anyway."""
    text = event["event"]
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return {**event, "event": shown}


def _in_order(service: str) -> Processor:
    def ordered(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        first = {name: event.pop(name) for name in ("time", "level", "logger", "event")}
        return {**first, "service": service, **event}

    return ordered
