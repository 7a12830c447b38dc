"""Why a submission waits, about how long still, and whether anybody is there who could judge it.

An estimate, made when it is asked for and kept nowhere: the judgings ahead of it, shared by the workers that were heard
of, each taking as long as those of the last minutes took. Runs, which come before all submissions, are not counted, and
nobody knows who will still come ahead: a newcomer's turn may.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, func, select, tuple_

from api.store.database import Database
from api.store.tables import JUDGED, QUEUED, JudgingRow, WorkerRow

LATELY = timedelta(minutes=10)
_MOST_LOOKED_AT = 100  # judgings: an average of more is no better

Reason = Literal["no_worker", "no_worker_for_language"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """`place`: 1 is next. `estimate_s`: seconds until its verdict; None when nothing tells.

    `reason`: why nobody can take it now. `last_worker_s`: for no_worker, how long ago one was heard of, if lately.
    """

    place: int
    estimate_s: float | None = None
    reason: Reason | None = None
    last_worker_s: float | None = None


_j, _w = JudgingRow.__table__.c, WorkerRow.__table__.c
_OWN = (
    select(_j.language, _j.priority, _j.turn, _j.created_at)
    .where(_j.submission_id == bindparam("submission_id"), _j.state == QUEUED, _j.rejudging_id.is_(None))
    .limit(1)
)
_QUEUE = (_j.priority, _j.turn, _j.created_at)
_OURS = tuple_(*(bindparam(f"own_{column.name}", type_=column.type) for column in _QUEUE))
_AHEAD = select(func.count()).where(
    _j.state == QUEUED, _j.language == bindparam("own_language"), tuple_(*_QUEUE) < _OURS
)
_ENDED = (
    select(_j.started_at, _j.ended_at)
    .where(_j.ended_at > bindparam("since"), _j.language == bindparam("language"))
    .where(_j.state == JUDGED, _j.started_at.is_not(None))
    .order_by(_j.ended_at.desc())
    .limit(_MOST_LOOKED_AT)
)
_WORKERS = select(_w.languages, _w.seen_at)


class Outlooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, submission_id: str, at: datetime, silence_s: float) -> Outlook | None:
        """None when it does not wait (any more). A worker that was not heard of for `silence_s` counts as gone."""
        with self._database.reading() as connection:
            own = connection.execute(_OWN, {"submission_id": submission_id}).one_or_none()
            if own is None:
                return None
            asked = {f"own_{name}": value for name, value in own._mapping.items()}
            place = connection.execute(_AHEAD, asked).scalar_one() + 1
            workers = connection.execute(_WORKERS).all()
            there = [row.languages.split() for row in workers if row.seen_at > at - timedelta(seconds=silence_s)]
            if not there:
                last = max((row.seen_at for row in workers), default=None)
                return Outlook(place, None, "no_worker", max(0.0, (at - last).total_seconds()) if last else None)
            able = sum(own.language in languages for languages in there)
            if not able:
                return Outlook(place, None, "no_worker_for_language")
            ended = connection.execute(_ENDED, {"since": at - LATELY, "language": own.language}).all()
        if not ended:
            return Outlook(place)
        each_s = sum((row.ended_at - row.started_at).total_seconds() for row in ended) / len(ended)
        return Outlook(place, max(0.0, each_s) * (place / able + 1))
