"""Is what a run produced right? By a built-in checker, the format's default validator, or the package's own validator.

The package's own runs in the jury's box, a fresh process for each case: it knows the expected output, so it never meets
a submission, and it is foreign code, so it never runs out here. When it fails the package is at fault, nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec

from judge import checkers, default_validator
from judge.errors import PackageError
from judge.models import Limits
from judge.package import Case, Problem
from judge.sandbox.base import Boxes, Input, Job, JobResult, RunResult, program_entry

ACCEPTED, WRONG = 42, 43  # a validator's exit codes
LIMITS = Limits(cpu_time_s=30, wall_time_s=90, memory_mib=1024, output_mib=8)
_INPUT, _ANSWER, _FEEDBACK = "/case/input", "/case/answer", "/feedback/"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found. `message` is for the author of the submission, where the case is shown."""

    correct: bool
    message: str | None = None
    unserialisable: bool = False
    score: float | None = None
    multiplier: float | None = None


def check_all(problem: Problem, cases: Sequence[Case], runs: Sequence[RunResult], boxes: Boxes) -> list[Check | None]:
    """One Check for each run that ended well, else None. Raises PackageError when a validator fails, MachineFault."""
    checks = [
        _built_in(problem, case, run.output) if run.ended == "ok" else None
        for case, run in zip(cases, runs, strict=False)
    ]
    if problem.validator is None:
        return checks
    sound = [place for place, found in enumerate(checks) if found and found.correct]
    found = _validate(problem, [cases[place] for place in sound], [runs[place].output for place in sound], boxes)
    for place, check in zip(sound, found, strict=True):
        checks[place] = check
    return checks


def _built_in(problem: Problem, case: Case, output: bytes) -> Check:
    """By value; where the package has a validator of its own, only whether it can be given to that."""
    try:
        if problem.interface is None:
            message = None if problem.validator else default_validator.compare(case.answer, output, _options(case))
        elif problem.validator:
            message = checkers.why_not_output(problem.interface, output)
        else:
            message = checkers.check(problem.interface, case.answer, output)
    except checkers.NotJson as exc:
        return Check(False, str(exc), unserialisable=True)
    return Check(message is None, message)


def _options(case: Case) -> default_validator.Options:
    return default_validator.parse(case.validator_args)


def _validate(problem: Problem, cases: Sequence[Case], outputs: Sequence[bytes], boxes: Boxes) -> list[Check]:
    checks: list[Check] = []
    for arguments, together in groupby(zip(cases, outputs, strict=True), lambda pair: pair[0].validator_args):
        pairs = list(together)
        job = validator_job(problem, [case for case, _ in pairs], [output for _, output in pairs], arguments)
        result = boxes.jury.run(job)
        checks += [check_of(problem, result, place) for place in range(len(pairs))]
    return checks


def validator_job(
    problem: Problem, cases: Sequence[Case], outputs: Sequence[bytes], arguments: Sequence[str], limits: Limits = LIMITS
) -> Job:
    """The package's validator on these outputs, each with the files of its case."""
    validator = problem.validator
    assert validator
    modules = {Path(name).stem: text for name, text in validator.files.items() if name != validator.main}
    return Job(
        source=validator.files[validator.main],
        entry=program_entry([validator.main, _INPUT, _ANSWER, _FEEDBACK, *arguments], modules, _FEEDBACK),
        inputs=[Input.of(output) for output in outputs],
        limits=limits,
        show=True,
        max_timeouts=1,
        files=[{_INPUT: Input(case.input, case.digest), _ANSWER: Input.of(case.answer)} for case in cases],
    )


def check_of(problem: Problem, result: JobResult, place: int = 0) -> Check:
    """What the validator has found. Raises PackageError when it did not exit with 42 or 43."""
    run = None if result.compile_error or place >= len(result.runs) else result.runs[place]
    if run is None or run.ended != "exited" or run.exit_code not in (ACCEPTED, WRONG):
        raise _failed(problem, result.compile_error.message if result.compile_error else _how(run))
    try:
        feedback = _decode_feedback(run.output)
        score, multiplier = (_number(feedback.get(name)) for name in ("score.txt", "score_multiplier.txt"))
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as exc:
        raise _failed(problem, f"it left feedback that is none: {exc}") from exc
    message = feedback.get("teammessage.txt", "").strip()
    correct = run.exit_code == ACCEPTED
    return Check(correct, message or (None if correct else "the validator refuses it"), False, score, multiplier)


_decode_feedback = msgspec.json.Decoder(dict[str, str]).decode


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _failed(problem: Problem, reason: str) -> PackageError:
    assert problem.validator
    return problem.error(f"output_validator/{problem.validator.main}", f"the validator failed: {reason}")


def _how(run: RunResult | None) -> str:
    """How a validator ended, without what it may have quoted of the case."""
    if run is None:
        return "it was not run, for it had run out of time"
    if run.failure and run.failure.kind == "exception":
        line = run.failure.traceback[-1].partition(":")[0] if run.failure.traceback else "its top level"
        return f"{run.failure.type} in {line}"
    if run.ended in ("ok", "exited"):
        return f"it ended with exit code {run.exit_code or 0}, not {ACCEPTED} or {WRONG}"
    return run.ended
