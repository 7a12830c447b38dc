"""Webhooks that stand still, messages that are being sent; nothing of it was used before this step."""

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None

OWED = sa.text("state IN ('pending', 'sending')")


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("disabled_at", Utc))
    op.drop_index("outbox_due", "outbox")
    columns = ["webhook_id", "due_at"]
    op.create_index("outbox_owed", "outbox", columns, sqlite_where=OWED, postgresql_where=OWED)
