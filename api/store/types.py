"""Column types of our own, and how the ids of submissions and judgings look."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

# What is no id is not asked for: PostgreSQL takes a NUL in a text for an error and not for an unknown id.
is_id = re.compile(r"[0-9a-f]{32}").fullmatch


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
