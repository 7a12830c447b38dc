"""The routes of live events. What they send is made here; how it comes to the listeners, live.py says."""

from collections.abc import Collection

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as WerkzeugResponse

from api import views
from api.auth import require_scope
from api.errors import ApiError, Kind, did_you_mean, shortened
from api.event_schemas import LastEventHeader, LeaderboardEvent, SubmissionEvent
from api.live import State, Topic
from api.openapi import described
from api.services import services
from api.store import Store
from api.store.tables import JUDGED

bp = Blueprint("events", __name__, url_prefix="/api/v1")
bp.before_request(require_scope("read"))


@bp.get("/submissions/<submission_id>/events")
@described(tag="events", headers=LastEventHeader, answers={200: SubmissionEvent, 204: None}, refusals=(404,))
def of_submission(submission_id: str) -> WerkzeugResponse:
    """What becomes of a submission, as it happens, until it is judged.

    Server-Sent Events: each holds the submission as lists show it. Send the id of the last one in `Last-Event-ID`
    to go on from there; 204: it was the last.
    """
    topic = Topic("submission", g.key.org_id, submission_id)
    state = services().streams.state(topic)
    if state is None:
        raise ApiError(Kind.UNKNOWN_SUBMISSION, "You have no submission with this id.")
    if state.is_last and state.id == _seen():
        return Response(status=204)  # by which a browser's EventSource knows that it need not come back
    return _stream(topic, state)


@bp.get("/problems/<slug>/leaderboard/events")
@described(tag="events", headers=LastEventHeader, answers={200: LeaderboardEvent}, refusals=(404,))
def of_leaderboard(slug: str) -> WerkzeugResponse:
    """The version of a problem's leaderboard, now and whenever it changes; at most once a second.

    Server-Sent Events. Send the id of the last one in `Last-Event-ID`: you are told at once if it has changed since.
    """
    problems = services().catalogue.problems
    if slug not in problems:
        detail = f"There is no problem {shortened(slug)!r}.{did_you_mean(slug, problems)}"
        raise ApiError(Kind.UNKNOWN_PROBLEM_PAGE, detail, accepted=sorted(problems))
    topic = Topic("leaderboard", g.key.org_id, slug)
    state = services().streams.state(topic)
    assert state, "every problem has a board"
    return _stream(topic, state)


def states(store: Store, topics: Collection[Topic]) -> dict[Topic, State]:
    """The state of each of the topics that there is."""
    submissions = {topic.name: topic for topic in topics if topic.kind == "submission"}
    boards = {(topic.org_id, topic.name): topic for topic in topics if topic.kind == "leaderboard"}
    found = {}
    for name, row in store.watched.submissions(list(submissions)).items():
        if row.org_id == submissions[name].org_id:
            shown, status = views.encode(views.summary(row.shown)), row.shown.status
            found[submissions[name]] = State(f"{row.judging_id}:{status}", shown, status == JUDGED)
    for board, version in store.watched.boards(list(boards)).items():
        found[boards[board]] = State(str(version), views.encode({"version": version}))
    return found


def _seen() -> str | None:
    return request.headers.get("Last-Event-ID")


def _stream(topic: Topic, state: State) -> WerkzeugResponse:
    if request.method == "HEAD":  # the body of its answer is never asked for, nor closed
        return Response(mimetype="text/event-stream")
    stream = services().streams.open(topic, state, _seen())
    if stream is None:
        detail = "Try again shortly, or poll: GET with 'wait' is answered when there is something to say."
        raise ApiError(Kind.TOO_MANY_STREAMS, detail, headers={"Retry-After": "5"})
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # or a proxy would keep it to itself
    # Not Flask's own kind: of that spectree would read the whole body, which has no end, before it is sent.
    response = WerkzeugResponse(stream.texts(), headers=headers, mimetype="text/event-stream")
    response.call_on_close(stream.drop)
    return response
