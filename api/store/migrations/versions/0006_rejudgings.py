"""How far the choice of a rejudging has come, and which judging each of its verdicts stood or stands against."""

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("rejudgings", sa.Column("packages", sa.Text))
    op.add_column("rejudgings", sa.Column("chosen", sa.Integer, nullable=False, server_default="0"))
    op.add_column("rejudgings", sa.Column("left_out", sa.Text, nullable=False, server_default="{}"))
    op.add_column("rejudgings", sa.Column("reached_at", Utc))
    op.add_column("rejudgings", sa.Column("reached_id", sa.String(32)))
    op.add_column("judgings", sa.Column("instead_of", sa.String(32)))
