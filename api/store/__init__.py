"""What must not be lost: SQLAlchemy over SQLite (WAL) or PostgreSQL, by the database's URL. A file for each noun."""

from api.store.audit import Audit
from api.store.backlog import Backlog
from api.store.check import Checks
from api.store.database import Database
from api.store.judgings import Judged, Judgings
from api.store.keys import Key, Keys, NewKey
from api.store.organisations import Organisations
from api.store.outbox import Event, Outbox
from api.store.outlook import Outlook, Outlooks
from api.store.packages import Packages
from api.store.people import People
from api.store.rejudging_changes import RejudgingChanges
from api.store.rejudgings import Rejudgings
from api.store.retention import Retention
from api.store.standings import Ranked, Standings
from api.store.submissions import NewSubmission, QuotaUsed, Replayed, StoredSubmission, Submissions
from api.store.watched import Watched
from api.store.webhooks import Webhooks
from api.store.workers import Workers


class Store:
    """All nouns of one database."""

    def __init__(self, url: str, max_attempts: int = 3) -> None:
        self.database = Database(url)
        self.keys = Keys(self.database)
        self.organisations = Organisations(self.database)
        self.audit = Audit(self.database)
        self.checks = Checks(self.database)
        self.packages = Packages(self.database)
        self.submissions = Submissions(self.database)
        self.judgings = Judgings(self.database, max_attempts)
        self.workers = Workers(self.database)
        self.backlog = Backlog(self.database)
        self.outlooks = Outlooks(self.database)
        self.standings = Standings(self.database)
        self.people = People(self.database, self.standings)
        self.retention = Retention(self.database, self.standings)
        self.judgings.on_verdict.append(self.standings.on_verdict)
        self.rejudgings = Rejudgings(self.database, self.standings)
        self.rejudging_changes = RejudgingChanges(self.database)
        self.webhooks = Webhooks(self.database)
        self.outbox = Outbox(self.database)
        self.watched = Watched(self.database)

    def close(self) -> None:
        self.database.close()


__all__ = [
    "Database",
    "Event",
    "Judged",
    "Key",
    "NewKey",
    "NewSubmission",
    "Outlook",
    "QuotaUsed",
    "Ranked",
    "Replayed",
    "Store",
    "StoredSubmission",
]
