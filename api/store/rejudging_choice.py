"""Which submissions a rejudging takes: those that meet all that is given, in the order they came, in batches.

Only what is judged is judged again, and only where there is something to judge it with; the reasons are named here.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, literal, select, tuple_

from api.store.tables import JUDGED, JudgingRow, SubmissionRow

BATCH = 500
PENDING, SOURCE_GONE, NOT_OFFERED = "pending", "source_gone", "not_offered"


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is given. Times: from `since` on, before `until`."""

    problem: str | None = None
    verdicts: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    submissions: tuple[str, ...] = ()
    person: str | None = None


_s, _j = SubmissionRow.__table__.c, JudgingRow.__table__.c
_CANDIDATES = (
    select(_s.id, _s.status, _s.problem, _s.language, _s.created_at, _s.judging_id)
    .add_columns(_s.source.is_not(None).label("has_source"), func.coalesce(_j.package, _s.package).label("package"))
    .outerjoin(JudgingRow, _j.id == _s.judging_id)
    .order_by(_s.created_at, _s.id)
    .limit(BATCH)
)


def candidates(so_far: Row[Any]) -> Select[Any]:
    """The next submissions that are meant; those that came later than the set are not."""
    choice = msgspec.json.decode(so_far.chosen_by, type=Choice)
    query = _CANDIDATES.where(_s.org_id == so_far.org_id, _s.created_at <= so_far.created_at)
    if so_far.reached_id is not None:
        place = tuple_(literal(so_far.reached_at, _s.created_at.type), literal(so_far.reached_id))
        query = query.where(tuple_(_s.created_at, _s.id) > place)
    for column, wanted in ((_s.problem, choice.problem), (_s.person, choice.person)):
        if wanted is not None:
            query = query.where(column == wanted)
    for column, listed in ((_s.verdict, choice.verdicts), (_s.id, choice.submissions)):
        if listed:
            query = query.where(column.in_(listed))
    if choice.since is not None:
        query = query.where(_s.created_at >= choice.since)
    return query if choice.until is None else query.where(_s.created_at < choice.until)


def why_not(row: Row[Any], package: str | None) -> str | None:
    """Why a submission that is meant is left out; its own first judging must not be disturbed."""
    if row.status != JUDGED:
        return PENDING
    if not row.has_source:
        return SOURCE_GONE
    return None if package else NOT_OFFERED
