"""Rejudgings: sets of submissions that are judged again beside their verdicts, then applied or discarded as a whole.

Promises: until a set is applied, nobody sees anything of it but who asked for it; applying is one transaction, for
verdicts, standings and boards together; a set is ended once. Only submissions that are judged are chosen, and what is
left out is counted by reason. Where the machine failed (JE) the earlier verdict stays.

A set is chosen in batches, each a short transaction, so that a hundred thousand do not keep others from the database.
Each batch notes how far it came, so whoever goes on (`go_on`, after a restart too) chooses nothing twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.judgings import REJUDGING, NewJudging, enqueue_all
from api.store.rejudging_choice import BATCH, Choice, candidates, why_not
from api.store.service_tables import Rejudging
from api.store.standings import Standings
from api.store.tables import CANCELLED, QUEUED, RUNNING, Figures, JudgingRow, SubmissionRow
from judge.models import Verdict

CHOOSING, OPEN, APPLIED, DISCARDED = "choosing", "open", "applied", "discarded"
_BATCHES_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class NewRejudging:
    """`packages`: by problem, what to judge with; None: what each was judged with before."""

    org_id: int
    key_id: int
    reason: str
    choice: Choice
    packages: Mapping[str, str] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRejudging:
    id: int
    key_id: int
    reason: str
    choice: Choice
    packages: dict[str, str] | None
    state: str
    chosen: int
    left_out: dict[str, int]
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the set are in which state. `failed`: the machine was at fault, and the verdict would stay."""

    queued: int
    running: int
    judged: int
    failed: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What those must know who tell of it."""

    rejudging_id: int
    org_id: int
    at: datetime
    verdicts: int


class Unfinished(Exception):
    """Raised when a set is to be applied that is not judged whole."""


class Ended(Exception):
    """Raised when a set is to be ended that is applied or discarded already; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


OnApplied = Callable[[Connection, Applied], None]

_r, _s, _j = Rejudging.__table__.c, SubmissionRow.__table__.c, JudgingRow.__table__.c
_SHOWN = [_r.id, _r.key_id, _r.reason, _r.chosen_by, _r.packages, _r.state, _r.chosen, _r.left_out]
_SHOWN += [_r.created_at, _r.ended_at]
_ONE = select(*_SHOWN).where(_r.id == bindparam("id"), _r.org_id == bindparam("org_id"))
_UNFINISHED = select(_r.id).where(_r.state == CHOOSING).order_by(_r.id)
_HOW_FAR = select(Rejudging.__table__).where(_r.id == bindparam("id"), _r.state == CHOOSING)
_PROGRESS = select(
    func.coalesce(func.sum(case((_j.state == QUEUED, 1), else_=0)), 0).label("queued"),
    func.coalesce(func.sum(case((_j.state == RUNNING, 1), else_=0)), 0).label("running"),
    func.count(_j.verdict).label("judged"),
    func.coalesce(func.sum(case((_j.verdict == Verdict.JE, 1), else_=0)), 0).label("failed"),
).where(_j.rejudging_id == bindparam("rejudging"))
# What it proposes: of several attempts only the last one has a verdict.
PROPOSED = (_j.rejudging_id == bindparam("rejudging"), _j.verdict.is_not(None), _j.verdict != Verdict.JE)
# Mostly none: another set was applied since this one was chosen.
_REMEMBER = (
    update(JudgingRow)
    .where(*PROPOSED, _s.id == _j.submission_id, _s.judging_id != _j.instead_of)
    .values(instead_of=_s.judging_id)
)
_REPLACED = {name: _j[name] for name in Figures.__annotations__}
_REPLACE = (
    update(SubmissionRow)
    .where(_s.id == _j.submission_id, *PROPOSED)
    .values({**_REPLACED, "judging_id": _j.id, "judged_at": _j.ended_at})
)
_CONCERNED = (
    select(_s.problem, _s.person)
    .join(JudgingRow, _j.submission_id == _s.id)
    .where(*PROPOSED, _s.person.is_not(None))
    .distinct()
    .order_by(_s.problem)
)
_CANCEL = (
    update(JudgingRow)
    .where(_j.rejudging_id == bindparam("rejudging"), _j.state.in_((QUEUED, RUNNING)))
    .values(state=CANCELLED, ended_at=bindparam("at"), reason="the rejudging was discarded")
)


class Rejudgings:
    """`on_applied` are called in the transaction in which a set is applied."""

    def __init__(self, database: Database, standings: Standings) -> None:
        self._database, self._standings = database, standings
        self.on_applied: list[OnApplied] = []

    # ---- choosing --------------------------------------------------------------------------------------------------

    def create(self, new: NewRejudging) -> int:
        """Begin a set, and choose the first submissions; the rest, if any, is chosen by `go_on`."""
        values = {name: getattr(new, name) for name in ("org_id", "key_id", "reason", "created_at")}
        values |= {"chosen_by": _json(new.choice), "packages": None if new.packages is None else _json(new.packages)}
        with self._database.writing() as connection:
            add = insert(Rejudging).values(**values, state=CHOOSING, chosen=0, left_out="{}").returning(_r.id)
            rejudging_id: int = connection.execute(add).scalar_one()
            act = _Act("created", rejudging_id, new.org_id, new.key_id, new.created_at)
            _audit(connection, act, {"reason": new.reason})
        self._choose(rejudging_id)
        return rejudging_id

    def go_on(self) -> None:
        """Choose further submissions of the sets that are not complete: as many as take about a second."""
        with self._database.reading() as connection:
            unfinished = list(connection.execute(_UNFINISHED).scalars())
        for rejudging_id in unfinished:
            for _ in range(_BATCHES_AT_ONCE):
                if not self._choose(rejudging_id):
                    break

    def _choose(self, rejudging_id: int) -> bool:
        """Choose a batch; whether there may be more. The long look is outside of the transaction."""
        with self._database.reading() as connection:
            so_far = connection.execute(_HOW_FAR, {"id": rejudging_id}).one_or_none()
            rows = connection.execute(candidates(so_far)).all() if so_far else []
        if so_far is None:
            return False
        packages = msgspec.json.decode(so_far.packages) if so_far.packages else None
        left_out: dict[str, int] = msgspec.json.decode(so_far.left_out)
        judgings = []
        for row in rows:
            package = row.package if packages is None else packages.get(row.problem)
            if why := why_not(row, package):
                left_out[why] = left_out.get(why, 0) + 1
            else:
                judgings.append(_judging(so_far, row, package))
        reached = {"reached_at": rows[-1].created_at, "reached_id": rows[-1].id} if rows else {}
        state = CHOOSING if len(rows) == BATCH else OPEN
        with self._database.writing() as connection:
            as_it_was = (_r.state == CHOOSING, _r.reached_id.is_not_distinct_from(so_far.reached_id))
            counted = {"chosen": so_far.chosen + len(judgings), "left_out": _json(left_out)}
            moved = update(Rejudging).where(_r.id == rejudging_id, *as_it_was).values(state=state, **counted, **reached)
            if connection.execute(moved).rowcount:  # else another has gone on meanwhile, or it was discarded
                enqueue_all(connection, judgings)
        return state == CHOOSING

    # ---- looking ---------------------------------------------------------------------------------------------------

    def get(self, rejudging_id: int, org_id: int) -> StoredRejudging | None:
        with self._database.reading() as connection:
            row = connection.execute(_ONE, {"id": rejudging_id, "org_id": org_id}).one_or_none()
        return _stored(row) if row else None

    def page(self, org_id: int, limit: int, before: int | None) -> list[StoredRejudging]:
        """An organisation's, newest first: those with a smaller id than `before`."""
        query = select(*_SHOWN).where(_r.org_id == org_id).order_by(_r.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_r.id < before)
        with self._database.reading() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def progress(self, rejudging_id: int) -> Progress:
        with self._database.reading() as connection:
            return Progress(**connection.execute(_PROGRESS, {"rejudging": rejudging_id}).one()._mapping)

    # ---- ending ----------------------------------------------------------------------------------------------------

    def apply(self, rejudging_id: int, org_id: int, key_id: int, at: datetime) -> int:
        """Make what was found the submissions' verdicts; how many. Raises Unfinished or Ended, and changes nothing."""
        asked = {"rejudging": rejudging_id}
        with self._database.exclusively() as connection:
            chosen = self._end(connection, rejudging_id, APPLIED, at)
            if connection.execute(_PROGRESS, asked).one().judged < chosen:
                raise Unfinished
            concerned: dict[str, list[str]] = {}
            for row in connection.execute(_CONCERNED, asked):
                concerned.setdefault(row.problem, []).append(row.person)
            connection.execute(_REMEMBER, asked)
            verdicts = connection.execute(_REPLACE, asked).rowcount
            for problem, persons in concerned.items():
                self._standings.refresh(connection, org_id, problem, persons)
            _audit(connection, _Act(APPLIED, rejudging_id, org_id, key_id, at), {"verdicts": verdicts})
            for tell in self.on_applied:
                tell(connection, Applied(rejudging_id, org_id, at, verdicts))
        return verdicts

    def discard(self, rejudging_id: int, org_id: int, key_id: int, at: datetime) -> int:
        """Leave all as it is, and cancel what is not judged yet; how many those were. Raises Ended."""
        with self._database.exclusively() as connection:
            self._end(connection, rejudging_id, DISCARDED, at)
            cancelled = connection.execute(_CANCEL, {"rejudging": rejudging_id, "at": at}).rowcount
            _audit(connection, _Act(DISCARDED, rejudging_id, org_id, key_id, at), {"cancelled": cancelled})
        return cancelled

    def _end(self, connection: Connection, rejudging_id: int, state: str, at: datetime) -> int:
        """How many it has chosen. No sooner than all are chosen can it be applied."""
        row = connection.execute(select(_r.state, _r.chosen).where(_r.id == rejudging_id).with_for_update()).one()
        if row.state in (APPLIED, DISCARDED):
            raise Ended(row.state)
        if row.state == CHOOSING and state == APPLIED:
            raise Unfinished
        connection.execute(update(Rejudging).where(_r.id == rejudging_id).values(state=state, ended_at=at))
        return int(row.chosen)


class _Act(NamedTuple):
    what: str
    rejudging_id: int
    org_id: int
    key_id: int
    at: datetime


def _audit(connection: Connection, act: _Act, detail: dict[str, Any]) -> None:
    audit(connection, Entry(act.org_id, act.key_id, act.at, f"rejudging.{act.what}", str(act.rejudging_id), detail))


def _judging(rejudging: Row[Any], row: Row[Any], package: str) -> NewJudging:
    judging = NewJudging(row.id, rejudging.key_id, package, row.language, REJUDGING, rejudging.created_at)
    return replace(judging, rejudging_id=rejudging.id, instead_of=row.judging_id)


def _stored(row: Row[Any]) -> StoredRejudging:
    values = dict(row._mapping)
    values["choice"] = msgspec.json.decode(values.pop("chosen_by"), type=Choice)
    values["packages"] = msgspec.json.decode(values["packages"]) if values["packages"] else None
    values["left_out"] = msgspec.json.decode(values["left_out"])
    return StoredRejudging(**values)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
