"""What one worker process holds: a warm box, the packages it has seen, the way to the API. And how it works.

It asks for a judging only when it has a box, judges once, and reports: a verdict, or that the machine was at fault; how
often that is tried again is the API's decision. A report is offered until the API takes it. While it works a thread
tells the API so; if that is not heard for long, the API gives the judging to another and drops this one's report.
"""

import json
import time
from collections.abc import Callable

from judge import pipeline, traces
from judge.cache import Cache
from judge.calibration import Calibration, Prepared, prepare
from judge.errors import JudgeError, MachineFault, PackageError
from judge.logs import bound, described, get_logger
from judge.models import Report, Submission
from judge.package import Problem, load_package
from judge.sandbox import Boxes
from worker.api_client import ApiClient, ApiUnreachable, ReportRefused
from worker.queue import JudgingTask
from worker.settings import Settings

_PAUSE_S = 1.0  # before a report that was not taken is offered again
_log = get_logger(__name__)


class Judge:
    """Judges one after another in one box. `stopping` is asked between two whether to go on."""

    def __init__(self, settings: Settings, boxes: Boxes, api: ApiClient, stopping: Callable[[], bool]) -> None:
        self._boxes, self._api, self._stopping = boxes, api, stopping
        self._packages_folder = settings.cache_folder / "packages"
        self._cache = Cache(settings.cache_folder)
        self._prepared: dict[str, Prepared] = {}
        self.judging_id: str | None = None

    def work(self) -> None:
        """Judge until nothing waits. Raises MachineFault: no box, or the API does not say what to do."""
        task = self._claim()
        while task:
            self.judging_id = task.id
            with bound(judging=task.id, submission=task.submission), traces.judging(task.traceparent, judging=task.id):
                result = self._judge(task)
                task = self._delivered(task, result)
                self.judging_id = None
                self._boxes.submission_ends()
            if isinstance(result, MachineFault):
                task = self._claim()

    def _claim(self) -> JudgingTask | None:
        self._boxes.ready()
        return None if self._stopping() else self._api.claim()

    def prepare_all(self, slugs: tuple[str, ...]) -> None:
        """Build and calibrate before the first submission asks for it; `all` means every problem of the API."""
        hashes = self._api.problem_hashes()
        for slug in hashes if slugs == ("all",) else slugs:
            self._prepare(slug, hashes[slug])

    def close(self) -> None:
        self._boxes.close()

    def _judge(self, task: JudgingTask) -> Report | MachineFault:
        try:
            problem, calibration = self._prepare(task.problem, task.package)
            report = _KINDS[task.kind](self, task, problem, calibration)
            _log.info("judged", kind=task.kind, verdict=report.verdict, duration_s=round(report.judging_time_s, 4))
            return report
        except PackageError as exc:
            reason = reason_of(exc)
            _log.error("judging failed", reason=reason)
            return pipeline.judge_error(reason)
        except MachineFault as exc:
            _log.warning("the machine failed", reason=str(exc))
            return exc
        except OSError as exc:  # a full disk above all; its file's name is nobody's business
            _log.warning("judging %s: %s", task.id, exc)
            return MachineFault(f"the worker's disk: {exc.strerror}")
        except Exception as exc:
            # Ours, and unforeseen. Left to Celery, the submission would be tried in vain again.
            _log.error("the judge failed", **described(exc))
            return pipeline.judge_error(f"the judge failed: {type(exc).__name__}")

    def _delivered(self, task: JudgingTask, result: Report | MachineFault) -> JudgingTask | None:
        """Offer it until it is taken; what to do next, unless it is time to stop or to look after the box first."""
        while True:
            try:
                return self._deliver(task, result)
            except ReportRefused as exc:
                _log.error("a report was refused", reason=str(exc))
                result = pipeline.judge_error(str(exc))
            except ApiUnreachable as exc:
                if self._stopping():
                    raise
                _log.warning("a report waits to be taken", reason=str(exc))
                time.sleep(_PAUSE_S)

    def _deliver(self, task: JudgingTask, result: Report | MachineFault) -> JudgingTask | None:
        if isinstance(result, Report):
            return self._api.report(task.id, result.model_dump_json().encode(), more=not self._stopping())
        if task.kind == "submission":
            self._api.fault(task.id, str(result))
            return None
        # A run is not recorded, so there is nothing to give back.
        return self._api.report(task.id, pipeline.judge_error(str(result)).model_dump_json().encode(), more=False)

    def _prepare(self, slug: str, package_hash: str) -> Prepared:
        """The problem with its cases and limits, built and measured when this process first sees it."""
        if package_hash not in self._prepared:
            folder = self._api.fetch_package(slug, package_hash, self._packages_folder)
            self._prepared[package_hash] = prepare(load_package(folder), self._boxes, self._cache)
        return self._prepared[package_hash]

    def _submission(self, task: JudgingTask, problem: Problem, calibration: Calibration) -> Report:
        return pipeline.judge(_program(task), problem, calibration, self._boxes)

    def _run(self, task: JudgingTask, problem: Problem, calibration: Calibration) -> Report:
        if task.input is None:
            return pipeline.run_samples(_program(task), problem, calibration, self._boxes)
        text = task.input if problem.interface is None else json.dumps(task.input, separators=(",", ":"))
        data = str(text).encode()
        return pipeline.run_own_input(_program(task), problem, data, calibration, self._boxes)


_KINDS: dict[str, Callable[[Judge, JudgingTask, Problem, Calibration], Report]] = {
    "submission": Judge._submission,
    "run": Judge._run,
}


def reason_of(exc: JudgeError) -> str:
    """In a sentence without secrets. Of a package the place only: its author asks `judge verify` for the rest."""
    if isinstance(exc, PackageError):
        return f"the problem package is broken: {exc.package}/{exc.file}"
    return str(exc)


def _program(task: JudgingTask) -> Submission:
    return Submission(language=task.language, source=task.source)
