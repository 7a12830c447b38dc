"""Runs: a solution tried on the samples or on one own input, without a trace in the database."""

import secrets

from flask import Blueprint, Response, g

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind
from api.intake import check_input, check_solution, read_json, read_query
from api.openapi import described
from api.schemas import Run, RunQuery, RunRequest, WaitQuery
from api.services import services
from judge import traces
from worker.queue import JudgingTask

bp = Blueprint("runs", __name__, url_prefix="/api/v1/runs")
bp.before_request(require_scope("read", changing="submit"))


@bp.post("")
@described(
    tag="runs",
    body=RunRequest,
    query=RunQuery,
    answers={200: Run, 202: Run},
    refusals=(400, 411, 413, 415),
)
def create() -> Response:
    """Run a solution on the samples, or on your own input.

    The answer is held for `wait` seconds, 10 unless told; 202 when it is not ready by then. Runs are kept for five
    minutes.
    """
    wait = read_query(RunQuery).wait
    wanted = read_json(RunRequest)
    problem = check_solution(wanted, services().catalogue)
    if "input" in wanted.model_fields_set:
        check_input(problem, wanted.input)
    g.traced = run_id = secrets.token_hex(16)
    task = JudgingTask(
        id=run_id,
        kind="run",
        problem=wanted.problem,
        package=problem.hash,
        language=wanted.language,
        source=wanted.source,
        input=wanted.input,
        traceparent=traces.traceparent(run_id),
    )
    view = _start(task, wait)
    headers = {"Location": f"{bp.url_prefix}/{task.id}"}
    shown = view or views.encode(views.run(task.id, None))
    return Response(shown, 200 if view else 202, headers, mimetype="application/json")


@bp.get("/<run_id>")
@described(tag="runs", query=WaitQuery, answers={200: Run}, refusals=(404,))
def show(run_id: str) -> Response:
    """One of your runs of the last five minutes. With `wait`, the answer is held until it is ready."""
    wait = read_query(WaitQuery).wait
    board = services().board
    if not board.is_owned(run_id, g.key.org_id):
        raise ApiError(Kind.UNKNOWN_RUN, "You have no run with this id; runs are kept for five minutes.")
    ticket = services().held_runs.hold(run_id) if wait else None
    if ticket is None:
        return Response(
            views.encode(views.run(run_id, board.reports([run_id]).get(run_id))), mimetype="application/json"
        )
    with ticket:
        report = board.reports([run_id]).get(run_id)
        view = None if report else ticket.wait(wait)
    return Response(view or views.encode(views.run(run_id, report)), mimetype="application/json")


def _start(task: JudgingTask, wait: float) -> bytes | None:
    ticket = services().held_runs.hold(task.id) if wait else None
    if ticket is None:
        _keep_and_send(task)
        return None
    with ticket:
        _keep_and_send(task)
        return ticket.wait(wait)


def _keep_and_send(task: JudgingTask) -> None:
    services().board.add(task.id, g.key.org_id, task.language, task.model_dump_json())
    if not services().dispatcher.hint(task.language):
        # Unlike a submission a run is not kept, so there is nothing to promise.
        raise ApiError(Kind.QUEUE_UNAVAILABLE, "Try again shortly.", headers={"Retry-After": "5"})
