"""What live events are shown as in the document, as schemas.py has it for the rest."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from api.schemas import SubmissionSummary


class LastEventHeader(BaseModel):
    id: str | None = Field(None, alias="Last-Event-ID", description="the id of the last event that you have")


class _AsText:
    """What the data of an event is, in the document: JSON in one line."""

    @staticmethod
    def __get_pydantic_json_schema__(core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "contentMediaType": "application/json", "contentSchema": handler(core)}


class SubmissionEvent(BaseModel):
    """One of the Server-Sent Events; its data is JSON in one line."""

    id: str
    event: Literal["submission"]
    data: Annotated[SubmissionSummary, _AsText]


class BoardVersion(BaseModel):
    version: int


class LeaderboardEvent(BaseModel):
    """One of the Server-Sent Events; its data is JSON in one line."""

    id: str
    event: Literal["leaderboard"]
    data: Annotated[BoardVersion, _AsText]
