"""What rejudgings are asked for with, and shown as."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field

from api.schemas import QueryModel, Strict, Text
from judge.models import Verdict


def _a_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be a text such as '2026-01-31T12:00:00Z'")
    return value


def _in_our_times(at: datetime) -> datetime:
    """Far from the ends of what can be computed with, whatever the zone."""
    if not 1970 < at.year < 9999:
        raise ValueError("must be after 1970 and before 9999")
    return at


Moment = Annotated[AwareDatetime, BeforeValidator(_a_text), AfterValidator(_in_our_times), Field(strict=False)]


class RejudgingFilter(Strict):
    """Which submissions are judged again: those that meet all that is given; something must be."""

    problem: Text | None = Field(None, min_length=1, max_length=200, description="slug of a problem")
    verdicts: list[Annotated[Verdict, Field(strict=False)]] = Field(
        [], max_length=8, description="verdicts, such as ['TLE', 'MLE']"
    )
    since: Moment | None = Field(None, description="a time with its zone: submitted then or later")
    until: Moment | None = Field(None, description="a time with its zone: submitted before it")
    submissions: list[Annotated[str, Field(pattern="^[0-9a-f]{32}$")]] = Field(
        [], max_length=1000, description="ids of submissions, at most 1000"
    )
    person: Text | None = Field(None, min_length=1, max_length=200, description="whose, by your own name for them")


class RejudgingRequest(Strict):
    """Submissions to be judged again, beside their verdicts."""

    reason: Text = Field(min_length=1, max_length=1000, description="why, for those who read it later")
    filter: RejudgingFilter = Field(json_schema_extra={"minProperties": 1})
    package: Literal["current", "same"] = Field(
        "current", description="'current': with the problem as it is offered now; 'same': as it was judged before"
    )


class RejudgingsQuery(QueryModel):
    limit: int = Field(20, ge=1, le=100, description="number of rejudgings, from 1 to 100")
    before: int | None = Field(None, ge=1, lt=1 << 31, description="id of a rejudging; the page begins after it")


class ChangesQuery(QueryModel):
    limit: int = Field(100, ge=1, le=1000, description="number of submissions, from 1 to 1000")
    after: str = Field("", pattern="^([0-9a-f]{32})?$", description="id of a submission; the page begins after it")


class MovesQuery(QueryModel):
    limit: int = Field(100, ge=1, le=1000, description="number of people, from 1 to 1000")
    skip: int = Field(0, ge=0, lt=1 << 31, description="number of people before the page")


class RejudgingProgress(BaseModel):
    """`failed` of the judged ended as JE: the machine was at fault, and the verdict stays as it was."""

    queued: int
    running: int
    judged: int
    failed: int


class Rejudging(BaseModel):
    """`chosen`: how many are judged again; `left_out`: how many that meet the filter are not, by reason."""

    id: int
    reason: str
    filter: RejudgingFilter
    package: Literal["current", "same"]
    state: Literal["choosing", "open", "applied", "discarded"]
    created_at: datetime
    ended_at: datetime | None
    chosen: int
    left_out: dict[Literal["pending", "source_gone", "not_offered"], int]


class RejudgingDetails(Rejudging):
    progress: RejudgingProgress


class RejudgingPage(BaseModel):
    """Newest first. `next` is the value of `before` for the following page, null on the last one."""

    rejudgings: list[Rejudging]
    next: int | None


class RejudgingTally(BaseModel):
    verdict: Verdict | None
    new_verdict: Verdict
    submissions: int


class RejudgingChange(BaseModel):
    """A submission whose verdict or score is another."""

    submission: str
    problem: str
    person: str | None
    verdict: Verdict | None
    score: float | None
    new_verdict: Verdict
    new_score: float | None


class RejudgingChanges(BaseModel):
    """`tallies`: all that are judged, by verdict before and after. `next` is the value of `after`, null at the end."""

    accepted_won: int
    accepted_lost: int
    tallies: list[RejudgingTally]
    submissions: list[RejudgingChange]
    next: str | None


class RejudgingPlace(BaseModel):
    rank: int
    score: float
    cpu_time_s: float


class RejudgingMove(BaseModel):
    """Somebody's place on a problem's leaderboard, now and if the rejudging is applied; null: on no place."""

    problem: str
    person: str
    before: RejudgingPlace | None
    after: RejudgingPlace | None


class RejudgingMoves(BaseModel):
    """By problem and present rank. `next` is the value of `skip` for the following page, null on the last one."""

    people: list[RejudgingMove]
    next: int | None
