"""What verdicts rest on, whole, for those who defend one or judge it again: `judge replay`.

A record and a package show what no candidate may see: hidden cases, their answers, jury solutions. Hence they take the
scope of those who write problems.
"""

import msgspec
from flask import Blueprint, Response, g

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind
from api.openapi import described
from api.packages import package_tar
from api.schemas import Record
from api.services import services

bp = Blueprint("records", __name__, url_prefix="/api/v1")
bp.before_request(require_scope("author"))


@bp.get("/submissions/<submission_id>/record")
@described(tag="submissions", answers={200: Record}, refusals=(404,))
def record(submission_id: str) -> Response:
    """What a submission's verdict rests on: source, package and the whole report, hidden cases and all."""
    found = services().store.submissions.record(submission_id, g.key.org_id)
    if found is None:
        raise ApiError(Kind.UNKNOWN_SUBMISSION, "You have no judged submission with this id.")
    shown = {
        "id": found.id,
        "problem": found.problem,
        "language": found.language,
        "source": found.source,
        "judging": found.judging_id,
        "package": found.package,
        "report": msgspec.Raw(found.report.encode()),
    }
    return Response(views.encode(shown), mimetype="application/json")


@bp.get("/packages/<package>")
@described(tag="problems", answers={200: None}, refusals=(404,))
def package(package: str) -> Response:
    """A problem's package by its hash, as an uncompressed tar: one that is offered, or once was."""
    return package_tar(package)
