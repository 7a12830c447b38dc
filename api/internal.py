"""What workers ask and tell: what to do next, signs of life, reports, packages by hash. Not in the public document.

A report ends an attempt and is answered, like the question itself, with what to do next (200) or with nothing (204).
Only the first report of the attempt that holds the judging counts; later ones are thanked and dropped, so a worker may
report again whenever it is in doubt.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from flask import Blueprint, Response, jsonify, request
from pydantic import AfterValidator, Field, ValidationError

from api.auth import require_worker
from api.catalogue import LANGUAGES
from api.errors import ApiError, Kind, refused
from api.intake import read_body, read_json
from api.news import News
from api.packages import package_tar
from api.schemas import Strict, Text
from api.services import services
from api.store import Judged
from api.store.tables import FAILED
from judge import traces
from judge.logs import get_logger
from judge.models import Report
from worker.queue import JudgingTask

MAX_REPORT = 32 * 1024 * 1024

bp = Blueprint("internal", __name__, url_prefix="/internal")
bp.before_request(require_worker)
_log = get_logger(__name__)


BoxEvent = Literal["started", "recycled", "broken", "given up"]


_Count = Annotated[int, Field(ge=0, lt=1 << 31)]
_Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class StorableReport(Report):
    """A report whose figures both databases can keep: what one cannot would be sent for ever."""

    cpu_time_s: _Figure = 0.0
    wall_time_s: _Figure = 0.0
    judging_time_s: _Figure = 0.0
    peak_memory_kib: _Count = 0
    cases_passed: _Count = 0
    cases_total: _Count = 0
    score: _Figure | None = None
    max_score: _Figure | None = None


def _kept(reason: str) -> str:
    """As both databases keep it: a box's last words may be anything, and are no reason to keep the judging waiting."""
    return reason.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


class Fault(Strict):
    """The machine failed while it judged; what the submission did is not known."""

    reason: Annotated[str, AfterValidator(_kept)] = Field(min_length=1, max_length=2000)


class SignOfLife(Strict):
    languages: list[Text] = Field(min_length=1, max_length=100)
    judging: str | None = None
    boxes: dict[BoxEvent, _Count] = Field({}, description="what became of its boxes since its last sign")


@bp.post("/claims")
def claim() -> Response:
    """What the worker shall do now: runs, for which somebody waits, before submissions, before rejudgings."""
    return _next()


@bp.post("/judgings/<judging_id>/report")
def report(judging_id: str) -> Response:
    """Store the report and wake whoever waits for it."""
    try:
        result = StorableReport.model_validate_json(read_body(MAX_REPORT))
    except ValidationError as exc:
        raise refused(exc, Report) from None
    held = services()
    if judged := held.store.judgings.finish(judging_id, result, datetime.now(UTC)):
        _announce(judged)
    elif held.store.judgings.state(judging_id) is None:
        text = result.model_dump_json()
        if not held.board.finish(judging_id, text):
            detail = "There is no judging with this id, and no run of the last five minutes."
            raise ApiError(Kind.UNKNOWN_JUDGING, detail)
        held.herald.tell(News("run", judging_id))
    return _next()


@bp.post("/judgings/<judging_id>/fault")
def fault(judging_id: str) -> Response:
    """Give the judging back for another attempt, or, after the last one, end it as JE."""
    reason = read_json(Fault).reason
    _log.warning("a machine failed", judging=judging_id, reason=reason)
    if judged := services().store.judgings.give_back(judging_id, FAILED, reason, datetime.now(UTC)):
        _announce(judged)
    return Response(status=204)


@bp.post("/workers/<worker>")
def sign_of_life(worker: str) -> Response:
    """The worker is there, and at work on this judging, if any; 409 when it was given to another meanwhile."""
    sign = read_json(SignOfLife)
    services().metrics.boxes_counted(sign.boxes.items())
    services().store.workers.see(_named(worker), sign.languages, datetime.now(UTC))
    kept = sign.judging is None or services().store.judgings.renew(sign.judging)
    return Response(status=204 if kept else 409)


@bp.get("/packages/<package>")
def package(package: str) -> Response:
    """A package as an uncompressed tar: one that is offered, or that was when something was submitted to it."""
    return package_tar(package)


@bp.get("/problems")
def problems() -> Response:
    """The hash of each problem's package, by slug."""
    return jsonify(services().catalogue.hashes)


def _next() -> Response:
    """What `?worker=` shall do next in one of its `?languages=`; nothing when it does not say that it wants more."""
    worker, asked = request.args.get("worker"), request.args.get("languages", "").split(",")
    if not worker:
        return Response(status=204)
    languages = [language for language in LANGUAGES if language in asked]
    task: bytes | str | None = services().board.claim(languages)
    if task is None:
        claimed = services().store.judgings.claim(_named(worker), languages, datetime.now(UTC))
        if claimed is None:
            return Response(status=204)
        traces.waited(claimed.submission_id, claimed.created_at, judging=claimed.id)
        task = JudgingTask(
            id=claimed.id,
            submission=claimed.submission_id,
            kind="submission",
            problem=claimed.problem,
            package=claimed.package,
            language=claimed.language,
            source=claimed.source,
            traceparent=traces.traceparent(claimed.submission_id),
        ).model_dump_json()
    return Response(task, mimetype="application/json")


def _named(worker: str) -> str:
    """What is kept of a worker's own name for itself. Raises ApiError when it is none."""
    if not worker.isprintable():
        raise ApiError(Kind.INVALID_FIELD, "A worker's name is printable text.", field="worker")
    return worker[:100]


def _announce(judged: Judged) -> None:
    """Tell those who wait for the verdict, wherever they wait."""
    services().courier.wake()
    services().herald.tell(News("submission", judged.submission_id, judged.org_id, judged.problem))
