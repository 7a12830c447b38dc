"""What workers ask and tell: packages by hash, and one report per judging. Not part of the public document.

The first report of a judging counts; later ones are thanked and dropped, so a worker may report again whenever it is in
doubt.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify
from pydantic import ValidationError

from api import views
from api.auth import require_worker
from api.errors import ApiError, Kind, refused
from api.intake import read_body
from api.services import services
from judge.models import Report

MAX_REPORT = 32 * 1024 * 1024

bp = Blueprint("internal", __name__, url_prefix="/internal")
bp.before_request(require_worker)


@bp.post("/judgings/<judging_id>/report")
def report(judging_id: str) -> Response:
    """Store the report and wake whoever waits for it."""
    try:
        result = Report.model_validate_json(read_body(MAX_REPORT))
    except ValidationError as exc:
        raise refused(exc, Report) from None
    # Every field is written out, so that whoever reads it later need not know the defaults of today.
    text = result.model_dump_json()
    held = services()
    row = held.store.finish(judging_id, result, text, datetime.now(UTC))
    if row:
        held.held_submissions.finish(judging_id, lambda: views.encode(views.submission(row)))
    elif held.board.finish(judging_id, text):
        held.held_runs.finish(judging_id, lambda: views.encode(views.run(judging_id, text.encode())))
    elif not held.store.exists(judging_id):
        raise ApiError(
            Kind.UNKNOWN_JUDGING, "There is no submission with this id, and no run of the last five minutes."
        )
    return Response(status=204)


@bp.get("/packages/<package>")
def package(package: str) -> Response:
    """A package as an uncompressed tar: one that is offered, or that was when something was submitted to it."""
    held = services()
    tar = held.catalogue.tars.get(package) or held.store.package(package)
    if tar is None:
        raise ApiError(Kind.UNKNOWN_PACKAGE, "No problem has or had a package with this hash.")
    return Response(tar, mimetype="application/x-tar")


@bp.get("/problems")
def problems() -> Response:
    """The hash of each problem's package, by slug."""
    return jsonify(services().catalogue.hashes)
