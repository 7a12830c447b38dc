"""Rejudgings: submissions judged again beside their verdicts; what that would change; apply it, or discard it.

Until a rejudging is applied nothing of it can be seen here but by those who may administrate.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, g

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind
from api.intake import number_in, read_json, read_query
from api.openapi import described
from api.rejudging_schemas import (
    ChangesQuery,
    MovesQuery,
    RejudgingChanges,
    RejudgingDetails,
    RejudgingMoves,
    RejudgingPage,
    RejudgingRequest,
    RejudgingsQuery,
)
from api.services import services
from api.store.rejudging_choice import Choice
from api.store.rejudgings import APPLIED, CHOOSING, OPEN, Ended, NewRejudging, StoredRejudging, Unfinished
from judge.models import Verdict

bp = Blueprint("rejudgings", __name__, url_prefix="/api/v1/rejudgings")
bp.before_request(require_scope("admin"))


@bp.post("")
@described(
    tag="rejudgings",
    body=RejudgingRequest,
    answers={201: RejudgingDetails},
    refusals=(400, 411, 413, 415),
)
def create() -> Response:
    """Judge submissions again, beside their verdicts.

    They are judged after everything else that waits. Of many only the first are chosen when the answer comes: the
    state is `choosing` until all are.
    """
    wanted = read_json(RejudgingRequest)
    given = wanted.filter.model_dump(exclude_defaults=True)
    if not given:
        detail = "Say which submissions: all of them are never meant."
        raise ApiError(Kind.INVALID_FIELD, detail, field="filter", accepted=list(type(wanted.filter).model_fields))
    new = NewRejudging(
        org_id=g.key.org_id,
        key_id=g.key.id,
        reason=wanted.reason,
        choice=msgspec.convert(given, Choice),
        packages=services().catalogue.hashes if wanted.package == "current" else None,
        created_at=datetime.now(UTC),
    )
    rejudging_id = services().store.rejudgings.create(new)
    headers = {"Location": f"{bp.url_prefix}/{rejudging_id}"}
    return Response(_details(_own(str(rejudging_id))), 201, headers, mimetype="application/json")


@bp.get("")
@described(tag="rejudgings", query=RejudgingsQuery, answers={200: RejudgingPage})
def list_own() -> Response:
    """Your organisation's rejudgings, newest first."""
    query = read_query(RejudgingsQuery)
    rows = services().store.rejudgings.page(g.key.org_id, query.limit + 1, query.before)
    shown = rows[: query.limit]
    following = shown[-1].id if len(rows) > query.limit else None
    return _answer({"rejudgings": [_view(row) for row in shown], "next": following})


@bp.get("/<rejudging_id>")
@described(tag="rejudgings", answers={200: RejudgingDetails}, refusals=(404,))
def show(rejudging_id: str) -> Response:
    """One rejudging, and how far it is."""
    return Response(_details(_own(rejudging_id)), mimetype="application/json")


@bp.get("/<rejudging_id>/changes")
@described(tag="rejudgings", query=ChangesQuery, answers={200: RejudgingChanges}, refusals=(404,))
def changes(rejudging_id: str) -> Response:
    """Which verdicts it would change, as far as it is judged; or has changed, once it is applied."""
    query, rejudging = read_query(ChangesQuery), _own(rejudging_id)
    found = services().store.rejudging_changes
    tallies = found.tallies(rejudging)
    rows = found.page(rejudging, query.limit + 1, query.after)
    shown = [{**asdict(row), "submission": row.submission_id} for row in rows[: query.limit]]
    for row in shown:
        del row["submission_id"]
    accepted = [(each.verdict == Verdict.AC, each.new_verdict == Verdict.AC, each.submissions) for each in tallies]
    return _answer(
        {
            "accepted_won": sum(count for before, after, count in accepted if after and not before),
            "accepted_lost": sum(count for before, after, count in accepted if before and not after),
            "tallies": [asdict(each) for each in tallies],
            "submissions": shown,
            "next": shown[-1]["submission"] if len(rows) > query.limit else None,
        }
    )


@bp.get("/<rejudging_id>/ranks")
@described(tag="rejudgings", query=MovesQuery, answers={200: RejudgingMoves}, refusals=(404, 409))
def ranks(rejudging_id: str) -> Response:
    """Whose rank or score on a leaderboard it would change, as far as it is judged."""
    query, rejudging = read_query(MovesQuery), _own(rejudging_id)
    if rejudging.state not in (CHOOSING, OPEN):
        raise _has_ended(rejudging.state)
    moves = services().store.rejudging_changes.moves(rejudging.id, g.key.org_id)
    end = query.skip + query.limit
    people = [
        {
            "problem": move.problem,
            "person": move.person,
            "before": move.before._asdict() if move.before else None,
            "after": move.after._asdict() if move.after else None,
        }
        for move in moves[query.skip : end]
    ]
    return _answer({"people": people, "next": end if len(moves) > end else None})


@bp.post("/<rejudging_id>/apply")
@described(tag="rejudgings", answers={200: RejudgingDetails}, refusals=(404, 409))
def apply(rejudging_id: str) -> Response:
    """Make what was found the verdicts, and the standings follow. Only once all is judged."""
    return _ended(rejudging_id, applied=True)


@bp.post("/<rejudging_id>/discard")
@described(tag="rejudgings", answers={200: RejudgingDetails}, refusals=(404, 409))
def discard(rejudging_id: str) -> Response:
    """Leave all verdicts as they are; what is not judged yet is not judged any more."""
    return _ended(rejudging_id, applied=False)


def _ended(rejudging_id: str, *, applied: bool) -> Response:
    rejudging, held = _own(rejudging_id), services().store.rejudgings
    end = held.apply if applied else held.discard
    try:
        end(rejudging.id, g.key.org_id, g.key.id, datetime.now(UTC))
    except Unfinished:
        detail = "It can be applied when all is judged; GET the rejudging for its progress."
        raise ApiError(Kind.REJUDGING_UNFINISHED, detail) from None
    except Ended as exc:
        raise _has_ended(exc.state) from None
    return Response(_details(_own(rejudging_id)), mimetype="application/json")


def _has_ended(state: str) -> ApiError:
    return ApiError(Kind.REJUDGING_ENDED, f"It was {'applied' if state == APPLIED else 'discarded'} already.")


def _own(rejudging_id: str) -> StoredRejudging:
    number = number_in(rejudging_id)
    row = services().store.rejudgings.get(number, g.key.org_id) if number else None
    if row is None:
        raise ApiError(Kind.UNKNOWN_REJUDGING, "You have no rejudging with this id.")
    return row


def _view(row: StoredRejudging) -> dict[str, Any]:
    """A rejudging_schemas.Rejudging. A person who was forgotten is left out of the filter."""
    return {
        "id": row.id,
        "reason": row.reason,
        "filter": {name: value for name, value in msgspec.to_builtins(row.choice).items() if value},
        "package": "same" if row.packages is None else "current",
        "state": row.state,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
        "chosen": row.chosen,
        "left_out": row.left_out,
    }


def _details(row: StoredRejudging) -> bytes:
    """A rejudging_schemas.RejudgingDetails."""
    return views.encode({**_view(row), "progress": asdict(services().store.rejudgings.progress(row.id))})


def _answer(view: dict[str, Any]) -> Response:
    return Response(views.encode(view), mimetype="application/json")
