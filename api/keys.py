"""API keys, managed by those of an organisation's keys that may: made, listed, revoked. Never shown but once.

Nobody gives more than an organisation has: a worker names the verdicts of all organisations, so keys with that scope
come from the operator's command line only.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, Response, g
from pydantic import AwareDatetime, BaseModel, Field, field_validator

from api.auth import digest_of, new_key, require_scope
from api.errors import ApiError, Kind
from api.intake import number_in, read_json
from api.openapi import described
from api.schemas import Strict
from api.services import services
from api.store import NewKey
from api.store.keys import ALL_SCOPES, AUTHOR
from api.views import encode

bp = Blueprint("keys", __name__, url_prefix="/api/v1/keys")
bp.before_request(require_scope("admin"))


# For the document alone, as far as its reader and Python know the same characters.
_PRINTABLE = r"^ *[^\p{C}\p{Z}]([^\p{C}\p{Z}]| )*$"


class KeyRequest(Strict):
    """A key to be made, in your own organisation."""

    name: str = Field(
        min_length=1,
        max_length=200,
        description="what you will know it by, 1 to 200 printable characters",
        json_schema_extra={"pattern": _PRINTABLE},
    )
    scopes: list[Annotated[str, Field(json_schema_extra={"enum": [*ALL_SCOPES]})]] = Field(
        min_length=1, max_length=10, description=f"some of {', '.join(ALL_SCOPES)}"
    )
    expires_at: AwareDatetime | None = Field(
        None, strict=False, description="a time to come, such as '2027-01-31T00:00:00Z'; without, it does not expire"
    )

    @field_validator("scopes")
    @classmethod
    def _known(cls, scopes: list[str]) -> list[str]:
        if not set(scopes) <= set(ALL_SCOPES):
            raise ValueError(f"must be some of {', '.join(ALL_SCOPES)}")
        return sorted(set(scopes))

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if not name.strip() or not name.isprintable():
            raise ValueError("must be printable text")
        return name

    @field_validator("expires_at")
    @classmethod
    def _to_come(cls, at: datetime | None) -> datetime | None:
        if at and at <= datetime.now(UTC):
            raise ValueError("must be a time to come")
        return at


class ShownKey(BaseModel):
    """A key without itself. `last_used_at` is known to a minute or two."""

    id: int
    name: str
    ending: str = Field(description="the key's last four characters")
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class CreatedKey(ShownKey):
    """The only time that the key itself is shown."""

    key: str


class KeyList(BaseModel):
    keys: list[ShownKey]


@bp.post("")
@described(tag="keys", body=KeyRequest, answers={201: CreatedKey}, refusals=(400, 411, 413, 415))
def create() -> Response:
    """Make a key. It is shown in this answer and never again. Only a key with the scope author can give that on."""
    wanted, key = read_json(KeyRequest), new_key()
    if AUTHOR in wanted.scopes and AUTHOR not in g.key.scopes:
        detail = "An author sees hidden tests: the scope is given by those who have it, or by whoever runs the judge."
        raise ApiError(Kind.MISSING_SCOPE, detail, field="scopes", accepted=[AUTHOR])
    new = NewKey(
        name=wanted.name,
        sha256=digest_of(key),
        ending=key[-4:],
        created_at=datetime.now(UTC),
        organisation=g.key.org_id,
        scopes=tuple(wanted.scopes),
        expires_at=wanted.expires_at,
        by=g.key.id,
    )
    key_id = services().store.keys.add(new)
    (shown,) = _shown(key_id)
    headers = {"Location": f"{bp.url_prefix}/{key_id}", "Cache-Control": "no-store"}
    return Response(encode({**shown, "key": key}), 201, headers, mimetype="application/json")


@bp.get("")
@described(tag="keys", answers={200: KeyList})
def list_own() -> Response:
    """Your organisation's keys, the oldest first, also those that are revoked or have expired."""
    return Response(encode({"keys": _shown()}), mimetype="application/json")


@bp.get("/<key_id>")
@described(tag="keys", answers={200: ShownKey}, refusals=(404,))
def show(key_id: str) -> Response:
    """One of your organisation's keys."""
    number = number_in(key_id)
    for shown in _shown(number) if number else ():
        return Response(encode(shown), mimetype="application/json")
    raise _unknown()


@bp.delete("/<key_id>")
@described(tag="keys", answers={204: None}, refusals=(404,))
def revoke(key_id: str) -> Response:
    """Revoke a key, for good. It is refused within five seconds everywhere."""
    number, held = number_in(key_id), services()
    if not number or not held.store.keys.revoke(number, datetime.now(UTC), org_id=g.key.org_id, by=g.key.id):
        raise _unknown()
    held.keys.forget(number)
    return Response(status=204)


def _shown(key_id: int | None = None) -> list[dict[str, object]]:
    listed = services().store.keys.list(g.key.org_id, key_id)
    return [{name: value for name, value in asdict(key).items() if name != "organisation"} for key in listed]


def _unknown() -> ApiError:
    return ApiError(Kind.UNKNOWN_KEY, "Your organisation has no key with this id.")
