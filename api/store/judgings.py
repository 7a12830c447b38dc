"""Judgings: who waits, who is judged next, by whom, and which report counts.

Promises: a judging is claimed by one worker; its report is accepted once, and only from the attempt that holds it; an
attempt whose worker or machine failed is followed by another, up to a number of attempts, and then by the verdict JE.
So every submission comes to exactly one verdict, whatever is lost on the way: what waits is known here, not in a queue.

Order: the more urgent first. Among equals each client (key) has its turn: a newcomer's turn is that of whoever is next,
and a client's own follow each other, so that ten thousand of one client delay another's first by one at most. It is the
start-time fair queueing of Goyal, Vin and Cheng (1996), each judging counted as one.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from api.store.database import Database
from api.store.tables import FAILED, JUDGED, LOST, QUEUED, RUNNING, Figures, JudgingRow, ReportRow, SubmissionRow
from api.store.types import is_id
from judge.models import Report, Verdict

SUBMISSION, REJUDGING = 1, 2  # priorities; smaller is more urgent


@dataclass(frozen=True, slots=True)
class NewJudging:
    submission_id: str
    key_id: int
    package: str
    language: str
    priority: int
    created_at: datetime
    rejudging_id: int | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker is given to do; `id` is what its report will be accepted by."""

    id: str
    submission_id: str
    problem: str
    package: str
    language: str
    source: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission that has just got its verdict, as those must know it who tell others."""

    submission_id: str
    judging_id: str
    org_id: int
    problem: str
    person: str | None
    created_at: datetime
    judged_at: datetime
    report: Report


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an attempt, for those who count. `is_late`: it had ended before, and its report is dropped.

    `report`: if a verdict came of it. `age_s`: since the submission was accepted; None for a rejudging.
    """

    state: str
    language: str = ""
    report: Report | None = None
    age_s: float | None = None
    is_late: bool = False


OnVerdict = Callable[[Connection, Judged], None]
OnEnd = Callable[[Ended], None]

_j, _s = JudgingRow.__table__.c, SubmissionRow.__table__.c
_FIGURES = list(Figures.__annotations__)
_KEPT = [_j.id, _j.submission_id, _j.rejudging_id, _j.instead_of, _j.key_id, _j.package, _j.language]
_KEPT += [_j.attempt, _j.priority, _j.turn, _j.created_at]

# Built once: putting a statement together costs more than running it.
_queue = (_j.state == QUEUED, _j.language == bindparam("language"), _j.priority == bindparam("priority"))
_TURNS = select(
    select(func.min(_j.turn)).where(*_queue).scalar_subquery(),
    select(func.max(_j.turn)).where(*_queue, _j.key_id == bindparam("key_id")).scalar_subquery(),
)
_INSERT = insert(JudgingRow)
_next = (
    select(_j.id)
    .where(_j.state == QUEUED, _j.language.in_(bindparam("languages", expanding=True)))
    .order_by(_j.priority, _j.turn, _j.created_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(JudgingRow)
    .where(_j.id == _next.scalar_subquery(), _j.state == QUEUED)
    .values(state=RUNNING, worker=bindparam("by"), started_at=bindparam("at"))
    .returning(_j.id, _j.submission_id, _j.package, _j.language, _j.created_at)
)
_TO_DO = select(_s.problem, _s.source).where(_s.id == bindparam("id"))
_END_ALL = (
    update(JudgingRow)
    .where(_j.state == RUNNING)
    .values(state=bindparam("to"), ended_at=bindparam("at"), reason=bindparam("why"))
    .returning(*_KEPT)
)
_END = _END_ALL.where(_j.id == bindparam("judging_id"))
_NOTE = update(JudgingRow).where(_j.id == bindparam("judging_id")).values({n: bindparam(f"its_{n}") for n in _FIGURES})
_SETTLE = (
    update(SubmissionRow)
    .where(_s.id == bindparam("submission_id"))
    .values(
        {
            "status": JUDGED,
            "judged_at": bindparam("at"),
            "judging_id": bindparam("by_judging"),
            **{name: bindparam(f"its_{name}") for name in _FIGURES},
        }
    )
    .returning(
        _s.id.label("submission_id"), _s.judging_id, _s.org_id, _s.problem, _s.person, _s.created_at, _s.judged_at
    )
)
_RENEW = update(JudgingRow).where(_j.id == bindparam("judging_id"), _j.state == RUNNING).values(renewed=_j.renewed + 1)
_RUNNING = select(_j.id, _j.renewed).where(_j.state == RUNNING)
_WAITING = select(_j.language, func.count().label("waiting")).where(_j.state == QUEUED).group_by(_j.language)
_STATE = select(_j.state).where(_j.id == bindparam("id"))


def enqueue(connection: Connection, new: NewJudging) -> None:
    """Put a judging in the queue, within the transaction of what it is for."""
    enqueue_all(connection, [new])


def enqueue_all(connection: Connection, news: Sequence[NewJudging]) -> None:
    """Put judgings of one client and one priority in the queue, in this order."""
    turns: dict[str, int] = {}
    rows = []
    for new in news:
        if new.language not in turns:
            queue = {"language": new.language, "priority": new.priority, "key_id": new.key_id}
            first, last_of_key = connection.execute(_TURNS, queue).one()
            turns[new.language] = max(first or 1, (last_of_key or 0) + 1)
        values = {name: getattr(new, name) for name in NewJudging.__slots__}
        rows.append(_queued({**values, "turn": turns[new.language], "attempt": 1}))
        turns[new.language] += 1
    if rows:
        connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])


def _queued(values: dict[str, Any]) -> dict[str, Any]:
    """A row of this kind, with an id of its own."""
    return {**values, "id": uuid.uuid4().hex, "state": QUEUED, "renewed": 0}


class Judgings:
    """`on_verdict` are called in the transaction that gives a submission its verdict, `on_end` after each attempt."""

    def __init__(self, database: Database, max_attempts: int = 3) -> None:
        self._database, self._max_attempts = database, max_attempts
        self.on_verdict: list[OnVerdict] = []
        self.on_end: list[OnEnd] = []

    def claim(self, worker: str, languages: Sequence[str], at: datetime) -> Claimed | None:
        """What this worker shall judge next; None when nothing waits."""
        with self._database.writing() as connection:
            asked = {"by": worker, "languages": list(languages), "at": at}
            while row := connection.execute(_CLAIM, asked).one_or_none():
                problem, source = connection.execute(_TO_DO, {"id": row.submission_id}).one()
                if source is not None:
                    about = (row.id, row.submission_id, problem, row.package, row.language)
                    return Claimed(*about, source, row.created_at)
                self._end_without_source(connection, row.id, at)
        return None

    def finish(self, judging_id: str, report: Report, at: datetime) -> Judged | None:
        """Accept a report. None when this attempt does not hold the judging (any more), or changed no verdict."""
        with self._database.writing() as connection:
            ended = self._end(connection, judging_id, JUDGED, None, at)
            judged = self._settle(connection, ended, report, at) if ended else None
        if ended is not None:
            self._tell(_ended(ended, JUDGED, report, at))
        elif known := self.state(judging_id):
            self._tell(Ended(known, is_late=True))
        return judged

    def give_back(self, judging_id: str, state: str, reason: str, at: datetime) -> Judged | None:
        """End an attempt that failed (its machine) or is lost (its worker). Its verdict if it was the last, a JE."""
        with self._database.writing() as connection:
            ended = self._end(connection, judging_id, state, reason, at)
            if ended is None:
                return None
            judged, report = None, None
            if ended.attempt < self._max_attempts:
                kept = {name: value for name, value in ended._mapping.items() if name != "id"}
                connection.execute(_INSERT, _queued({**kept, "attempt": ended.attempt + 1}))
            else:
                said = f"the judge failed {ended.attempt} times; the last time: {reason}"
                report = Report(verdict=Verdict.JE, judge_error=said)
                judged = self._settle(connection, ended, report, at)
        self._tell(_ended(ended, state, report, at))
        return judged

    def requeue(self, reason: str, at: datetime) -> int:
        """Put back all that run, when it is known that no worker is at it. Unlike a loss it is not counted as a try."""
        with self._database.writing() as connection:
            ended = connection.execute(_END_ALL, {"to": LOST, "at": at, "why": reason}).all()
            for row in ended:
                kept = {name: value for name, value in row._mapping.items() if name != "id"}
                connection.execute(_INSERT, _queued(kept))
        return len(ended)

    def renew(self, judging_id: str) -> bool:
        """A sign of life of who judges this. False when he holds it no more."""
        if not is_id(judging_id):
            return False
        with self._database.writing() as connection:
            return bool(connection.execute(_RENEW, {"judging_id": judging_id}).rowcount)

    def running(self) -> dict[str, int]:
        """The signs of life of each that is being judged."""
        with self._database.reading() as connection:
            return {row.id: row.renewed for row in connection.execute(_RUNNING)}

    def waiting(self) -> dict[str, int]:
        """How many wait, by language."""
        with self._database.reading() as connection:
            return {row.language: row.waiting for row in connection.execute(_WAITING)}

    def state(self, judging_id: str) -> str | None:
        if not is_id(judging_id):
            return None
        with self._database.reading() as connection:
            return connection.execute(_STATE, {"id": judging_id}).scalar()

    def _tell(self, ended: Ended) -> None:
        for tell in self.on_end:
            tell(ended)

    def _end_without_source(self, connection: Connection, judging_id: str, at: datetime) -> None:
        """It was erased while it waited: that is no fault of the submission's, and nothing to try again."""
        why = "its source is not kept any more"
        if ended := self._end(connection, judging_id, FAILED, why, at):
            self._settle(connection, ended, Report(verdict=Verdict.JE, judge_error=why), at)

    def _end(self, connection: Connection, judging_id: str, to: str, why: str | None, at: datetime) -> Row[Any] | None:
        if not is_id(judging_id):
            return None
        values = {"judging_id": judging_id, "to": to, "why": why, "at": at}
        return connection.execute(_END, values).one_or_none()

    def _settle(self, connection: Connection, ended: Row[Any], report: Report, at: datetime) -> Judged | None:
        """Keep the report, and unless it is a rejudging's, which only proposes, make it the submission's verdict."""
        found = report.model_dump(mode="json", include=set(_FIGURES))
        figures = {f"its_{name}": value for name, value in found.items()}
        connection.execute(_NOTE, {"judging_id": ended.id, **figures})
        # Every field is written out, so that whoever reads it later need not know the defaults of today.
        kept = {"judging_id": ended.id, "report": report.model_dump_json()}
        connection.execute(insert(ReportRow), kept)
        if ended.rejudging_id is not None:
            return None
        values = {"submission_id": ended.submission_id, "by_judging": ended.id, "at": at, **figures}
        row = connection.execute(_SETTLE, values).one()
        judged = Judged(**row._mapping, report=report)
        for tell in self.on_verdict:
            tell(connection, judged)
        return judged


def _ended(row: Row[Any], state: str, report: Report | None, at: datetime) -> Ended:
    age_s = (at - row.created_at).total_seconds() if row.rejudging_id is None else None
    return Ended(state, row.language, report, age_s)
