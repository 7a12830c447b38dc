"""Submissions: taken in, kept, shown to the key that sent them and to nobody else.

A submission that was answered with 202 or 201 is stored and will be judged, even if the queue was down at that moment.
"""

import uuid
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, g

from api import views
from api.auth import require_key
from api.dispatch import send
from api.errors import ApiError, Kind
from api.intake import check_submission, read_json, read_query
from api.openapi import described
from api.schemas import PageQuery, Submission, SubmissionPage, SubmissionRequest, WaitQuery
from api.services import services
from api.store import NewSubmission, StoredSubmission
from worker.queue import JudgingTask

bp = Blueprint("submissions", __name__, url_prefix="/api/v1/submissions")
bp.before_request(require_key)


@bp.post("")
@described(
    tag="submissions",
    body=SubmissionRequest,
    query=WaitQuery,
    answers={201: Submission, 202: Submission},
    refusals=(400, 411, 413, 415),
)
def create() -> Response:
    """Submit a solution.

    202: it is stored and queued. With `wait`, 201 and the verdict if it was judged within that many seconds.
    """
    wait = read_query(WaitQuery).wait
    wanted = read_json(SubmissionRequest)
    package = check_submission(wanted, services().catalogue).hash
    now = datetime.now(UTC)
    due_at = now + timedelta(seconds=services().settings.overdue_s)
    new = NewSubmission(
        uuid.uuid4().hex, g.key_id, wanted.problem, package, wanted.language, wanted.source, now, due_at
    )
    view = _submit(new, wait)
    status = 201 if view else 202
    view = view or views.encode(views.submission(_queued(new)))
    headers = {"Location": f"{bp.url_prefix}/{new.id}"}
    return Response(view, status, headers, mimetype="application/json")


@bp.get("/<submission_id>")
@described(tag="submissions", query=WaitQuery, answers={200: Submission}, refusals=(404,))
def show(submission_id: str) -> Response:
    """One of your submissions. With `wait`, the answer is held until it is judged or the time is over."""
    wait = read_query(WaitQuery).wait
    ticket = services().held_submissions.hold(submission_id) if wait else None
    if ticket is None:
        return Response(views.encode(views.submission(_own(submission_id))), mimetype="application/json")
    with ticket:
        row = _own(submission_id)
        view = ticket.wait(wait) if row.status == "queued" else None
    return Response(view or views.encode(views.submission(row)), mimetype="application/json")


@bp.get("")
@described(tag="submissions", query=PageQuery, answers={200: SubmissionPage})
def list_own() -> Response:
    """Your submissions, newest first."""
    query = read_query(PageQuery)
    rows = services().store.page(g.key_id, query.limit + 1, query.before)
    if rows is None:
        detail = "'before' must be the id of one of your submissions."
        raise ApiError(Kind.INVALID_FIELD, detail, field="before", accepted=["the id of one of your submissions"])
    shown = rows[: query.limit]
    following = shown[-1].id if len(rows) > query.limit else None
    page = {"submissions": [views.summary(row) for row in shown], "next": following}
    return Response(views.encode(page), mimetype="application/json")


def _submit(new: NewSubmission, wait: float) -> bytes | None:
    """Store, queue, and wait if asked to: the finished view, or None when it is not judged yet."""
    # The ticket first: a report may be there before the queue's answer is.
    ticket = services().held_submissions.hold(new.id) if wait else None
    if ticket is None:
        _store_and_send(new)
        return None
    with ticket:
        _store_and_send(new)
        return ticket.wait(wait)


def _store_and_send(new: NewSubmission) -> None:
    store = services().store
    store.add(new)
    task = JudgingTask(
        id=new.id,
        kind="submission",
        problem=new.problem,
        package=new.package,
        language=new.language,
        source=new.source,
    )
    if not send(services().settings.redis_url, task):
        store.make_due(new.id, new.created_at)


def _own(submission_id: str) -> StoredSubmission:
    row = services().store.get(submission_id, g.key_id)
    if row is None:
        raise ApiError(Kind.UNKNOWN_SUBMISSION, "You have no submission with this id.")
    return row


def _queued(new: NewSubmission) -> StoredSubmission:
    return StoredSubmission(new.id, new.problem, new.language, "queued", new.created_at)
