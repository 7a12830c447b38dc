"""An index of the webhook messages that were given up, so that they can be counted at every scrape."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    dead = sa.text("state = 'dead'")
    op.create_index("outbox_dead", "outbox", ["id"], sqlite_where=dead, postgresql_where=dead)
