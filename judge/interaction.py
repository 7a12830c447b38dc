"""Interactive problems: the submission and the package's validator talk, each in its own box, through here.

What the validator knows stays on its side; only what it says crosses. Both ends are somebody else's program, so both
have limits, and whoever ends first decides what a broken conversation means.
"""

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from judge.checking import LIMITS, WRONG, Check, check_of, validator_job
from judge.errors import MachineFault
from judge.package import Case, Problem
from judge.runs import Terms
from judge.sandbox.base import Boxes, Input, Job, JobResult, RunResult, Talk, program_entry

_PATIENCE_S = 30.0  # of the validator, beyond the submission's own limit


def interact_all(
    problem: Problem, source: str, cases: Sequence[Case], terms: Terms, boxes: Boxes
) -> tuple[JobResult, list[Check | None]]:
    """Each case's facts and what the validator found, fewer where the rest was left out after time-outs."""
    runs: list[RunResult] = []
    checks: list[Check | None] = []
    for case in cases:
        if sum(run.ended in ("cpu_limit", "wall_limit") for run in runs) >= terms.max_timeouts:
            break
        result, check = _interact(problem, source, case, terms, boxes)
        if result.compile_error:
            return result, []
        runs.append(result.runs[0])
        checks.append(check)
    return JobResult(runs), checks


def _interact(problem: Problem, source: str, case: Case, terms: Terms, boxes: Boxes) -> tuple[JobResult, Check | None]:
    limits = LIMITS.model_copy(update={"wall_time_s": terms.limits.wall_time_s + _PATIENCE_S})
    validator = validator_job(problem, [case], [b""], case.validator_args, limits)
    submission = Job(source, program_entry(), [Input.of(b"")], terms.limits, terms.show)
    try:
        talks = boxes.submissions.talk(submission), boxes.jury.talk(validator)
        ended_at = _connect(*talks)
        result, found = (talk.result() for talk in talks)
    except MachineFault:
        boxes.give_up()
        raise
    if result.compile_error:
        return result, None
    return _decide(problem, result.runs[0], found, validator_ended_first=ended_at[1] <= ended_at[0])


def _decide(
    problem: Problem, run: RunResult, found: JobResult, validator_ended_first: bool
) -> tuple[JobResult, Check | None]:
    """A submission that fails because the validator has already refused it is refused, not at fault once more."""
    verdict = found.runs[0].exit_code if found.runs and found.runs[0].ended == "exited" else None
    if verdict == WRONG and (validator_ended_first or run.ended == "ok"):
        return JobResult([replace(run, ended="ok", failure=None, exit_code=None)]), check_of(problem, found)
    if run.ended != "ok":
        return JobResult([run]), None
    return JobResult([run]), check_of(problem, found)


def _connect(submission: Talk, validator: Talk) -> tuple[float, float]:
    """Carry what each says to the other until both have ended; returns when each did (monotonic seconds)."""
    ended_at = [0.0, 0.0]
    faults: list[MachineFault] = []

    def carry(source: Talk, sink: Talk, which: int) -> None:
        try:
            while piece := source.receive():
                sink.send(piece)
            ended_at[which] = time.monotonic()
        except MachineFault as exc:
            faults.append(exc)
        with contextlib.suppress(MachineFault):  # told by whoever receives from it
            sink.send(b"", end=True)

    thread = threading.Thread(target=carry, args=(validator, submission, 1), name="validator to submission")
    thread.start()
    carry(submission, validator, 0)
    thread.join()
    if faults:
        raise faults[0]
    return ended_at[0], ended_at[1]
