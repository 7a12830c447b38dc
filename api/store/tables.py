"""The tables of judging. Times are UTC; a judging's figures are kept exactly and rounded only when shown.

What a submission is shown with (verdict, figures) is copied into its row from the judging that holds, so that lists
read one table. The long texts, source and report, are where no list reads them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from api.store.types import Utc

QUEUED, RUNNING, JUDGED, LOST, FAILED = "queued", "running", "judged", "lost", "failed"
CANCELLED = "cancelled"


class Base(DeclarativeBase):
    # Names for all constraints: a migration can only change what it can name.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def where(condition: str) -> dict[str, Any]:
    """An index of only those rows, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Organisation(Base):
    """Whose keys, submissions and settings these are. Nothing is seen from one in another."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    submissions_per_day: Mapped[int | None]


class ApiKey(Base):
    """A caller. Only the SHA-256 of the key is kept, and its last characters, by which people tell keys apart."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(4))
    scopes: Mapped[str] = mapped_column(Text)  # names with a blank between
    created_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)
    last_used_at: Mapped[datetime | None] = mapped_column(Utc)


class PackageRow(Base):
    """A version of a problem that was once offered, as workers fetch it. Kept for what was submitted to it."""

    __tablename__ = "packages"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Utc)
    offered_at: Mapped[datetime] = mapped_column(Utc)  # when last a process of the API said that it offers it
    tar: Mapped[bytes] = mapped_column(LargeBinary)


class Figures:
    """What a judging found, in one row. All are None until it is judged."""

    verdict: Mapped[str | None] = mapped_column(String(3))
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    cpu_time_s: Mapped[float | None]
    wall_time_s: Mapped[float | None]
    peak_memory_kib: Mapped[int | None]
    cases_passed: Mapped[int | None]
    cases_total: Mapped[int | None]


class SubmissionRow(Figures, Base):
    """A submission. `status` is queued until it has a verdict, then judged; `judging_id` names whose it is."""

    __tablename__ = "submissions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    person: Mapped[str | None] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(String(200))
    package: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(50))
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Utc)
    judged_at: Mapped[datetime | None] = mapped_column(Utc)
    judging_id: Mapped[str | None] = mapped_column(String(32))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str | None] = mapped_column(Text)  # None: pruned or erased

    __table_args__ = (
        UniqueConstraint("key_id", "idempotency_key"),
        Index("submissions_by_org", "org_id", "created_at", "id"),
        Index("submissions_by_person", "org_id", "person", "created_at", **where("person IS NOT NULL")),
        Index("submissions_by_problem", "org_id", "problem", "created_at"),
    )


class JudgingRow(Figures, Base):
    """One attempt at judging a submission; its id is the fencing token: only who holds it may report.

    queued -> running -> judged, or lost (its worker was not heard of for too long) or failed (its machine was at
    fault); then the next attempt takes its place. Of a rejudging that was discarded meanwhile: cancelled. `turn` puts
    the clients' judgings in a fair order; `renewed` counts the signs of life of who runs it. `instead_of`: of a
    rejudging's, the judging whose verdict stood when it was chosen, and in the end the one whose verdict it replaced.
    """

    __tablename__ = "judgings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    rejudging_id: Mapped[int | None] = mapped_column(ForeignKey("rejudgings.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    package: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(50))
    attempt: Mapped[int]
    priority: Mapped[int]
    turn: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    worker: Mapped[str | None] = mapped_column(String(100))
    renewed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Utc)
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(Text)
    instead_of: Mapped[str | None] = mapped_column(String(32))

    # Only what waits or runs is in the first three, so they stay small however many are judged.
    __table_args__ = (
        Index("judgings_waiting", "language", "priority", "turn", "created_at", **where("state = 'queued'")),
        Index("judgings_of_key", "key_id", "priority", "turn", **where("state = 'queued'")),
        Index("judgings_running", "id", **where("state = 'running'")),
        Index("judgings_ended", "ended_at", **where("ended_at IS NOT NULL")),
    )


class ReportRow(Base):
    """The whole report of a judging: its groups and cases. One text, for nobody asks for one case of it."""

    __tablename__ = "reports"

    judging_id: Mapped[str] = mapped_column(ForeignKey("judgings.id"), primary_key=True)
    report: Mapped[str] = mapped_column(Text)


class WorkerRow(Base):
    """A worker process that was heard of lately."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    languages: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(Utc)
