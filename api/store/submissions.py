"""Submissions as they are taken in and shown.

Promises: what was added is kept, together with its first judging or not at all; one key's idempotency key is used once.
Knows nothing of HTTP, of queues and of what a candidate may see.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, case, exists, func, insert, literal, select, tuple_
from sqlalchemy.exc import IntegrityError

from api.store.database import Database
from api.store.judgings import SUBMISSION, NewJudging, enqueue
from api.store.tables import JUDGED, QUEUED, RUNNING, JudgingRow, Organisation, ReportRow, SubmissionRow
from api.store.types import is_id


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """`idempotency_key` and `body_sha256`: both, or neither. `person`: whom its sender means, if anybody."""

    id: str
    org_id: int
    key_id: int
    problem: str
    package: str
    language: str
    source: str
    created_at: datetime
    person: str | None = None
    idempotency_key: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission as it is shown: without its source. In lists also without its report."""

    id: str
    problem: str
    language: str
    person: str | None
    status: str  # queued, running, judged
    created_at: datetime
    judged_at: datetime | None = None
    verdict: str | None = None
    score: float | None = None
    max_score: float | None = None
    cpu_time_s: float | None = None
    wall_time_s: float | None = None
    peak_memory_kib: int | None = None
    cases_passed: int | None = None
    cases_total: int | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that a verdict rests on, with what it says whole. `source` None: pruned or erased."""

    id: str
    problem: str
    language: str
    source: str | None
    judging_id: str
    package: str
    report: str


class Replayed(Exception):
    """Raised instead of adding: this idempotency key was used, for the submission `id`, with the body `body_sha256`."""

    def __init__(self, submission_id: str, body_sha256: str) -> None:
        super().__init__(submission_id)
        self.id, self.body_sha256 = submission_id, body_sha256


class QuotaUsed(Exception):
    """Raised instead of adding: the organisation has sent all it may on this day (UTC), which ends at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


_s, _j = SubmissionRow.__table__.c, JudgingRow.__table__.c
_runs = exists().where(_j.submission_id == _s.id, _j.state == RUNNING, _j.rejudging_id.is_(None))
_status = case((_s.status == JUDGED, JUDGED), (_runs, RUNNING), else_=QUEUED).label("status")
_SHOWN = [field.name for field in fields(StoredSubmission) if field.name != "report"]
LISTED = [_status if name == "status" else _s[name] for name in _SHOWN]

# Built once: putting a statement together costs more than running it.
_INSERT = insert(SubmissionRow)
_LISTED = select(*LISTED).where(_s.id == bindparam("id"))
_WITH_REPORT = select(*(_s[name] for name in _SHOWN), ReportRow.report).outerjoin(
    ReportRow, ReportRow.judging_id == _s.judging_id
)
_ONE = _WITH_REPORT.where(_s.id == bindparam("id"), _s.org_id == bindparam("org_id"))
_RUNS = select(_j.id).where(_j.submission_id == bindparam("id"), _j.state == RUNNING, _j.rejudging_id.is_(None))
_JUDGED_OF = _WITH_REPORT.where(_s.id.in_(bindparam("ids", expanding=True)), _s.status == JUDGED)
_RECORD = (
    select(_s.id, _s.problem, _s.language, _s.source, _j.id, _j.package, ReportRow.report)
    .join(JudgingRow, _j.id == _s.judging_id)
    .join(ReportRow, ReportRow.judging_id == _j.id)
    .where(_s.id == bindparam("id"), _s.org_id == bindparam("org_id"))
)
_SAME = select(_s.id, _s.body_sha256).where(
    _s.key_id == bindparam("key_id"), _s.idempotency_key == bindparam("idempotency_key")
)

# At most as many rows of the index are read as the quota has, and only those of the day.
_of_the_day = select(_s.id).where(_s.org_id == bindparam("org_id"), _s.created_at >= bindparam("since"))
_SENT = select(func.count()).select_from(_of_the_day.limit(bindparam("most", type_=Integer)).subquery())
_LOCK = select(Organisation.id).where(Organisation.id == bindparam("org_id")).with_for_update(key_share=True)


def listed(connection: Connection, submission_id: str) -> StoredSubmission:
    """One as lists show it, within a transaction that changes it."""
    return StoredSubmission(*connection.execute(_LISTED, {"id": submission_id}).one())


class Submissions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewSubmission, per_day: int | None = None) -> None:
        """Keep it and its first judging.

        Raises Replayed when its idempotency key was used before, QuotaUsed when its organisation has sent `per_day`.
        """
        values = {name: getattr(new, name) for name in NewSubmission.__slots__}
        try:
            with self._database.writing() as connection:
                connection.execute(_INSERT, {**values, "status": QUEUED})
                if per_day is not None:
                    _check_quota(connection, new, per_day)
                enqueue(
                    connection,
                    NewJudging(new.id, new.key_id, new.package, new.language, SUBMISSION, new.created_at),
                )
        except IntegrityError:
            if new.idempotency_key and (known := self._used(new)):
                raise Replayed(known.id, known.body_sha256) from None
            raise

    def get(self, submission_id: str, org_id: int) -> StoredSubmission | None:
        """One of an organisation's."""
        if not is_id(submission_id):
            return None
        with self._database.reading() as connection:
            found = connection.execute(_ONE, {"id": submission_id, "org_id": org_id}).one_or_none()
            row = StoredSubmission(*found) if found else None
            # A question of its own, for as a part of the first it would make most reads twice as dear.
            if row and row.status != JUDGED and connection.execute(_RUNS, {"id": submission_id}).first():
                row = replace(row, status=RUNNING)
        return row

    def record(self, submission_id: str, org_id: int) -> Record | None:
        """What the verdict of one of an organisation's rests on; None also when it has none."""
        if not is_id(submission_id):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_RECORD, {"id": submission_id, "org_id": org_id}).one_or_none()
        return Record(*row) if row else None

    def page(self, org_id: int, limit: int, before: str | None) -> list[StoredSubmission] | None:
        """An organisation's, newest first; None when `before` is none of them."""
        query = select(*LISTED).where(_s.org_id == org_id)
        if before is not None:
            start = self.get(before, org_id)
            if start is None:
                return None
            place = tuple_(literal(start.created_at, _s.created_at.type), literal(start.id))
            query = query.where(tuple_(_s.created_at, _s.id) < place)
        query = query.order_by(_s.created_at.desc(), _s.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [StoredSubmission(*row) for row in connection.execute(query)]

    def judged(self, ids: list[str]) -> list[StoredSubmission]:
        """Those of the given submissions that are judged."""
        if not ids:
            return []
        with self._database.reading() as connection:
            return [StoredSubmission(*row) for row in connection.execute(_JUDGED_OF, {"ids": ids})]

    def _used(self, new: NewSubmission) -> Row[Any, Any] | None:
        with self._database.reading() as connection:
            asked = {"key_id": new.key_id, "idempotency_key": new.idempotency_key}
            return connection.execute(_SAME, asked).one_or_none()


def _check_quota(connection: Connection, new: NewSubmission, per_day: int) -> None:
    """After it was added, for a replay must be known as one first. Locked, or two at once would both be the last."""
    connection.execute(_LOCK, {"org_id": new.org_id})
    day = new.created_at.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"org_id": new.org_id, "since": day, "most": per_day + 1}
    if connection.execute(_SENT, asked).scalar_one() > per_day:
        raise QuotaUsed(day + timedelta(days=1))
