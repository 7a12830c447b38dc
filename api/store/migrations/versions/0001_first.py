"""The tables as they were before there were steps."""

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = "0001"
down_revision = branch_labels = depends_on = None

# Without names of our own for constraints, as it was.
TABLES = sa.MetaData()
WAITING = sa.text("status = 'queued'")

sa.Table(
    "api_keys",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Utc, nullable=False),
)
sa.Table(
    "submissions",
    TABLES,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("key_id", sa.Integer, sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("problem", sa.String(200), nullable=False),
    sa.Column("package", sa.String(64), nullable=False),
    sa.Column("language", sa.String(50), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("resent", sa.Integer, nullable=False),
    sa.Column("judged_at", Utc),
    sa.Column("verdict", sa.String(3)),
    sa.Column("cpu_time_s", sa.Float),
    sa.Column("wall_time_s", sa.Float),
    sa.Column("peak_memory_kib", sa.Integer),
    sa.Column("cases_passed", sa.Integer),
    sa.Column("cases_total", sa.Integer),
    sa.Column("report", sa.Text),
    sa.Index("submissions_by_key", "key_id", "created_at", "id"),
    sa.Index("submissions_due", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
)
sa.Table(
    "packages",
    TABLES,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("slug", sa.String(200), nullable=False),
    sa.Column("tar", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
)


def upgrade() -> None:
    TABLES.create_all(op.get_bind())
