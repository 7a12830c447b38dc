"""What live events tell of, for many at a time: the state of submissions, the versions of boards."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, select, tuple_

from api.store.database import Database
from api.store.service_tables import Board
from api.store.submissions import LISTED, StoredSubmission
from api.store.tables import JUDGED, JudgingRow, SubmissionRow
from api.store.types import is_id


@dataclass(frozen=True, slots=True)
class WatchedSubmission:
    """`judging_id` is of the judging that holds, or of the attempt that is waited for."""

    org_id: int
    judging_id: str
    shown: StoredSubmission


_s, _j, _b = SubmissionRow.__table__.c, JudgingRow.__table__.c, Board.__table__.c
_attempt = (
    select(_j.id)
    .where(_j.submission_id == _s.id, _j.rejudging_id.is_(None))
    .order_by(_j.attempt.desc())
    .limit(1)
    .correlate(SubmissionRow)
    .scalar_subquery()
)
_judging = case((_s.status == JUDGED, _s.judging_id), else_=_attempt)
# Built once: putting a statement together costs more than running it.
_SUBMISSIONS = select(_s.org_id, _judging, *LISTED).where(_s.id.in_(bindparam("ids", expanding=True)))
_BOARDS = select(_b.org_id, _b.problem, _b.version).where(
    tuple_(_b.org_id, _b.problem).in_(bindparam("boards", expanding=True))
)


class Watched:
    def __init__(self, database: Database) -> None:
        self._database = database

    def submissions(self, ids: Sequence[str]) -> dict[str, WatchedSubmission]:
        """Those of them that exist."""
        known = [one for one in ids if is_id(one)]
        if not known:
            return {}
        with self._database.reading() as connection:
            rows = connection.execute(_SUBMISSIONS, {"ids": known})
            return {row[2]: WatchedSubmission(row[0], row[1], StoredSubmission(*row[2:])) for row in rows}

    def boards(self, boards: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
        """The version of each, by organisation and problem; 0 where nobody stands yet."""
        if not boards:
            return {}
        with self._database.reading() as connection:
            rows = connection.execute(_BOARDS, {"boards": list(boards)})
            return {**dict.fromkeys(boards, 0), **{(row.org_id, row.problem): row.version for row in rows}}
