"""The tables. Times are UTC; a submission's figures are kept exactly and rounded only when shown."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, PostgreSQL answers in the session's: both come back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    pass


class ApiKey(Base):
    """A caller. Only the SHA-256 of the key is kept."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Utc)


class SubmissionRow(Base):
    """A submission and, once judged, its verdict. `due_at` is when to send it again if it is then still queued."""

    __tablename__ = "submissions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    problem: Mapped[str] = mapped_column(String(200))
    package: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(50))
    source: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Utc)
    due_at: Mapped[datetime] = mapped_column(Utc)
    resent: Mapped[int] = mapped_column(default=0)
    judged_at: Mapped[datetime | None] = mapped_column(Utc)
    verdict: Mapped[str | None] = mapped_column(String(3))
    cpu_time_s: Mapped[float | None]
    wall_time_s: Mapped[float | None]
    peak_memory_kib: Mapped[int | None]
    cases_passed: Mapped[int | None]
    cases_total: Mapped[int | None]
    report: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("submissions_by_key", "key_id", "created_at", "id"),
        # Only what still waits is in this index, so it stays small however many are judged.
        Index(
            "submissions_due",
            "due_at",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
    )


class PackageRow(Base):
    """A version of a problem that was once offered, as workers fetch it. Kept for what was submitted to it."""

    __tablename__ = "packages"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200))
    tar: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Utc)
