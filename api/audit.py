"""The audit log of an organisation, for those of its keys that may read it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.intake import read_query
from api.openapi import described
from api.schemas import QueryModel
from api.services import services
from api.views import encode

bp = Blueprint("audit", __name__, url_prefix="/api/v1/audit")
bp.before_request(require_scope("admin"))


class AuditQuery(QueryModel):
    limit: int = Field(20, ge=1, le=100, description="number of entries, from 1 to 100")
    before: int | None = Field(None, ge=1, le=2**62, description="id of an entry; the page begins after it")


class AuditEntry(BaseModel):
    """What was done. `key_id` is the key that did it; null is the operator, at the command line."""

    id: int
    at: datetime
    key_id: int | None
    action: str = Field(description="such as 'key.revoked'")
    subject: str
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """Newest first. `next` is the value of `before` for the following page, null on the last one."""

    entries: list[AuditEntry]
    next: int | None


@bp.get("")
@described(tag="audit", query=AuditQuery, answers={200: AuditPage})
def list_own() -> Response:
    """What was done in your organisation, newest first."""
    query = read_query(AuditQuery)
    entries = services().store.audit.page(g.key.org_id, query.limit + 1, query.before)
    following = entries[query.limit - 1].id if len(entries) > query.limit else None
    page = {"entries": [asdict(entry) for entry in entries[: query.limit]], "next": following}
    return Response(encode(page), mimetype="application/json")
