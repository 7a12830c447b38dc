"""What one worker process holds: a warm box, the packages it has seen, the way to the API. And how it judges.

The machine's fault is tried again here, in a new box, a few times; what remains is reported as JE. Whether the report
arrives decides whether the task is acknowledged, so a judging whose report cannot be delivered is not lost.
"""

import json
import logging
from collections.abc import Callable

from judge import pipeline
from judge.cache import Cache
from judge.calibration import Calibration, Prepared, prepare
from judge.errors import JudgeError, MachineFault, PackageError
from judge.models import Report, Submission
from judge.package import Problem, load_package
from judge.sandbox import Boxes
from worker.api_client import ApiClient, ApiUnreachable, ReportRefused
from worker.queue import JudgingTask
from worker.settings import Settings

_ATTEMPTS = 3
_log = logging.getLogger(__name__)


class Judge:
    """Judges tasks one after another in one box."""

    def __init__(self, settings: Settings, boxes: Boxes, api: ApiClient) -> None:
        self._boxes, self._api = boxes, api
        self._packages_folder = settings.cache_folder / "packages"
        self._cache = Cache(settings.cache_folder)
        self._prepared: dict[str, Prepared] = {}

    def handle(self, task: JudgingTask) -> None:
        """Judge and report. Raises ApiUnreachable when the report could not be delivered: the task must stay queued."""
        report = self._judge(task)
        self._boxes.submission_ends()
        try:
            self._api.report(task.id, report.model_dump_json().encode())
        except ReportRefused as exc:
            _log.error("judging %s: %s", task.id, exc)
            self._api.report(task.id, pipeline.judge_error(str(exc)).model_dump_json().encode())

    def prepare_all(self, slugs: tuple[str, ...]) -> None:
        """Build and calibrate before the first submission asks for it; `all` means every problem of the API."""
        hashes = self._api.problem_hashes()
        for slug in hashes if slugs == ("all",) else slugs:
            self._prepare(slug, hashes[slug])

    def close(self) -> None:
        self._boxes.close()

    def _judge(self, task: JudgingTask) -> Report:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                problem, calibration = self._prepare(task.problem, task.package)
                return _KINDS[task.kind](self, task, problem, calibration)
            except PackageError as exc:
                _log.error("judging %s: broken package: %s", task.id, exc)
                # The place only: a reason may quote what a case holds, and whoever submitted reads this.
                return pipeline.judge_error(f"the problem package is broken: {exc.package}/{exc.file}")
            except ApiUnreachable:
                raise
            except MachineFault as exc:
                _log.warning("judging %s: attempt %d of %d: %s", task.id, attempt, _ATTEMPTS, exc)
                fault: JudgeError = exc
            except Exception as exc:
                # Ours, and unforeseen. Left to Celery, the submission would stay without an answer.
                _log.exception("judging %s", task.id)
                return pipeline.judge_error(f"the judge failed: {type(exc).__name__}")
        return pipeline.judge_error(f"the machine failed {_ATTEMPTS} times: {fault}")

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


def _program(task: JudgingTask) -> Submission:
    return Submission(language=task.language, source=task.source)
