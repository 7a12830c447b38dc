"""What comes in and what goes out, as pydantic models: they check requests, and the OpenAPI document is made of them.

Answers are not validated again on their way out: they are built from checked data, and tests hold them against these
models.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from judge.models import Report, Verdict

MAX_WAIT_S = 60
MAX_IDEMPOTENCY_KEY = 255
_Status = Literal["queued", "running", "judged"]


def _storable(text: str) -> str:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair") from None
    if b"\0" in encoded:
        raise ValueError("holds a NUL")
    return text


# What both databases keep: PostgreSQL takes no NUL.
Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\x00]*$"})]


class Strict(BaseModel):
    """Unknown fields are refused, nothing is converted, and no error quotes what was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


# For the document alone: intake.py says better what is wrong with a source.
_SOURCE: JsonDict = {"minLength": 1, "pattern": r"^[^\x00]*[^\s\x00\x1c-\x1f\x85][^\x00]*$"}
_SUBMISSION_ID = "^[0-9a-f]{32}$"


class Solution(Strict):
    """A program for a problem."""

    problem: str = Field(description="slug of a problem, as GET /api/v1/problems lists them")
    language: str = Field(description="id of a language, such as 'python'")
    source: str = Field(
        description="the program's text: not empty, no NUL, at most 65536 bytes of UTF-8", json_schema_extra=_SOURCE
    )


class SubmissionRequest(Solution):
    """A solution to be judged."""

    person: Text | None = Field(
        None, min_length=1, max_length=200, description="your own name for who wrote it; standings are by person"
    )


class RunRequest(Solution):
    """A solution to be tried on the samples, or on one input of your own."""

    input: Any = Field(
        None,
        description="in the form of a sample's input: a JSON array, or a program's text; at most 65536 bytes",
    )


class QueryModel(BaseModel):
    """Query parameters come as text, so these are converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WaitQuery(QueryModel):
    wait: float = Field(0, ge=0, le=MAX_WAIT_S, allow_inf_nan=False, description="seconds to wait, from 0 to 60")


class RunQuery(QueryModel):
    wait: float = Field(10, ge=0, le=MAX_WAIT_S, allow_inf_nan=False, description="seconds to wait, from 0 to 60")


class IdempotencyHeader(BaseModel):
    key: str | None = Field(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_IDEMPOTENCY_KEY,
        pattern="^[ -~]+$",
        description="your own name for this request, by which it is known when it is sent again",
    )


class IfNoneMatchHeader(BaseModel):
    etag: str | None = Field(None, alias="If-None-Match", description="the ETag of the board that you have")


class PageQuery(QueryModel):
    limit: int = Field(20, ge=1, le=100, description="number of submissions, from 1 to 100")
    before: str | None = Field(
        None, pattern=_SUBMISSION_ID, description="id of one of your submissions; the page begins after it"
    )


class SubmissionSummary(BaseModel):
    """A submission without its report. Figures are those of the slowest case, rounded (10 ms, 1 MiB)."""

    id: str
    problem: str
    language: str
    person: str | None
    status: _Status
    created_at: datetime
    judged_at: datetime | None
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    cpu_time_s: float | None
    wall_time_s: float | None
    peak_memory_kib: int | None
    cases_passed: int | None
    cases_total: int | None


class Waiting(BaseModel):
    """Where a submission stands in the queue, and about how long it still takes."""

    place: int = Field(description="1 is next; a newcomer whose turn it is may come ahead")
    estimate_s: float | None = Field(
        description="seconds until the verdict, by how long judgings lately took; null: unknown"
    )
    reason: Literal["no_worker", "no_worker_for_language"] | None = Field(description="why nobody can take it now")
    last_worker_s: float | None = Field(description="for no_worker: how long ago one was heard of; null: over an hour")


class Submission(SubmissionSummary):
    """A submission. Cases outside the group 'sample' show their number, verdict, rounded time and memory only."""

    report: Report | None
    waiting: Waiting | None = Field(description="of one that is queued, when it is asked for by its id")


class Record(BaseModel):
    """What a verdict rests on, whole: the hidden cases too. `source` is null when it is not kept any more."""

    id: str
    problem: str
    language: str
    source: str | None
    judging: str
    package: str = Field(description="hash of the package it was judged with")
    report: Report


class SubmissionPage(BaseModel):
    """Newest first. `next` is the value of `before` for the following page, null on the last one."""

    submissions: list[SubmissionSummary]
    next: str | None


class LeaderboardQuery(QueryModel):
    limit: int = Field(20, ge=1, le=100, description="number of people, from 1 to 100")
    after: str | None = Field(
        None, min_length=1, max_length=200, description="a person on the board; the page begins after them"
    )
    around: str | None = Field(
        None, min_length=1, max_length=200, description="a person on the board, who is in the page's middle"
    )


class Standing(BaseModel):
    """A person's best submission. Of a problem without scores the score is 1 for AC and otherwise 0."""

    rank: int = Field(description="from 1; shared by nobody: equal ones are in the order of submission")
    person: str
    submission: str = Field(description="id of the submission")
    verdict: Verdict
    score: float
    max_score: float | None
    cpu_time_s: float
    submitted_at: datetime


class Leaderboard(BaseModel):
    """`version` grows whenever something changes. `next` is the value of `after` for the following page."""

    problem: str
    version: int
    standings: list[Standing]
    next: str | None


class Run(BaseModel):
    """A run on the samples or on an own input. It is kept for five minutes."""

    id: str
    status: _Status
    report: Report | None


class ProblemSummary(BaseModel):
    slug: str
    title: str
    languages: list[str]
    keywords: list[str]


class Sample(BaseModel):
    """`input` and `output` are JSON texts, or what a whole program reads and prints."""

    name: str
    input: str
    output: str
    interaction: str | None = Field(None, description="shown instead, where a program talks to the judge")


class ProblemLimits(BaseModel):
    memory_mib: int
    output_mib: int


class Problem(BaseModel):
    slug: str
    title: str
    statement: str = Field(description="Markdown, or LaTeX in packages from elsewhere")
    signature: str | None = Field(description="Python stubs of what a solution must offer; null: a whole program")
    languages: list[str]
    samples: list[Sample]
    limits: ProblemLimits
    package: str = Field(description="hash of the problem package")


class FieldError(BaseModel):
    field: str
    message: str


class ProblemDetails(BaseModel):
    """An error, as RFC 9457 describes it. `type` is stable; `detail` is for people."""

    type: str = Field(description="such as 'urn:judge:unknown-problem'")
    title: str
    status: int
    detail: str
    field: str | None = Field(None, description="the field at fault")
    accepted: list[str] | None = Field(None, description="what would be accepted")
    errors: list[FieldError] | None = Field(None, description="every field at fault")


class Health(BaseModel):
    status: Literal["ok"]


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    database: bool
    redis: bool
    migrated: bool | None = Field(description="whether the database has the tables of this version; null: not known")
    workers: int | None = Field(description="worker processes heard of lately; null: not known")


class Index(BaseModel):
    name: str
    version: str
    links: dict[str, str]
