"""Leaderboards: who stands where on a problem, by the organisation's own names for its people.

Every answer has the board's version, in its body and as its ETag; who sends that back in `If-None-Match` and finds the
board unchanged gets an empty 304, which costs one small query. The version is read first: an answer may be newer than
it says, and never older.
"""

from flask import Blueprint, Response, g, request

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind, shortened
from api.intake import read_query
from api.openapi import described
from api.schemas import IfNoneMatchHeader, Leaderboard, LeaderboardQuery
from api.services import services
from api.store import Ranked

bp = Blueprint("leaderboards", __name__, url_prefix="/api/v1/problems")
bp.before_request(require_scope("read"))


@bp.get("/<slug>/leaderboard")
@described(
    tag="problems",
    query=LeaderboardQuery,
    headers=IfNoneMatchHeader,
    answers={200: Leaderboard, 304: None},
    refusals=(404,),
)
def show(slug: str) -> Response:
    """Who stands where on a problem: each person's best submission, by score, then CPU time, then time of submission.

    Send the ETag back in `If-None-Match`: 304 says that nothing has changed.
    """
    query = read_query(LeaderboardQuery)
    if query.after and query.around:
        raise ApiError(Kind.INVALID_FIELD, "Either 'after' or 'around' can be asked for.", field="around")
    board = g.key.org_id, slug
    version = services().store.standings.version(*board) if "\0" not in slug else 0
    if not version and slug not in services().catalogue.problems:
        raise ApiError(Kind.UNKNOWN_PROBLEM_PAGE, f"There is no problem {shortened(slug)!r}.")
    tag = f'"{version}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if request.if_none_match.contains_weak(str(version)):
        return Response(status=304, headers=headers)
    lines, following = _lines(query, board)
    page = {
        "problem": slug,
        "version": version,
        "standings": [_line(line) for line in lines],
        "next": following,
    }
    return Response(views.encode(page), headers=headers, mimetype="application/json")


def _lines(query: LeaderboardQuery, board: tuple[int, str]) -> tuple[list[Ranked], str | None]:
    """What was asked for, and the last one's name if there are more."""
    standings, person = services().store.standings, query.around or query.after
    if person and "\0" in person:
        found = None
    elif query.around:
        found = standings.around(*board, query.limit + 1, query.around)
    else:
        found = standings.page(*board, query.limit + 1, query.after)
    if found is None:
        raise ApiError(Kind.UNKNOWN_PERSON, "Nobody of this name has a verdict here.", field="person")
    shown = found[: query.limit]
    return shown, shown[-1].person if len(found) > query.limit else None


def _line(line: Ranked) -> dict[str, object]:
    """A schemas.Standing."""
    return {
        "rank": line.rank,
        "person": line.person,
        "submission": line.submission_id,
        "verdict": line.verdict,
        "score": line.score,
        "max_score": line.max_score,
        "cpu_time_s": line.cpu_time_s,
        "submitted_at": line.at,
    }
