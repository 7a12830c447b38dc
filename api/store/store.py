"""All queries. Each is one statement, so each is its own transaction.

Promises: a submission is judged once (the report's UPDATE asks that it is still queued), and what was added is kept.
Knows nothing of HTTP, of queues and of what a candidate may see.
"""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal, select, text, tuple_, update

from api.store.engine import exclusively, open_engine, writers_lock
from api.store.tables import ApiKey, Base, PackageRow, SubmissionRow
from judge.models import Report

_QUEUED, _JUDGED = "queued", "judged"
# What is no id is not asked for: PostgreSQL takes a NUL in a text for an error and not for an unknown id.
_is_id = re.compile(r"[0-9a-f]{32}").fullmatch
_is_hash = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class NewSubmission:
    id: str
    key_id: int
    problem: str
    package: str
    language: str
    source: str
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission as it is shown: without its source. In lists also without its report."""

    id: str
    problem: str
    language: str
    status: str
    created_at: datetime
    judged_at: datetime | None = None
    verdict: str | None = None
    cpu_time_s: float | None = None
    wall_time_s: float | None = None
    peak_memory_kib: int | None = None
    cases_passed: int | None = None
    cases_total: int | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class DueSubmission:
    """What is needed to send a submission again."""

    id: str
    problem: str
    package: str
    language: str
    source: str
    due_at: datetime
    resent: int


_table = SubmissionRow.__table__
_shown = [_table.c[field.name] for field in fields(StoredSubmission)]
_listed = [column for column in _shown if column.name != "report"]
_due = [_table.c[field.name] for field in fields(DueSubmission)]

# Built once: putting a statement together costs more than running it.
_KEY = select(ApiKey.id).where(ApiKey.sha256 == bindparam("sha256"))
_INSERT = insert(SubmissionRow)
_ONE = select(*_shown).where(_table.c.id == bindparam("id"), _table.c.key_id == bindparam("key_id"))
_EXISTS = select(_table.c.id).where(_table.c.id == bindparam("id"))
_PACKAGE = select(PackageRow.tar).where(PackageRow.hash == bindparam("hash"))
_HAS_PACKAGE = select(PackageRow.hash).where(PackageRow.hash == bindparam("hash"))
_JUDGED_OF = select(*_shown).where(_table.c.id.in_(bindparam("ids", expanding=True)), _table.c.status == _JUDGED)
_FINISH = (
    update(SubmissionRow)
    .where(_table.c.id == bindparam("judging_id"), _table.c.status == _QUEUED)
    .values(
        status=_JUDGED,
        judged_at=bindparam("at"),
        verdict=bindparam("named"),
        cpu_time_s=bindparam("cpu"),
        wall_time_s=bindparam("wall"),
        peak_memory_kib=bindparam("memory"),
        cases_passed=bindparam("passed"),
        cases_total=bindparam("total"),
        report=bindparam("report_json"),
    )
    .returning(*_listed)
)


class Store:
    """One database. Safe to use from many threads, and from many processes at once."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._writing = writers_lock(self._engine)

    def create_tables(self) -> None:
        """Harmless when they exist already, and when two processes start at once."""
        with exclusively(self._engine) as connection:
            Base.metadata.create_all(connection)

    def close(self) -> None:
        self._engine.dispose()

    def ping(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except Exception:  # whatever the reason: the answer to the question is no
            return False

    def add_key(self, name: str, sha256: str, at: datetime, *, only_first: bool = False) -> bool:
        """False when there is a key already and only the first was to be added."""
        with self._writing, exclusively(self._engine) as connection:
            if only_first and connection.execute(select(func.count(ApiKey.id))).scalar_one():
                return False
            connection.execute(insert(ApiKey), {"name": name, "sha256": sha256, "created_at": at})
            return True

    def key_id(self, sha256: str) -> int | None:
        with self._engine.connect() as connection:
            return connection.execute(_KEY, {"sha256": sha256}).scalar()

    def keep_package(self, package: str, slug: str, tar: bytes, at: datetime) -> None:
        """Keep this version of a problem; harmless when it is kept already, and when two processes start at once."""
        if self.has_package(package):
            return
        with self._writing, exclusively(self._engine) as connection:
            if connection.execute(_HAS_PACKAGE, {"hash": package}).scalar() is None:
                connection.execute(insert(PackageRow), {"hash": package, "slug": slug, "tar": tar, "created_at": at})

    def has_package(self, package: str) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(_HAS_PACKAGE, {"hash": package}).scalar() is not None

    def package(self, package: str) -> bytes | None:
        """The tar of a version that is or was offered."""
        if not _is_hash(package):
            return None
        with self._engine.connect() as connection:
            return connection.execute(_PACKAGE, {"hash": package}).scalar()

    def add(self, new: NewSubmission) -> None:
        with self._writing, self._engine.connect() as connection:
            values = {name: getattr(new, name) for name in NewSubmission.__slots__}
            connection.execute(_INSERT, {**values, "status": _QUEUED, "resent": 0})

    def get(self, submission_id: str, key_id: int) -> StoredSubmission | None:
        """A caller's own submission."""
        if not _is_id(submission_id):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_ONE, {"id": submission_id, "key_id": key_id}).one_or_none()
        return StoredSubmission(*row) if row else None

    def page(self, key_id: int, limit: int, before: str | None) -> list[StoredSubmission] | None:
        """The caller's own, newest first; None when `before` is no submission of the caller's."""
        query = select(*_listed).where(_table.c.key_id == key_id)
        if before is not None:
            start = self.get(before, key_id)
            if start is None:
                return None
            place = tuple_(literal(start.created_at, _table.c.created_at.type), literal(start.id))
            query = query.where(tuple_(_table.c.created_at, _table.c.id) < place)
        query = query.order_by(_table.c.created_at.desc(), _table.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [StoredSubmission(*row) for row in connection.execute(query)]

    def judged(self, ids: list[str]) -> list[StoredSubmission]:
        """Those of the given submissions that are judged."""
        if not ids:
            return []
        with self._engine.connect() as connection:
            return [StoredSubmission(*row) for row in connection.execute(_JUDGED_OF, {"ids": ids})]

    def finish(self, judging_id: str, report: Report, report_json: str, at: datetime) -> StoredSubmission | None:
        """Store the first report; None when the submission is judged already or there is none."""
        if not _is_id(judging_id):
            return None
        values = {
            "judging_id": judging_id,
            "at": at,
            "named": report.verdict.value if report.verdict else None,
            "cpu": report.cpu_time_s,
            "wall": report.wall_time_s,
            "memory": report.peak_memory_kib,
            "passed": report.cases_passed,
            "total": report.cases_total,
            "report_json": report_json,
        }
        with self._writing, self._engine.connect() as connection:
            row = connection.execute(_FINISH, values).one_or_none()
        return replace(StoredSubmission(*row), report=report_json) if row else None

    def exists(self, submission_id: str) -> bool:
        if not _is_id(submission_id):
            return False
        with self._engine.connect() as connection:
            return connection.execute(_EXISTS, {"id": submission_id}).scalar() is not None

    def due(self, now: datetime, limit: int) -> list[DueSubmission]:
        """Queued submissions whose report is overdue, the longest overdue first."""
        query = select(*_due).where(text("status = 'queued'"), _table.c.due_at <= now)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_table.c.due_at).limit(limit))
            return [DueSubmission(*row) for row in rows]

    def claim(self, row: DueSubmission, due_at: datetime) -> bool:
        """Take it upon oneself to send this one again; false when it is judged or another process was quicker."""
        still = (_table.c.id == row.id, _table.c.status == _QUEUED, _table.c.due_at == row.due_at)
        change = update(SubmissionRow).where(*still).values(due_at=due_at, resent=row.resent + 1)
        with self._writing, self._engine.connect() as connection:
            return bool(connection.execute(change).rowcount)

    def make_due(self, submission_id: str, now: datetime) -> None:
        """It was not sent: let the next sweep do it."""
        change = update(SubmissionRow).where(_table.c.id == submission_id).values(due_at=now)
        with self._writing, self._engine.connect() as connection:
            connection.execute(change)
