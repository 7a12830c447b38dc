"""The audit log in order by organisation, and until when a version of a problem was offered."""

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None


def upgrade() -> None:
    op.drop_index("ix_audit_log_org_id", "audit_log")
    op.create_index("audit_log_by_org", "audit_log", ["org_id", "id"])
    with op.batch_alter_table("packages") as packages:
        packages.add_column(sa.Column("offered_at", Utc))
    op.execute("UPDATE packages SET offered_at = created_at")
    with op.batch_alter_table("packages") as packages:
        packages.alter_column("offered_at", nullable=False)
