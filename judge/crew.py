"""Several processes that judge at the same time, each with a box, the cache and the packages it has seen.

The parent names the work, `crew.call(function, *arguments)`: a module's function whose first parameter is the Desk of
the process that does it. What comes back is its value; a machine's fault in there is tried once again, in a new box.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from judge import pipeline
from judge.cache import Cache, default_folder
from judge.calibration import Prepared, prepare
from judge.errors import JudgeError, MachineFault, WrongUse
from judge.generate import build
from judge.languages import get_language
from judge.models import Report, Submission
from judge.package import Problem, load_package
from judge.sandbox import BoxOptions, boxes, start_boxes

T = TypeVar("T")


class Desk:
    """What one process of the crew works with."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._boxes: dict[str, boxes.Boxes] = {}
        self._prepared: dict[Path, Prepared] = {}
        self.cache = Cache(default_folder())

    def build(self, folder: Path) -> Problem:
        """The package with all its cases. Raises PackageError."""
        return build(load_package(folder), self.boxes("python"), self.cache)

    def prepare(self, folder: Path) -> Prepared:
        """Build and calibrate a package, or take it as this process knows it. Raises PackageError."""
        if folder not in self._prepared:
            self._prepared[folder] = prepare(load_package(folder), self.boxes("python"), self.cache)
        return self._prepared[folder]

    def judge(self, submission: Submission, prepared: Prepared, impatient: bool = False) -> Report:
        """Judge, impatient (see judge/pipeline.py) or not."""
        started = self.boxes(submission.language)
        try:
            return pipeline.judge(submission, *prepared, started, impatient=impatient)
        finally:
            started.submission_ends()

    def boxes(self, language: str) -> boxes.Boxes:
        if language not in self._boxes:
            self._boxes[language] = start_boxes(self._backend, BoxOptions(get_language(language)))
        return self._boxes[language]

    def give_up(self) -> None:
        """Throw away the boxes, which may be at fault."""
        for started in self._boxes.values():
            started.give_up()

    def close(self) -> None:
        for started in self._boxes.values():
            started.close()


class Crew:
    """The processes, as seen by who has work for them. May be used by several threads."""

    def __init__(self, backend: str, size: int | None = None) -> None:
        self.size = size or len(os.sched_getaffinity(0))
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.size, context, initializer=_begin, initargs=(backend,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def give_up(self) -> None:
        """Begin nothing more: whoever waits for work that has not begun gets an exception."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """The function's value. Raises MachineFault, or WrongUse for any other JudgeError that the function raises."""
        value: T = self._result(self._pool.submit(_work, function, arguments))
        return value

    def map(self, function: Callable[..., T], *columns: Iterable[Any]) -> Iterator[T]:
        """The function's values for each row of arguments, in their order; all the work is handed out at once."""
        futures = [self._pool.submit(_work, function, row) for row in zip(*columns, strict=True)]
        try:
            yield from map(self._result, futures)
        finally:
            for future in futures:
                future.cancel()

    def _result(self, future: "Future[Any]") -> Any:
        try:
            value = future.result()
        except BrokenProcessPool as exc:
            raise MachineFault("a judging process was killed") from exc
        if isinstance(value, _Fault):
            raise value.kind(value.reason)
        return value


class _Fault(NamedTuple):
    """A JudgeError on its way to the parent: as a value, for not every exception survives the way."""

    kind: type[JudgeError]
    reason: str


_desk: Desk


def _begin(backend: str) -> None:
    global _desk
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C at the terminal is the parent's to handle
    _desk = Desk(backend)
    Finalize(_desk, _desk.close, exitpriority=1)


def _work(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    for last in (False, True):
        try:
            return function(_desk, *arguments)
        except MachineFault as exc:
            if last:
                return _Fault(MachineFault, str(exc))
            _desk.give_up()
        except JudgeError as exc:
            return _Fault(WrongUse, str(exc))
    return None
