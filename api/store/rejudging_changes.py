"""What a rejudging would change, or has changed: verdicts, and who stands where.

Computed when it is asked for, from what is stored at that moment. The verdict that is compared with is the one that
stands; once the set is applied, the one that stood until then. A change of time alone is no change of a verdict, but
may be one of rank.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Boolean, bindparam, case, func, or_, select

from api.store.database import Database
from api.store.rejudgings import APPLIED, PROPOSED, StoredRejudging
from api.store.standings import Place, best, kept, submissions_of
from api.store.tables import JudgingRow, SubmissionRow


@dataclass(frozen=True, slots=True)
class Change:
    """One submission's verdict and score, as they stand or stood, and as they would be or are."""

    submission_id: str
    problem: str
    person: str | None
    verdict: str | None
    score: float | None
    new_verdict: str
    new_score: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many submissions went from one verdict to another, or stayed."""

    verdict: str | None
    new_verdict: str
    submissions: int


class Standing(NamedTuple):
    rank: int
    score: float
    cpu_time_s: float


@dataclass(frozen=True, slots=True)
class Move:
    """Someone's place before and after; None: on no place."""

    problem: str
    person: str
    before: Standing | None
    after: Standing | None


_j, _s = JudgingRow.__table__.c, SubmissionRow.__table__.c
_stood = JudgingRow.__table__.alias("stood")
_FROM = SubmissionRow.__table__.join(JudgingRow.__table__, _j.submission_id == _s.id).outerjoin(
    _stood, _stood.c.id == case((bindparam("applied", type_=Boolean), _j.instead_of), else_=_s.judging_id)
)
_PAIR = (_stood.c.verdict, _j.verdict.label("new_verdict"))
_SCORES = (_stood.c.score, _j.score.label("new_score"))
_DIFFERENT = or_(_stood.c.verdict.is_distinct_from(_j.verdict), _stood.c.score.is_distinct_from(_j.score))
_TALLY = select(*_PAIR, func.count().label("submissions")).select_from(_FROM).where(*PROPOSED).group_by(*_PAIR)
_CHANGED = (
    select(_s.id.label("submission_id"), _s.problem, _s.person, *_PAIR, *_SCORES)
    .select_from(_FROM)
    .where(*PROPOSED, _DIFFERENT, _s.id > bindparam("after"))
    .order_by(_s.id)
    .limit(bindparam("limit"))
)
_FOUND = (
    select(_s.id, _s.problem, _s.person, _s.created_at, _j.verdict, _j.score, _j.cpu_time_s)
    .join(JudgingRow, _j.submission_id == _s.id)
    .where(*PROPOSED, _s.person.is_not(None))
)


class RejudgingChanges:
    def __init__(self, database: Database) -> None:
        self._database = database

    def tallies(self, rejudging: StoredRejudging) -> list[Tally]:
        """All that are judged, by verdict before and after."""
        with self._database.reading() as connection:
            found = [Tally(**row._mapping) for row in connection.execute(_TALLY, _asked(rejudging))]
        return sorted(found, key=lambda tally: (tally.verdict or "", tally.new_verdict))

    def page(self, rejudging: StoredRejudging, limit: int, after: str) -> list[Change]:
        """The submissions whose verdict or score is another, by id."""
        asked = {**_asked(rejudging), "limit": limit, "after": after}
        with self._database.reading() as connection:
            return [Change(**row._mapping) for row in connection.execute(_CHANGED, asked)]

    def moves(self, rejudging_id: int, org_id: int) -> list[Move]:
        """Who would get another rank or score, by problem and present rank: also those who only give way."""
        moves: list[Move] = []
        with self._database.reading() as connection:
            found: dict[str, dict[str, Any]] = {}
            for row in connection.execute(_FOUND, {"rejudging": rejudging_id}):
                found.setdefault(row.problem, {})[row.id] = row
            for problem, rows in sorted(found.items()):
                before = kept(connection, org_id, problem)
                persons = {row.person for row in rows.values()}
                theirs = submissions_of(connection, org_id, problem, persons)
                proposed = best(rows.get(row.id, row) for row in theirs)
                after = {person: place for person, place in before.items() if person not in persons} | proposed
                moves += _moves(problem, _ranked(before), _ranked(after))
        return moves


def _asked(rejudging: StoredRejudging) -> dict[str, Any]:
    return {"rejudging": rejudging.id, "applied": rejudging.state == APPLIED}


def _ranked(places: dict[str, Place]) -> dict[str, Standing]:
    """In the order of the leaderboard."""
    ordered = sorted(places.items(), key=lambda item: (item[1][:3], item[0]))
    return {
        person: Standing(rank, 0.0 - place.minus_score, place.cpu_time_ms / 1000)
        for rank, (person, place) in enumerate(ordered, 1)
    }


def _moves(problem: str, before: dict[str, Standing], after: dict[str, Standing]) -> list[Move]:
    persons = [*before, *(person for person in after if person not in before)]
    moves = [Move(problem, person, before.get(person), after.get(person)) for person in persons]
    return [move for move in moves if _what_counts(move.before) != _what_counts(move.after)]


def _what_counts(standing: Standing | None) -> tuple[int, float] | None:
    return standing and standing[:2]
