"""The tables around the judging: sets of rejudgings, standings, what is to be told to whom, who did what."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.tables import Base, where
from api.store.types import Utc

OWED = "state IN ('pending', 'sending')"  # of a message
# SQLite counts by itself only in a plain INTEGER.
_Counted = BigInteger().with_variant(Integer, "sqlite")


class Rejudging(Base):
    """A set of submissions that are judged again beside their verdicts, to be applied or discarded as a whole.

    While it is choosing, `reached_at` and `reached_id` are those of the last submission that was looked at.
    """

    __tablename__ = "rejudgings"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    reason: Mapped[str] = mapped_column(Text)
    chosen_by: Mapped[str] = mapped_column(Text)  # the filter, as JSON
    packages: Mapped[str | None] = mapped_column(Text)  # by problem, as JSON; None: what each was judged with
    state: Mapped[str] = mapped_column(String(10))  # choosing, open, applied, discarded
    chosen: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[str] = mapped_column(Text)  # how many, by reason, as JSON
    reached_at: Mapped[datetime | None] = mapped_column(Utc)
    reached_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class Standing(Base):
    """Someone's best submission to a problem. Can be computed anew from the submissions at any time."""

    __tablename__ = "standings"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    problem: Mapped[str] = mapped_column(String(200), primary_key=True)
    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    # Smaller is better, in this order.
    minus_score: Mapped[float]
    cpu_time_ms: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("standings_in_order", "org_id", "problem", "minus_score", "cpu_time_ms", "at", "person"),)


class Board(Base):
    """How often a problem's standings have changed: what a live leaderboard is resumed by."""

    __tablename__ = "boards"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    problem: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class Webhook(Base):
    """An address that wants to be told. After a rotation the earlier secret signs too, for a while.

    `disabled_at`: since then nothing is sent there, because it said so (410).
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[str] = mapped_column(Text)  # names with a blank between
    secret: Mapped[str] = mapped_column(Text)
    earlier_secret: Mapped[str | None] = mapped_column(Text)
    earlier_until: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    disabled_at: Mapped[datetime | None] = mapped_column(Utc)
    deleted_at: Mapped[datetime | None] = mapped_column(Utc)


class Message(Base):
    """The outbox: one event for one webhook, written in the transaction of what it tells of.

    pending -> sending -> delivered, or pending again, or dead. `due_at` of one that is being sent says until when it is
    left to who sends it.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(_Counted, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"), index=True)
    event: Mapped[str] = mapped_column(String(50))
    event_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))  # pending, sending, delivered, dead
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Utc)
    due_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (
        Index("outbox_owed", "webhook_id", "due_at", **where(OWED)),
        Index("outbox_dead", "id", **where("state = 'dead'")),
    )


class Delivery(Base):
    """One try at delivering a message, and what came of it."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(_Counted, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    duration_s: Mapped[float]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)


class AuditEntry(Base):
    """Who did what, when. Is only ever added to."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(_Counted, primary_key=True)
    org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))  # None: the operator, at the command line
    at: Mapped[datetime] = mapped_column(Utc)
    action: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)  # JSON

    __table_args__ = (Index("audit_log_by_org", "org_id", "id"),)
