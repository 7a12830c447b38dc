"""Where submissions and keys are kept: SQLAlchemy over SQLite (WAL) or PostgreSQL, by the database's URL."""

from api.store.store import DueSubmission, NewSubmission, Store, StoredSubmission

__all__ = ["DueSubmission", "NewSubmission", "Store", "StoredSubmission"]
