"""Organisations, judgings with their attempts, and what is around them.

What was stored is carried over: all keys belong to one organisation, a judged submission has one judging with its
report, a waiting one is queued anew.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
NEW = sa.MetaData(naming_convention=NAMES)
COUNTED = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


sa.Table(
    "organisations",
    NEW,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("submissions_per_day", sa.Integer),
    sa.UniqueConstraint("name"),
)
sa.Table(
    "packages",
    NEW,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("slug", sa.String(200), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("tar", sa.LargeBinary, nullable=False),
)
sa.Table(
    "workers",
    NEW,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("languages", sa.Text, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)
sa.Table(
    "api_keys",
    NEW,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("ending", sa.String(4), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc),
    sa.Column("revoked_at", Utc),
    sa.Column("last_used_at", Utc),
    sa.UniqueConstraint("sha256"),
    sa.Index("ix_api_keys_org_id", "org_id"),
)
sa.Table(
    "boards",
    NEW,
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("problem", sa.String(200), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
sa.Table(
    "webhooks",
    NEW,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("earlier_secret", sa.Text),
    sa.Column("earlier_until", Utc),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("deleted_at", Utc),
    sa.Index("ix_webhooks_org_id", "org_id"),
)
sa.Table(
    "audit_log",
    NEW,
    sa.Column("id", COUNTED, primary_key=True),
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id")),
    sa.Column("key_id", sa.Integer, sa.ForeignKey("api_keys.id")),
    sa.Column("at", Utc, nullable=False),
    sa.Column("action", sa.String(50), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("ix_audit_log_org_id", "org_id"),
)
sa.Table(
    "outbox",
    NEW,
    sa.Column("id", COUNTED, primary_key=True),
    sa.Column("webhook_id", sa.Integer, sa.ForeignKey("webhooks.id"), nullable=False),
    sa.Column("event", sa.String(50), nullable=False),
    sa.Column("event_id", sa.String(64), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Index("ix_outbox_webhook_id", "webhook_id"),
    sa.Index("outbox_due", "due_at", **where("state = 'pending'")),
)
sa.Table(
    "rejudgings",
    NEW,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("key_id", sa.Integer, sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Index("ix_rejudgings_org_id", "org_id"),
)
sa.Table(
    "submissions",
    NEW,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("key_id", sa.Integer, sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("person", sa.String(200)),
    sa.Column("problem", sa.String(200), nullable=False),
    sa.Column("package", sa.String(64), nullable=False),
    sa.Column("language", sa.String(50), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("judged_at", Utc),
    sa.Column("judging_id", sa.String(32)),
    sa.Column("idempotency_key", sa.String(255)),
    sa.Column("body_sha256", sa.String(64)),
    sa.Column("source", sa.Text),
    sa.Column("verdict", sa.String(3)),
    sa.Column("score", sa.Double),
    sa.Column("max_score", sa.Double),
    sa.Column("cpu_time_s", sa.Double),
    sa.Column("wall_time_s", sa.Double),
    sa.Column("peak_memory_kib", sa.Integer),
    sa.Column("cases_passed", sa.Integer),
    sa.Column("cases_total", sa.Integer),
    sa.UniqueConstraint("key_id", "idempotency_key"),
    sa.Index("submissions_by_org", "org_id", "created_at", "id"),
    sa.Index("submissions_by_person", "org_id", "person", "created_at", **where("person IS NOT NULL")),
    sa.Index("submissions_by_problem", "org_id", "problem", "created_at"),
)
sa.Table(
    "deliveries",
    NEW,
    sa.Column("id", COUNTED, primary_key=True),
    sa.Column("message_id", COUNTED, sa.ForeignKey("outbox.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("duration_s", sa.Double, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text),
    sa.Index("ix_deliveries_message_id", "message_id"),
)
sa.Table(
    "judgings",
    NEW,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("submission_id", sa.String(32), sa.ForeignKey("submissions.id"), nullable=False),
    sa.Column("rejudging_id", sa.Integer, sa.ForeignKey("rejudgings.id")),
    sa.Column("key_id", sa.Integer, sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("package", sa.String(64), nullable=False),
    sa.Column("language", sa.String(50), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("worker", sa.String(100)),
    sa.Column("renewed", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("reason", sa.Text),
    sa.Column("verdict", sa.String(3)),
    sa.Column("score", sa.Double),
    sa.Column("max_score", sa.Double),
    sa.Column("cpu_time_s", sa.Double),
    sa.Column("wall_time_s", sa.Double),
    sa.Column("peak_memory_kib", sa.Integer),
    sa.Column("cases_passed", sa.Integer),
    sa.Column("cases_total", sa.Integer),
    sa.Index("ix_judgings_rejudging_id", "rejudging_id"),
    sa.Index("ix_judgings_submission_id", "submission_id"),
    sa.Index("judgings_ended", "ended_at", **where("ended_at IS NOT NULL")),
    sa.Index("judgings_of_key", "key_id", "priority", "turn", **where("state = 'queued'")),
    sa.Index("judgings_running", "id", **where("state = 'running'")),
    sa.Index("judgings_waiting", "language", "priority", "turn", "created_at", **where("state = 'queued'")),
)
sa.Table(
    "standings",
    NEW,
    sa.Column("org_id", sa.Integer, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("problem", sa.String(200), primary_key=True),
    sa.Column("person", sa.String(200), primary_key=True),
    sa.Column("submission_id", sa.String(32), sa.ForeignKey("submissions.id"), nullable=False),
    sa.Column("minus_score", sa.Double, nullable=False),
    sa.Column("cpu_time_ms", sa.Integer, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Index("standings_in_order", "org_id", "problem", "minus_score", "cpu_time_ms", "at", "person"),
)
sa.Table(
    "reports",
    NEW,
    sa.Column("judging_id", sa.String(32), sa.ForeignKey("judgings.id"), primary_key=True),
    sa.Column("report", sa.Text, nullable=False),
)

CARRY_OVER = [
    "INSERT INTO packages (hash, slug, created_at, tar) SELECT hash, slug, created_at, tar FROM old_packages",
    """INSERT INTO organisations (id, name, created_at)
       SELECT 1, 'first', min(created_at) FROM old_api_keys HAVING count(*) > 0""",
    """INSERT INTO api_keys (id, org_id, name, sha256, ending, scopes, created_at)
       SELECT id, 1, name, sha256, '', 'submit read author hiring admin', created_at FROM old_api_keys""",
    # Its judging has the id of the submission: then a report that is still on its way finds it.
    """INSERT INTO submissions (id, org_id, key_id, problem, package, language, status, created_at, judged_at,
         judging_id, verdict, cpu_time_s, wall_time_s, peak_memory_kib, cases_passed, cases_total, source)
       SELECT id, 1, key_id, problem, package, language, status, created_at, judged_at,
         CASE WHEN status = 'judged' THEN id END,
         verdict, cpu_time_s, wall_time_s, peak_memory_kib, cases_passed, cases_total, source FROM old_submissions""",
    """INSERT INTO judgings (id, submission_id, key_id, package, language, attempt, priority, turn, state, renewed,
         created_at, ended_at, verdict, cpu_time_s, wall_time_s, peak_memory_kib, cases_passed, cases_total)
       SELECT id, id, key_id, package, language, 1, 1, 1, status, 0, created_at, judged_at,
         verdict, cpu_time_s, wall_time_s, peak_memory_kib, cases_passed, cases_total FROM old_submissions""",
    "INSERT INTO reports (judging_id, report) SELECT id, report FROM old_submissions WHERE report IS NOT NULL",
]
OLD = ("submissions", "api_keys", "packages")


def upgrade() -> None:
    op.drop_index("submissions_by_key", "submissions")
    op.drop_index("submissions_due", "submissions")
    for name in OLD:
        op.rename_table(name, f"old_{name}")
    NEW.create_all(op.get_bind())
    for statement in CARRY_OVER:
        op.execute(statement)
    for name in OLD:
        op.drop_table(f"old_{name}")
    if op.get_bind().dialect.name == "postgresql":  # the ids above were given, not counted
        for name in ("organisations", "api_keys"):
            counted = f"pg_get_serial_sequence('{name}', 'id')"
            op.execute(f"SELECT setval({counted}, coalesce(max(id), 0) + 1, false) FROM {name}")
