"""Submissions: taken in, kept, shown to the organisation that sent them and to nobody else.

A submission that was answered with 202 or 201 is stored and will be judged, even if the queue was down at that moment.
"""

import math
import secrets
from datetime import UTC, datetime

from flask import Blueprint, Response, g

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind
from api.intake import check_solution, read_idempotency_key, read_json, read_query
from api.openapi import described
from api.schemas import IdempotencyHeader, PageQuery, Submission, SubmissionPage, SubmissionRequest, WaitQuery
from api.services import services
from api.store import NewSubmission, Outlook, QuotaUsed, Replayed, StoredSubmission
from api.store.tables import JUDGED, QUEUED

bp = Blueprint("submissions", __name__, url_prefix="/api/v1/submissions")
bp.before_request(require_scope("read", changing="submit"))


@bp.post("")
@described(
    tag="submissions",
    body=SubmissionRequest,
    query=WaitQuery,
    headers=IdempotencyHeader,
    answers={201: Submission, 202: Submission},
    refusals=(400, 409, 411, 413, 415),
)
def create() -> Response:
    """Submit a solution.

    202: it is stored and queued. With `wait`, 201 and the verdict if it was judged within that many seconds. Send a
    header `Idempotency-Key` to be able to send it again when no answer came: it is stored once, and you get its answer.
    """
    wait = read_query(WaitQuery).wait
    key, body_sha256 = read_idempotency_key()
    wanted = read_json(SubmissionRequest)
    new = NewSubmission(
        id=secrets.token_hex(16),
        org_id=g.key.org_id,
        key_id=g.key.id,
        problem=wanted.problem,
        package=check_solution(wanted, services().catalogue).hash,
        language=wanted.language,
        source=wanted.source,
        created_at=datetime.now(UTC),
        person=wanted.person,
        idempotency_key=key,
        body_sha256=body_sha256,
    )
    try:
        view = _submit(new, wait)
    except Replayed as known:
        return _known_already(known, new, wait)
    except QuotaUsed as used:
        raise _quota_exceeded(used.until) from None
    headers = {"Location": f"{bp.url_prefix}/{new.id}"}
    return Response(view or _as_queued(new), 201 if view else 202, headers, mimetype="application/json")


@bp.get("/<submission_id>")
@described(tag="submissions", query=WaitQuery, answers={200: Submission}, refusals=(404,))
def show(submission_id: str) -> Response:
    """One of your submissions. With `wait`, the answer is held until it is judged or the time is over."""
    row, view = _held(submission_id, read_query(WaitQuery).wait)
    return Response(view or views.encode(views.submission(row, _outlook(row))), mimetype="application/json")


@bp.get("")
@described(tag="submissions", query=PageQuery, answers={200: SubmissionPage})
def list_own() -> Response:
    """Your submissions, newest first."""
    query = read_query(PageQuery)
    rows = services().store.submissions.page(g.key.org_id, query.limit + 1, query.before)
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
    services().store.submissions.add(new, g.key.submissions_per_day)
    g.submission = g.traced = new.id
    services().dispatcher.hint(new.language)  # if that fails, the next sweep does it


def _known_already(known: Replayed, new: NewSubmission, wait: float) -> Response:
    """The answer to the same request, sent once more; a different one under the same key is refused."""
    if known.body_sha256 != new.body_sha256:
        detail = "This Idempotency-Key was used for another submission; the key belongs to one body for good."
        raise ApiError(Kind.KEY_REUSED, detail, field="Idempotency-Key", accepted=["a key not used before"])
    g.submission = known.id
    row, view = _held(known.id, wait)
    headers = {"Location": f"{bp.url_prefix}/{known.id}", "Idempotency-Replayed": "true"}
    status = 201 if view or row.status == JUDGED else 202
    return Response(view or views.encode(views.submission(row)), status, headers, mimetype="application/json")


def _quota_exceeded(until: datetime) -> ApiError:
    detail = f"Your organisation may send {g.key.submissions_per_day} submissions a day; the next from {until:%FT%TZ}."
    left_s = math.ceil((until - datetime.now(UTC)).total_seconds())
    return ApiError(Kind.QUOTA_EXCEEDED, detail, headers={"Retry-After": str(max(1, left_s))})


def _held(submission_id: str, wait: float) -> tuple[StoredSubmission, bytes | None]:
    """A submission, waited for if it is not judged yet; and its view, if that came while it was waited for."""
    ticket = services().held_submissions.hold(submission_id) if wait else None
    if ticket is None:
        return _own(submission_id), None
    with ticket:
        row = _own(submission_id)
        view = ticket.wait(wait) if row.status != JUDGED else None
    return (row, view) if view or row.status == JUDGED else (_own(submission_id), None)


def _outlook(row: StoredSubmission) -> Outlook | None:
    if row.status != QUEUED:
        return None
    return services().store.outlooks.of(row.id, datetime.now(UTC), services().settings.lease_s)


def _own(submission_id: str) -> StoredSubmission:
    row = services().store.submissions.get(submission_id, g.key.org_id)
    if row is None:
        raise ApiError(Kind.UNKNOWN_SUBMISSION, "You have no submission with this id.")
    return row


def _as_queued(new: NewSubmission) -> bytes:
    row = StoredSubmission(new.id, new.problem, new.language, new.person, QUEUED, new.created_at)
    return views.encode(views.submission(row))
