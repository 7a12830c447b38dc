"""${message}"""

import sqlalchemy as sa
from alembic import op

from api.store.types import Utc

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
