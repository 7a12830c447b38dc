"""Webhooks: made, listed, tested, deleted by an organisation; the log of what was sent to them.

A URL is checked when it is given and again, with the addresses of that moment, before each delivery (targets.py).
"""

import base64
import re
import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, g

from api.announcing import trial
from api.auth import require_scope
from api.errors import ApiError, Kind
from api.intake import number_in, read_json, read_query
from api.openapi import described
from api.services import services
from api.store.outbox import StoredMessage
from api.store.webhooks import MOST_PER_ORGANISATION, Change, NewWebhook, StoredWebhook
from api.targets import BadTarget
from api.views import encode
from api.webhook_schemas import Message, MessagePage, MessageQuery, Webhook, WebhookList, WebhookRequest
from api.webhook_schemas import NewWebhook as ShownOnce

bp = Blueprint("webhooks", __name__, url_prefix="/api/v1/webhooks")
bp.before_request(require_scope("admin"))

_SECRET_BYTES = 32
_is_message_id = re.compile(r"[1-9][0-9]{0,17}").fullmatch


@bp.post("")
@described(tag="webhooks", body=WebhookRequest, answers={201: ShownOnce}, refusals=(400, 409, 411, 413, 415))
def create() -> Response:
    """Have events sent to a URL. The secret that signs them is shown this once."""
    wanted = read_json(WebhookRequest)
    _check(wanted.url)
    secret, at = _new_secret(), datetime.now(UTC)
    new = NewWebhook(g.key.org_id, g.key.id, wanted.url, list(dict.fromkeys(wanted.events)), secret, at)
    webhook = services().store.webhooks.add(new)
    if webhook is None:
        detail = f"An organisation has at most {MOST_PER_ORGANISATION}: delete one first."
        raise ApiError(Kind.TOO_MANY_WEBHOOKS, detail)
    return _json({**asdict(webhook), "secret": secret}, 201, {"Location": f"{bp.url_prefix}/{webhook.id}"})


@bp.get("")
@described(tag="webhooks", answers={200: WebhookList})
def list_own() -> Response:
    """Your organisation's webhooks."""
    return _json({"webhooks": [asdict(one) for one in services().store.webhooks.of(g.key.org_id)]})


@bp.get("/<webhook_id>")
@described(tag="webhooks", answers={200: Webhook}, refusals=(404,))
def show(webhook_id: str) -> Response:
    """One webhook."""
    return _json(asdict(_own(webhook_id)))


@bp.delete("/<webhook_id>")
@described(tag="webhooks", answers={204: None}, refusals=(404,))
def delete(webhook_id: str) -> Response:
    """Send nothing there any more, not even what is owed."""
    services().store.webhooks.delete(_change(webhook_id))
    return Response(status=204)


@bp.post("/<webhook_id>/secret")
@described(tag="webhooks", answers={200: ShownOnce}, refusals=(404,))
def rotate(webhook_id: str) -> Response:
    """Change the secret. For 24 hours the earlier one signs too: every message then carries two signatures."""
    webhook, secret = _own(webhook_id), _new_secret()
    services().store.webhooks.rotate(_change(webhook_id), secret)
    return _json({**asdict(webhook), "secret": secret})


@bp.post("/<webhook_id>/enable")
@described(tag="webhooks", answers={200: Webhook}, refusals=(404,))
def enable(webhook_id: str) -> Response:
    """Send again to a webhook that was disabled by its answer 410. What it missed can be sent again one by one."""
    services().store.webhooks.enable(_change(webhook_id))
    return _json(asdict(_own(webhook_id)))


@bp.post("/<webhook_id>/test")
@described(tag="webhooks", answers={202: Message}, refusals=(404, 409))
def send_test(webhook_id: str) -> Response:
    """Send an event 'webhook.test' there. What came of it is in the log of deliveries."""
    message = services().store.outbox.tell_one(_active(webhook_id).id, g.key.org_id, trial())
    if message is None:
        raise _disabled()
    services().courier.wake()
    return _json(_shown(message), 202)


@bp.get("/<webhook_id>/deliveries")
@described(tag="webhooks", query=MessageQuery, answers={200: MessagePage}, refusals=(404,))
def deliveries(webhook_id: str) -> Response:
    """The log: each message with its tries, newest first. `state=dead` lists those that were given up."""
    query = read_query(MessageQuery)
    found = services().store.outbox.page(_own(webhook_id).id, query.state, query.before, query.limit + 1)
    shown = found[: query.limit]
    following = shown[-1].id if len(found) > query.limit else None
    return _json({"messages": [_shown(message) for message in shown], "next": following})


@bp.post("/<webhook_id>/messages/<message_id>/resend")
@described(tag="webhooks", answers={202: Message}, refusals=(404, 409))
def resend(webhook_id: str, message_id: str) -> Response:
    """Send a message now, under the same `webhook-id`, and try again for a day."""
    webhook, outbox = _active(webhook_id), services().store.outbox
    if not _is_message_id(message_id) or outbox.get(int(message_id), webhook.id) is None:
        raise ApiError(Kind.UNKNOWN_MESSAGE, "This webhook has no message with this id.")
    if not outbox.resend(int(message_id), webhook.id, datetime.now(UTC)):
        raise ApiError(Kind.BEING_SENT, "Look at the log of deliveries in a moment.")
    services().courier.wake()
    message = outbox.get(int(message_id), webhook.id)
    assert message, "messages are forgotten only when they are old"
    return _json(_shown(message), 202)


def _own(webhook_id: str) -> StoredWebhook:
    number = number_in(webhook_id)
    found = services().store.webhooks.get(number, g.key.org_id) if number else None
    if found is None:
        raise ApiError(Kind.UNKNOWN_WEBHOOK, "Your organisation has no webhook with this id.")
    return found


def _change(webhook_id: str) -> Change:
    return Change(_own(webhook_id).id, g.key.org_id, g.key.id, datetime.now(UTC))


def _active(webhook_id: str) -> StoredWebhook:
    webhook = _own(webhook_id)
    if webhook.disabled_at is not None:
        raise _disabled()
    return webhook


def _disabled() -> ApiError:
    return ApiError(Kind.WEBHOOK_DISABLED, "It answered 410, so nothing is sent there. POST to its 'enable' first.")


def _check(url: str) -> None:
    targets = services().targets
    try:
        targets.addresses(targets.parse(url))
    except BadTarget as exc:
        accepted = ["an https:// URL on a public host"]
        raise ApiError(Kind.INVALID_FIELD, f"url: {exc}.", field="url", accepted=accepted) from None


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _shown(message: StoredMessage) -> dict[str, Any]:
    shown = {**asdict(message), "payload": msgspec.Raw(message.payload.encode())}
    for tried in shown["tries"]:
        tried["duration_s"] = round(tried["duration_s"], 3)
    return shown


def _json(view: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(view), status, headers, mimetype="application/json")
