"""Whether the API lives, whether it can work, and what is where. Open to everybody, so it tells no secrets."""

from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from api.backlog import WORKER_SEEN
from api.openapi import DOCUMENT_URL, PAGE_URL, VERSION, described
from api.schemas import Health, Index, Readiness
from api.services import services
from api.store.migrate import newest, revision

bp = Blueprint("health", __name__)


@bp.get("/")
@described(tag="service", answers={200: Index}, public=True)
def index() -> Response:
    """What this is, and where to go."""
    links = {
        "documentation": PAGE_URL,
        "openapi": DOCUMENT_URL,
        "problems": "/api/v1/problems",
        "submissions": "/api/v1/submissions",
        "runs": "/api/v1/runs",
        "health": "/healthz",
        "readiness": "/readyz",
    }
    return jsonify(name="judge", version=VERSION, links=links)


@bp.get("/healthz")
@described(tag="service", answers={200: Health}, public=True)
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@described(tag="service", answers={200: Readiness, 503: Readiness}, public=True)
def ready() -> Response:
    """Database and Redis answer; 503 says which one does not.

    Tables of another version and missing workers are only told: an API that accepts submissions is of use without.
    """
    database, redis = services().store.database.answers(), services().board.ping()
    works = database and redis
    response = jsonify(status="ready" if works else "not ready", database=database, redis=redis, **_told(database))
    response.status_code = 200 if works else 503
    return response


def _told(database: bool) -> dict[str, bool | int | None]:
    store = services().store
    if database:
        with suppress(SQLAlchemyError):  # it may go away at any moment
            workers = store.workers.alive(datetime.now(UTC) - WORKER_SEEN)
            return {"migrated": revision(store.database) == newest(), "workers": sum(workers.values())}
    return {"migrated": None, "workers": None}
