"""GET /metrics: the service's figures for Prometheus.

Who may read them: with JUDGE_METRICS_TOKEN set, whoever sends it as a bearer token. Without, whoever asks from this
machine or a private network, and directly: what a proxy passed on says so in its headers, and is refused.
"""

import hmac
import ipaddress

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.auth import digest_of
from api.backlog import Backlog
from api.errors import ApiError, Kind
from api.services import services

_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
bp = Blueprint("monitoring", __name__)


@bp.get("/metrics")
def metrics() -> Response:
    """All of them; prefer one scrape to several, for some are asked of the database."""
    if not _may_read():
        detail = "Send the token of JUDGE_METRICS_TOKEN, or, where none is set, ask directly from a private network."
        headers = {"WWW-Authenticate": 'Bearer realm="judge"'}
        raise ApiError(Kind.UNAUTHORIZED, detail, headers=headers)
    held = services()
    held.count_held()
    return Response(held.metrics.text(Backlog(held.store, held.board)), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read() -> bool:
    token = services().settings.metrics_token
    if token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            digest_of(given.strip()), digest_of(token.get_secret_value())
        )
    if any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:  # a unix socket has none: only what runs here can open it
        return not request.remote_addr
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_private
