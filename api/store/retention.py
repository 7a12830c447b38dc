"""Forgetting what is older than it may become: sources, reports, names, and versions of problems that nobody needs.

Promises: only what is over is touched, never what waits or may be judged this moment; verdicts and figures stay. It may
run while the judge works: it goes in short transactions and rests between them as long as they took. Done twice, or
stopped in the middle and done again, it comes to the same.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, exists, func, select, tuple_, update

from api.store.audit import Entry, audit
from api.store.database import Database
from api.store.people import forget_messages, forget_name, make_anonymous
from api.store.service_tables import Message
from api.store.standings import Standings
from api.store.tables import JUDGED, QUEUED, RUNNING, JudgingRow, Organisation, PackageRow, ReportRow, SubmissionRow

_AT_ONCE = 500
_NOT_OFFERED_FOR = timedelta(days=1)  # many times what the processes of the API need to say that they offer one
_FIRST = (datetime(1970, 1, 1, tzinfo=UTC), "")


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days; None is for ever. A person's name is kept so long after their last submission."""

    sources_days: int | None = None
    reports_days: int | None = None
    people_days: int | None = None


@dataclass(slots=True)
class Pruned:
    """How many were removed, or with `dry_run` would have been."""

    sources: int = 0
    reports: int = 0
    people: int = 0
    messages: int = 0
    packages: int = 0


_s, _j, _r, _p = (row.__table__.c for row in (SubmissionRow, JudgingRow, ReportRow, PackageRow))
_m = Message.__table__.c
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_open = exists().where(_j.submission_id == _s.id, _j.state.in_((QUEUED, RUNNING)))
_old_report = exists().where(
    _j.submission_id == _s.id, _j.ended_at < bindparam("before"), _r.judging_id == _j.id
)  # fmt: skip
_place = tuple_(_s.created_at, _s.id)
_walk = (
    select(_s.id, _s.created_at)
    .where(
        _s.org_id == bindparam("org_id"),
        _s.created_at < bindparam("before"),
        _place > tuple_(bindparam("last_at", type_=_s.created_at.type), bindparam("last_id")),
    )
    .order_by(_s.created_at, _s.id)
    .limit(_AT_ONCE)
)
_WITH_SOURCE = _walk.where(_s.source.is_not(None), _s.status == JUDGED, ~_open)
_WITH_REPORT = _walk.where(_old_report)
_FORGET_SOURCES = update(SubmissionRow).where(_s.id.in_(_ids), _s.status == JUDGED, ~_open).values(source=None)
_REPORTS = select(_r.judging_id).join(JudgingRow).where(_j.submission_id.in_(_ids), _j.ended_at < bindparam("before"))
_FORGET_REPORTS = delete(ReportRow).where(_r.judging_id.in_(_ids))
_SILENT = (
    select(_s.person)
    .where(_s.org_id == bindparam("org_id"), _s.person.is_not(None), _s.person > bindparam("last"))
    .group_by(_s.person)
    .having(func.max(_s.created_at) < bindparam("before"))
    .order_by(_s.person)
    .limit(_AT_ONCE)
)
_OF_PERSON = select(_s.id, _s.created_at).where(_s.org_id == bindparam("org_id"), _s.person == bindparam("whose"))
_OVER = select(_m.id).where(_m.created_at < bindparam("before"), _m.state.in_(("delivered", "dead"))).limit(_AT_ONCE)
_UNUSED = select(_p.hash).where(_p.offered_at < bindparam("before"))
_NEEDED = (
    select(_s.package).where(_s.source.is_not(None)).distinct(),
    select(_j.package).where(_j.state.in_((QUEUED, RUNNING))).distinct(),
)
_FORGET_PACKAGES = delete(PackageRow).where(_p.hash.in_(_ids), _p.offered_at < bindparam("before"))
_ORGANISATIONS = select(Organisation.id).order_by(Organisation.id)


class Retention:
    def __init__(self, database: Database, standings: Standings) -> None:
        self._database, self._standings = database, standings

    def prune(self, keep: Keep, now: datetime, dry_run: bool = False) -> Pruned:
        """Of each organisation, and then what belongs to none."""
        total = Pruned()
        with self._database.reading() as connection:
            organisations = connection.execute(_ORGANISATIONS).scalars().all()
        for org_id in organisations:
            one = _Pruning(self._database, self._standings, org_id, now, dry_run).all_of(keep)
            total.sources += one.sources
            total.reports += one.reports
            total.people += one.people
        if keep.people_days:
            total.messages = self._messages(now - timedelta(days=keep.people_days), dry_run)
        total.packages = self._packages(now - _NOT_OFFERED_FOR, dry_run)
        if not dry_run:
            with self._database.writing() as connection:
                audit(connection, Entry(None, None, now, "database.pruned", "everything", asdict(total)))
        return total

    def _messages(self, before: datetime, dry_run: bool) -> int:
        """Of webhooks, which name people."""
        count = 0
        if dry_run:
            with self._database.reading() as connection:
                counted = select(func.count()).select_from(_OVER.limit(None).subquery())
                return int(connection.execute(counted, {"before": before}).scalar_one())
        while True:
            with _rest_after(), self._database.writing() as connection:
                ids = connection.execute(_OVER, {"before": before}).scalars().all()
                forget_messages(connection, ids)
            count += len(ids)
            if len(ids) < _AT_ONCE:
                return count

    def _packages(self, before: datetime, dry_run: bool) -> int:
        """Versions that no process has offered for long, and that nothing which is kept could be judged with."""
        with self._database.reading() as connection:
            unused = set(connection.execute(_UNUSED, {"before": before}).scalars())
            for needed in _NEEDED if unused else ():
                unused -= set(connection.execute(needed).scalars())
        if unused and not dry_run:
            with self._database.writing() as connection:
                connection.execute(_FORGET_PACKAGES, {"ids": sorted(unused), "before": before})
        return len(unused)


class _Pruning:
    """Of one organisation."""

    def __init__(self, database: Database, standings: Standings, org_id: int, now: datetime, dry_run: bool) -> None:
        self._database, self._standings = database, standings
        self._org_id, self._now, self._dry_run = org_id, now, dry_run

    def all_of(self, keep: Keep) -> Pruned:
        pruned = Pruned()
        if keep.sources_days:
            pruned.sources = self._sources(self._now - timedelta(days=keep.sources_days))
        if keep.reports_days:
            pruned.reports = self._reports(self._now - timedelta(days=keep.reports_days))
        if keep.people_days:
            pruned.people = self._people(self._now - timedelta(days=keep.people_days))
        done = {name: count for name, count in asdict(pruned).items() if count}
        if done and not self._dry_run:
            with self._database.writing() as connection:
                audit(connection, Entry(self._org_id, None, self._now, "organisation.pruned", "its old data", done))
        return pruned

    def _sources(self, before: datetime) -> int:
        count = 0
        for ids in self._batches(_WITH_SOURCE, before):
            if self._dry_run:
                count += len(ids)
                continue
            with _rest_after(), self._database.writing() as connection:
                count += connection.execute(_FORGET_SOURCES, {"ids": ids}).rowcount
        return count

    def _reports(self, before: datetime) -> int:
        count = 0
        for ids in self._batches(_WITH_REPORT, before):
            with self._database.reading() as connection:
                reports = connection.execute(_REPORTS, {"ids": ids, "before": before}).scalars().all()
            count += len(reports)
            if not self._dry_run:
                with _rest_after(), self._database.writing() as connection:
                    connection.execute(_FORGET_REPORTS, {"ids": reports})
        return count

    def _people(self, before: datetime) -> int:
        count, last = 0, ""
        while True:
            with self._database.reading() as connection:
                asked = {"org_id": self._org_id, "before": before, "last": last}
                people = connection.execute(_SILENT, asked).scalars().all()
            for person in people:
                count += 1 if self._dry_run else self._forget(str(person), before)
            if len(people) < _AT_ONCE:
                return count
            last = people[-1]

    def _forget(self, person: str, before: datetime) -> bool:
        """Unless the person has submitted something in the meantime."""
        with _rest_after(), self._database.exclusively() as connection:
            rows = connection.execute(_OF_PERSON, {"org_id": self._org_id, "whose": person}).all()
            if any(row.created_at >= before for row in rows):
                return False
            forget_name(connection, self._standings, self._org_id, person)
            make_anonymous(connection, [row.id for row in rows])
            return True

    def _batches(self, walk: Any, before: datetime) -> Iterator[list[str]]:
        last_at, last_id = _FIRST
        while True:
            asked = {"org_id": self._org_id, "before": before, "last_at": last_at, "last_id": last_id}
            with self._database.reading() as connection:
                rows = connection.execute(walk, asked).all()
            if rows:
                yield [row.id for row in rows]
                last_id, last_at = rows[-1]
            if len(rows) < _AT_ONCE:
                return


class _rest_after:  # noqa: N801 - used like a function
    """Leave the database to others for as long as this took."""

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        time.sleep(time.monotonic() - self._since)
