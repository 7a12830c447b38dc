"""What webhooks are told: the types of events, and what a message of each holds.

A message holds what a candidate's own list shows, rounded as there (views.py): no source, no report, nothing hidden.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection

from api import views
from api.store import Event, Judged
from api.store.outbox import tell
from api.store.rejudgings import Applied
from api.store.submissions import listed

SUBMISSION_JUDGED, REJUDGING_APPLIED, TEST = "submission.judged", "rejudging.applied", "webhook.test"
TYPES = (SUBMISSION_JUDGED, REJUDGING_APPLIED)  # that can be asked for; a test is sent to whoever is tested


def announce_verdict(connection: Connection, judged: Judged) -> None:
    """In the transaction of the verdict: a message for each webhook that wants to know it."""

    def shown() -> dict[str, object]:
        return views.summary(listed(connection, judged.submission_id))

    tell(connection, judged.org_id, Event(SUBMISSION_JUDGED, judged.judged_at, shown))


def announce_applied(connection: Connection, applied: Applied) -> None:
    """In the transaction in which a rejudging is applied: one message for all of it."""

    def shown() -> dict[str, object]:
        return {"rejudging": applied.rejudging_id, "verdicts": applied.verdicts}

    tell(connection, applied.org_id, Event(REJUDGING_APPLIED, applied.at, shown))


def trial() -> Event:
    return Event(TEST, datetime.now(UTC), lambda: {"message": "This is a test."})
