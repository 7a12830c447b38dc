"""What comes in and goes out about webhooks, as schemas.py has it for the rest."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas import QueryModel, Strict

EventType = Literal["submission.judged", "rejudging.applied"]
_State = Literal["pending", "sending", "delivered", "dead"]


class WebhookRequest(Strict):
    """Where to tell what."""

    url: str = Field(description="an https:// URL on a public host")
    events: list[EventType] = Field(min_length=1, description="'submission.judged', 'rejudging.applied'")


class MessageQuery(QueryModel):
    limit: int = Field(20, ge=1, le=100, description="number of messages, from 1 to 100")
    before: int | None = Field(None, ge=1, le=10**18, description="id of a message; the page begins after it")
    state: _State | None = Field(None, description="'pending', 'sending', 'delivered' or 'dead'")


class Webhook(BaseModel):
    """`disabled_at`: since then it is sent nothing, because it answered 410."""

    id: int
    url: str
    events: list[EventType]
    created_at: datetime
    disabled_at: datetime | None


class NewWebhook(Webhook):
    """`secret` signs its messages. It is shown this once."""

    secret: str


class WebhookList(BaseModel):
    webhooks: list[Webhook]


class Try(BaseModel):
    """`status` is that of the answer, if there was one; `error` is null if the message was delivered."""

    at: datetime
    duration_s: float
    status: int | None
    error: str | None


class Message(BaseModel):
    """`event_id` is what the receiver sees as `webhook-id`; `due_at` is when it will be tried (again), if ever."""

    id: int
    event: str
    event_id: str
    state: _State
    created_at: datetime
    due_at: datetime | None
    payload: dict[str, Any]
    tries: list[Try]


class MessagePage(BaseModel):
    """Newest first. `next` is the value of `before` for the following page, null on the last one."""

    messages: list[Message]
    next: int | None
