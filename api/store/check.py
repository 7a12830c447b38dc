"""Whether what is stored agrees with itself: every submission has one verdict or is on the way to it, and so on.

Each check of submissions is one statement, so that it sees one moment and may be made while the judge works. A board
that differs from its submissions is compared again while nobody writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, or_, select, text, union
from sqlalchemy.orm import aliased

from api.store.database import Database
from api.store.service_tables import Standing
from api.store.standings import kept, recomputed
from api.store.tables import (
    FAILED,
    JUDGED,
    LOST,
    QUEUED,
    RUNNING,
    Figures,
    JudgingRow,
    PackageRow,
    ReportRow,
    SubmissionRow,
)

_SHOWN = 20  # of each kind of fault
_s, _j = SubmissionRow.__table__.c, JudgingRow.__table__.c
_holder = aliased(JudgingRow)
_own = and_(_j.submission_id == _s.id, _j.rejudging_id.is_(None))
_opened = select(func.count()).where(_own, _j.state.in_((QUEUED, RUNNING))).scalar_subquery()
_verdicts = select(func.count()).where(_own, _j.state == JUDGED).scalar_subquery()
_figures = [getattr(_holder, name).is_distinct_from(_s[name]) for name in Figures.__annotations__]
_waits = and_(_s.id == _j.submission_id, _j.state.in_((QUEUED, RUNNING)))

# What is said of each that is found.
_FAULTS = {
    "is judged, but no judging holds its verdict": select(_s.id).where(
        _s.status == JUDGED,
        ~exists().where(_holder.id == _s.judging_id, _holder.submission_id == _s.id, _holder.state == JUDGED),
    ),
    "has another verdict or other figures than the judging that holds": select(_s.id)
    .join(_holder, _holder.id == _s.judging_id)
    .where(or_(*_figures)),
    "has more than one verdict": select(_s.id).where(_verdicts > 1),
    "is judged and yet waits": select(_s.id).where(_s.status == JUDGED, _opened > 0),
    "has no verdict, and not exactly one judging that waits or runs": select(_s.id).where(
        _s.status != JUDGED, _opened != 1
    ),
    "has no verdict, but a judging that ended with one": select(_s.id).where(
        _s.status != JUDGED, or_(_verdicts > 0, _s.judging_id.is_not(None), _s.verdict.is_not(None))
    ),
    "waits for a judging, but its source is gone": select(_s.id).where(_s.source.is_(None), _waits),
    "waits for a judging, but the version of its problem is gone": select(_s.id).where(
        _waits, ~exists().where(PackageRow.hash == _j.package)
    ),
    "has a report of an attempt that gave no verdict": select(_s.id)
    .join(JudgingRow, _j.submission_id == _s.id)
    .join(ReportRow, ReportRow.judging_id == _j.id)
    .where(_j.state != JUDGED),
}
_COUNTS = {
    "submissions": select(func.count(_s.id)),
    "judged": select(func.count(_s.id)).where(_s.status == JUDGED),
    **{state: select(func.count(_j.id)).where(_j.state == state) for state in (QUEUED, RUNNING, LOST, FAILED)},
}
_BOARDS = union(
    select(_s.org_id, _s.problem).where(_s.person.is_not(None)), select(Standing.org_id, Standing.problem)
).order_by("org_id", "problem")


@dataclass(frozen=True, slots=True)
class Findings:
    """`counts`: submissions, how many are judged, and judgings by state. `faults`: sentences, some of each kind."""

    counts: dict[str, int]
    faults: list[str]


class Checks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> Findings:
        with self._database.reading() as connection:
            counts = {name: int(connection.execute(query).scalar_one()) for name, query in _COUNTS.items()}
            faults = list(_submissions(connection))
        return Findings(counts, faults + self._standings())

    def _standings(self) -> list[str]:
        """Two statements for each board, and time for a verdict between them: what differs is looked at again alone."""
        with self._database.reading() as connection:
            boards = connection.execute(_BOARDS).all()
            suspects = [board for board in boards if recomputed(connection, *board) != kept(connection, *board)]
        return [fault for board in suspects for fault in self._board(*board)]

    def _board(self, org_id: int, problem: str) -> Iterator[str]:
        """While nobody changes a submission: with that begins every change of a standing."""
        with self._database.exclusively() as connection:
            if not self._database.is_sqlite:
                connection.execute(text("LOCK TABLE submissions IN SHARE MODE"))
            right, found = recomputed(connection, org_id, problem), kept(connection, org_id, problem)
        wrong = sum(right.get(person) != found.get(person) for person in right.keys() | found.keys())
        if wrong:
            yield f"organisation {org_id}, standings of {problem!r}: {wrong} persons have another best submission"


def _submissions(connection: Connection) -> Iterator[str]:
    for said, query in _FAULTS.items():
        found = connection.execute(query.distinct()).scalars().all()
        for submission_id in found[:_SHOWN]:
            yield f"submission {submission_id} {said}"
        if len(found) > _SHOWN:
            yield f"{len(found) - _SHOWN} more: {said}"
