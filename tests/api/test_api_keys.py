"""Keys: made, listed, revoked; what each may do, how long, and who did what to them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_help import Caller, body_for, caller_of, new_database, python, services_of
from flask import Flask

from api.auth import digest_of
from api.keys import CreatedKey, KeyList, ShownKey
from api.store import NewKey, Store

URL = "/api/v1/keys"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def make(caller: Caller, *scopes: str, **changes: object) -> CreatedKey:
    response = caller.post(URL, json={"name": "made", "scopes": list(scopes) or ["read"], **changes})
    assert response.status_code == 201, response.text
    return CreatedKey.model_validate_json(response.data)


def as_key(app: Flask, made: CreatedKey) -> Caller:
    return Caller(app.test_client(), made.key)


def test_a_key_is_shown_once_and_works(app: Flask, caller: Caller) -> None:
    made = make(caller, "submit", "read")
    assert made.ending == made.key[-4:]
    assert as_key(app, made).post("/api/v1/submissions", json=body_for()).status_code == 202
    listed = caller.get(URL)
    assert made.key not in listed.text
    assert digest_of(made.key) not in listed.text
    shown = {key.id: key for key in KeyList.model_validate_json(listed.data).keys}[made.id]
    assert (shown.scopes, shown.expires_at, shown.revoked_at) == (["read", "submit"], None, None)
    assert ShownKey.model_validate_json(caller.get(f"{URL}/{made.id}").data) == shown


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "a\nb", "scopes": ["read"]}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["root"]}, "scopes"),
        ({"name": "a", "scopes": ["worker"]}, "scopes"),
        ({"name": "a", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "a", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"name": "a", "scopes": ["read"], "org_id": 2}, "org_id"),
        ({"name": "a", "scopes": ["read"], "is_admin": True}, "is_admin"),
    ],
)
def test_a_key_that_may_not_be_made(caller: Caller, body: dict[str, object], field: str) -> None:
    response = caller.post(URL, json=body)
    assert (response.status_code, response.json["field"]) == (422, field)
    assert len(caller.get(URL).json["keys"]) == 1


def test_a_key_may_do_what_its_scopes_say_and_no_scope_stands_for_another(app: Flask, caller: Caller) -> None:
    only_admin = as_key(app, make(caller, "admin"))
    response = only_admin.get("/api/v1/submissions")
    assert (response.status_code, response.json["type"]) == (403, "urn:judge:missing-scope")
    assert response.json["accepted"] == ["read"]
    assert "yours has: admin" in response.json["detail"]
    assert only_admin.get(URL).status_code == 200


def test_a_revoked_key_is_refused_like_an_unknown_one(app: Flask, caller: Caller) -> None:
    made = make(caller)
    revoked = as_key(app, made)
    assert revoked.get("/api/v1/problems").status_code == 200
    assert caller.delete(f"{URL}/{made.id}").status_code == 204
    answer = revoked.get("/api/v1/problems")
    assert answer.status_code == 401
    assert answer.data == Caller(app.test_client(), "judge_" + "A" * 43).get("/api/v1/problems").data
    assert caller.delete(f"{URL}/{made.id}").status_code == 204, "revoking twice is no mistake"
    assert caller.get(f"{URL}/{made.id}").json["revoked_at"]
    for unknown in ("0", "999999999", "99999999999999999999", "x", "-1", "\u0661"):
        assert caller.delete(f"{URL}/{unknown}").json["type"] == "urn:judge:unknown-key"


def test_what_was_revoked_elsewhere_is_refused_when_the_cache_is_old(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(caller)
    revoked = as_key(app, made)
    assert revoked.get("/api/v1/problems").status_code == 200
    assert services_of(app).store.keys.revoke(made.id, datetime.now(UTC))
    monkeypatch.setattr("api.auth.time.monotonic", lambda: float("inf"))
    assert revoked.get("/api/v1/problems").status_code == 401


def test_a_key_ends_when_its_time_is_over_also_in_the_cache(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(caller, expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    ending = as_key(app, made)
    assert ending.get("/api/v1/problems").status_code == 200

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz) + timedelta(days=1)

    monkeypatch.setattr("api.auth.datetime", Tomorrow)
    assert ending.get("/api/v1/problems").status_code == 401
    assert caller.get("/api/v1/problems").status_code == 200


def test_the_last_use_is_noted_once_a_minute_by_the_sweeper(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, sweeper = make(caller), services_of(app).sweeper
    written: list[int] = []
    note = services_of(app).store.keys.note_used
    monkeypatch.setattr(services_of(app).store.keys, "note_used", lambda used: (written.extend(used), note(used)))

    def last_used() -> datetime | None:
        return ShownKey.model_validate_json(caller.get(f"{URL}/{made.id}").data).last_used_at

    assert last_used() is None
    as_key(app, made).get("/api/v1/problems")
    assert last_used() is None, "a request does not pay for it"
    sweeper.sweep()
    assert last_used() is not None
    for _ in range(3):
        as_key(app, made).get("/api/v1/problems")
        sweeper.sweep()
    assert written.count(made.id) == 1


def test_a_worker_may_have_a_key_instead_of_the_token(app: Flask, caller: Caller) -> None:
    worker = caller_of(app, "w", scopes=("worker",))
    assert worker.get("/internal/problems").status_code == 200
    assert worker.get("/api/v1/problems").status_code == 403
    assert caller.get("/internal/problems").status_code == 401
    (key,) = services_of(app).store.keys.list(key_id=services_of(app).store.keys.find(digest_of(worker.key)).id)
    services_of(app).store.keys.revoke(key.id, NOW)
    services_of(app).keys.forget(key.id)
    assert worker.get("/internal/problems").status_code == 401


# ---- the audit log -----------------------------------------------------------------------------------------------


def test_who_did_what_is_in_the_log(app: Flask, caller: Caller) -> None:
    made = make(caller, "read", "admin")
    as_key(app, made).delete(f"{URL}/{made.id}")
    page = caller.get("/api/v1/audit").json
    assert [entry["action"] for entry in page["entries"]] == [
        "key.revoked",
        "key.created",
        "key.created",
        "organisation.created",
    ]
    assert page["entries"][0]["key_id"] == made.id
    assert page["entries"][3]["key_id"] is None, "the operator's"
    assert page["entries"][1]["detail"]["scopes"] == ["admin", "read"]
    assert made.key not in str(page)
    assert page["next"] is None


def test_the_log_in_pages(app: Flask, caller: Caller) -> None:
    for _ in range(3):
        make(caller)
    whole = caller.get("/api/v1/audit").json["entries"]
    seen, before = [], ""
    while True:
        page = caller.get(f"/api/v1/audit?limit=2{before}").json
        seen += page["entries"]
        if not page["next"]:
            break
        before = f"&before={page['next']}"
    assert seen == whole
    assert len(seen) == 5


# ---- the store ---------------------------------------------------------------------------------------------------


def test_scopes_expiry_and_revocation_are_kept(store: Store) -> None:
    ends = NOW + timedelta(days=1)
    key_id = store.keys.add(NewKey("k", "a" * 64, "abcd", NOW, "o", ("submit", "worker"), ends))
    assert key_id
    key = store.keys.find("a" * 64)
    assert key
    assert (key.id, key.scopes, key.expires_at, key.submissions_per_day) == (key_id, {"submit", "worker"}, ends, None)
    assert not store.keys.revoke(key_id, NOW, org_id=key.org_id + 1)
    assert store.keys.find("a" * 64) == key
    assert store.keys.revoke(key_id, NOW, org_id=key.org_id)
    assert store.keys.find("a" * 64) is None
    assert store.keys.revoke(key_id, NOW + timedelta(days=2))
    assert [listed.revoked_at for listed in store.keys.list(key.org_id)] == [NOW], "the first time counts"
    assert store.keys.list(key.org_id + 1) == []


def test_last_use_only_moves_forward_and_by_minutes(store: Store) -> None:
    key_id = store.keys.add(NewKey("k", "a" * 64, "abcd", NOW))
    assert key_id
    for after_s, kept_s in ((0, 0), (30, 0), (90, 90), (-500, 90)):
        store.keys.note_used({key_id: NOW + timedelta(seconds=after_s)})
        (key,) = store.keys.list(key_id=key_id)
        assert key.last_used_at == NOW + timedelta(seconds=kept_s)
    store.keys.note_used({})


def test_organisations_and_their_quotas(store: Store) -> None:
    assert store.organisations.add("acme", 5, NOW)
    assert not store.organisations.add("acme", None, NOW)
    store.keys.add(NewKey("k", "a" * 64, "abcd", NOW, "acme"))
    assert store.keys.find("a" * 64).submissions_per_day == 5  # type: ignore[union-attr]
    assert store.organisations.limit("acme", None, NOW)
    assert not store.organisations.limit("other", 1, NOW)
    (acme,) = store.organisations.all()
    assert (acme.name, acme.submissions_per_day) == ("acme", None)
    actions = [entry.action for entry in store.audit.page(acme.id, 10)]
    assert actions == ["organisation.changed", "key.created", "organisation.created"]


# ---- the command line --------------------------------------------------------------------------------------------


def manage(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    done = python("-m", "api.manage", *arguments, env={"JUDGE_DATA_DIR": str(tmp_path)})
    return done.returncode, done.stdout, done.stderr


def test_the_operators_commands(tmp_path: Path) -> None:
    manage(tmp_path, "db", "upgrade")
    assert manage(tmp_path, "create-organisation", "acme", "--submissions-per-day", "9")[0] == 0
    status, _, said = manage(tmp_path, "create-key", "k", "--organisation", "acmee")
    assert status == 2
    assert "Did you mean 'acme'?" in said
    options = ("--organisation", "acme", "--scope", "submit", "--scope", "worker", "--expires")
    assert "time to come" in manage(tmp_path, "create-key", "k", *options, "2020-01-01")[2]
    status, key, _ = manage(tmp_path, "create-key", "k", *options, "2199-01-31")
    assert status == 0
    store = new_database(f"sqlite:///{tmp_path}/judge.sqlite3")
    found = store.keys.find(digest_of(key.strip()))
    assert found
    assert (found.scopes, found.submissions_per_day) == ({"submit", "worker"}, 9)
    assert found.expires_at == datetime(2199, 1, 31, tzinfo=UTC)
    listed = manage(tmp_path, "keys", "--organisation", "acme")[1]
    assert listed.split("\t")[1:5] == [f"…{key.strip()[-4:]}", "acme", "submit worker", "valid until 2199-01-31 00:00"]
    assert manage(tmp_path, "revoke-key", str(found.id))[0] == 0
    assert manage(tmp_path, "revoke-key", "99")[0] == 2
    assert "revoked" in manage(tmp_path, "keys")[1]
    assert store.keys.find(digest_of(key.strip())) is None
    store.close()


def test_who_sees_no_hidden_tests_makes_no_key_that_does(app: Flask) -> None:
    body = {"name": "k", "scopes": ["author"]}
    refused = caller_of(app, "o", scopes=("admin", "read")).post(URL, json=body)
    assert (refused.status_code, refused.json["type"], refused.json["accepted"]) == (
        403, "urn:judge:missing-scope", ["author"],
    )  # fmt: skip
    assert caller_of(app, "o", scopes=("admin", "author")).post(URL, json=body).status_code == 201
