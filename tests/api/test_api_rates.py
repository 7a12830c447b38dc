"""Rate limits and quotas: who is held back, until when, and who never is."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from api_help import Caller, RedisServer, body_for, caller_of, services_of
from flask import Flask
from sqlalchemy import insert, text
from werkzeug.test import TestResponse

from api.errors import SettingsError
from api.settings import Settings
from api.store import NewKey, NewSubmission, QuotaUsed, Replayed, Store
from api.store.submissions import _SENT
from api.store.tables import SubmissionRow

SUBMISSIONS, PROBLEMS = "/api/v1/submissions", "/api/v1/problems"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WRONG = f"judge_{'A' * 43}"


@pytest.fixture
def limited(make_app: Callable[[Settings], Flask], settings: Settings) -> Callable[..., Flask]:
    return lambda **changes: make_app(Settings.model_validate(settings.model_dump() | changes))


def statuses(ask: Callable[[], TestResponse], times: int) -> list[int]:
    return [ask().status_code for _ in range(times)]


def test_a_key_gets_so_many_submissions_and_then_429(limited: Callable[..., Flask]) -> None:
    app = limited(rate_submits="3/hour")
    caller = caller_of(app)
    assert statuses(lambda: caller.post(SUBMISSIONS, json=body_for()), 5) == [202, 202, 202, 429, 429]
    assert len(caller.get(SUBMISSIONS).json["submissions"]) == 3
    refused = caller.post(SUBMISSIONS, json=body_for())
    assert refused.content_type == "application/problem+json"
    assert refused.json["type"] == "urn:judge:too-many-requests"
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert caller_of(app, "another").post(SUBMISSIONS, json=body_for()).status_code == 202
    assert caller.get(PROBLEMS).status_code == 200, "other kinds of request have limits of their own"
    assert caller.post("/api/v1/runs?wait=0", json=body_for()).status_code == 202


def test_what_is_left_is_told_in_the_standard_headers(limited: Callable[..., Flask]) -> None:
    caller = caller_of(limited(rate_reads="5/hour"))
    for left in (4, 3):
        headers = caller.get(PROBLEMS).headers
        assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("5", str(left))
        assert headers["RateLimit-Policy"] == '"reads";q=5;w=3600'
        assert headers["RateLimit"] == f'"reads";r={left};t={headers["RateLimit-Reset"]}'
        assert 3500 < int(headers["RateLimit-Reset"]) <= 3600
        assert "Retry-After" not in headers
    assert "RateLimit" not in caller.post(SUBMISSIONS, json=body_for()).headers


def test_the_window_moves(limited: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    caller, now = caller_of(limited(rate_reads="2/minute")), 1_000_000.0
    monkeypatch.setattr("api.rates.time.time", lambda: now)
    seen = []
    for after_s in (0, 50, 55, 61, 62, 111):
        now = 1_000_000.0 + after_s
        seen.append(caller.get(PROBLEMS).status_code)
    assert seen == [200, 200, 429, 200, 429, 200], "a full minute after each that was taken, not at the minute's turn"


def test_the_strictest_of_several_windows_counts(limited: Callable[..., Flask]) -> None:
    caller = caller_of(limited(rate_reads="100/hour; 2/day"))
    assert statuses(lambda: caller.get(PROBLEMS), 3) == [200, 200, 429]
    assert caller.get(PROBLEMS).headers["RateLimit-Limit"] == "2"


def test_an_address_is_limited_whatever_its_keys(limited: Callable[..., Flask]) -> None:
    app = limited(rate_address="2/hour", proxies=1)

    def ask(name: str, address: str) -> int:
        headers = {**caller_of(app, name).headers, "X-Forwarded-For": address}
        return app.test_client().get(PROBLEMS, headers=headers).status_code

    assert [ask(name, "192.0.2.1") for name in "abc"] == [200, 200, 429]
    assert ask("d", "192.0.2.2") == 200
    assert ask("e", "192.0.2.1, 192.0.2.9") == 200, "only what the proxy itself has added is believed"
    assert [ask(name, f"2001:db8::{name}") for name in "abc"] == [200, 200, 429], "a /64 is one client's"


def test_without_a_proxy_nobody_names_his_own_address(limited: Callable[..., Flask]) -> None:
    app = limited(rate_address="1/hour")
    caller = caller_of(app)
    seen = [
        app.test_client().get(PROBLEMS, headers={**caller.headers, "X-Forwarded-For": address}).status_code
        for address in ("192.0.2.1", "192.0.2.2")
    ]
    assert seen == [200, 429]


def test_wrong_keys_get_the_same_401_and_then_429(limited: Callable[..., Flask]) -> None:
    app = limited(rate_wrong_keys="4/hour")
    known, new, found = caller_of(app), caller_of(app, "new"), []
    assert known.get(PROBLEMS).status_code == 200
    for number in range(6):
        digits = f"{number}" * 43
        found.append(Caller(app.test_client(), f"judge_{digits}").get(PROBLEMS))
    assert [answer.status_code for answer in found] == [401] * 4 + [429] * 2
    assert len({answer.data for answer in found[:4]}) == len({answer.data for answer in found[4:]}) == 1
    assert int(found[5].headers["Retry-After"]) > 0
    assert known.get(PROBLEMS).status_code == 200, "who was known before is not locked out by a neighbour"
    assert new.get(PROBLEMS).status_code == 429, "a right guess looks like a wrong one"
    assert new.http.get(PROBLEMS).status_code == 401, "no key is no guess"
    assert Caller(app.test_client(), WRONG).get("/internal/problems").status_code == 429
    for path in ("/healthz", "/readyz"):
        assert new.http.get(path).status_code == 200


def test_workers_have_no_limits(limited: Callable[..., Flask], worker: Caller) -> None:
    app = limited(rate_submits="1/hour", rate_reads="1/hour", rate_runs="1/hour", rate_address="1/hour")
    one = Caller(app.test_client(), worker.key)
    assert statuses(lambda: one.post("/internal/claims?worker=w&languages=python"), 3) == [204] * 3
    assert statuses(lambda: app.test_client().get("/healthz"), 3) == [200] * 3


def test_without_redis_all_are_let_through_and_it_is_said_once(
    limited: Callable[..., Flask], own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    app = limited(rate_reads="2/hour", redis_url=own_redis.url)
    caller = caller_of(app)
    assert statuses(lambda: caller.get(PROBLEMS), 3) == [200, 200, 429]
    own_redis.stop()
    assert statuses(lambda: caller.get(PROBLEMS), 5) == [200] * 5
    services_of(app).rates._away_until = 0.0
    assert statuses(lambda: caller.get(PROBLEMS), 5) == [200] * 5
    assert len([record for record in caplog.records if record.name == "api.rates"]) == 1
    own_redis.start()
    services_of(app).rates._away_until = 0.0
    assert statuses(lambda: caller.get(PROBLEMS), 3) == [200, 200, 429]


def test_many_at_once_get_no_more(limited: Callable[..., Flask]) -> None:
    app = limited(rate_reads="10/hour")
    caller = caller_of(app)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Caller(app.test_client(), caller.key).get(PROBLEMS), range(30)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 20


def test_no_limit_unless_set_but_for_wrong_keys(app: Flask, caller: Caller) -> None:
    assert statuses(lambda: caller.get(PROBLEMS), 30) == [200] * 30
    assert "RateLimit" not in caller.get(PROBLEMS).headers
    assert statuses(lambda: Caller(app.test_client(), WRONG).get(PROBLEMS), 101)[-2:] == [401, 429]


@pytest.mark.parametrize("rate", ["60", "many/minute", "0/minute", "60/fortnight"])
def test_a_rate_that_is_none_is_refused(settings: Settings, rate: str) -> None:
    environ = {"JUDGE_REDIS_URL": settings.redis_url, "JUDGE_WORKER_TOKEN": "x" * 16, "JUDGE_RATE_SUBMITS": rate}
    with pytest.raises(SettingsError, match="JUDGE_RATE_SUBMITS: must be such as 60/minute"):
        Settings.from_environment(environ)


# ---- quotas ------------------------------------------------------------------------------------------------------


def test_a_quota_is_for_the_organisation_and_says_when_it_ends(app: Flask) -> None:
    services_of(app).store.organisations.add("acme", 2, datetime.now(UTC))
    one, two = caller_of(app, "one", "acme"), caller_of(app, "two", "acme")
    keyed = {**one.headers, "Idempotency-Key": "k"}
    assert one.http.post(SUBMISSIONS, json=body_for(), headers=keyed).status_code == 202
    assert two.post(SUBMISSIONS, json=body_for()).status_code == 202
    refused = one.post(SUBMISSIONS, json=body_for())
    assert (refused.status_code, refused.json["type"]) == (429, "urn:judge:quota-exceeded")
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert "the next from 20" in refused.json["detail"]
    assert one.http.post(SUBMISSIONS, json=body_for(), headers=keyed).status_code == 202, "a replay is not a new one"
    assert len(one.get(SUBMISSIONS).json["submissions"]) == 2
    assert one.post("/api/v1/runs?wait=0", json=body_for()).status_code == 202
    assert caller_of(app, "other").post(SUBMISSIONS, json=body_for()).status_code == 202


def submission(store: Store, at: datetime, **changes: object) -> NewSubmission:
    if store.keys.find("a" * 64) is None:
        store.keys.add(NewKey("k", "a" * 64, "abcd", at))
    key = store.keys.find("a" * 64)
    assert key
    return NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "x", at, **changes)  # type: ignore[arg-type]


def test_the_day_of_a_quota_begins_at_midnight_utc(store: Store) -> None:
    store.submissions.add(submission(store, NOW - timedelta(days=1)), 2)
    store.submissions.add(submission(store, NOW, idempotency_key="k", body_sha256="b" * 64), 2)
    store.submissions.add(submission(store, NOW), 2)
    with pytest.raises(QuotaUsed) as caught:
        store.submissions.add(submission(store, NOW), 2)
    assert caught.value.until == datetime(2026, 1, 3, tzinfo=UTC)
    with pytest.raises(Replayed):
        store.submissions.add(submission(store, NOW, idempotency_key="k", body_sha256="b" * 64), 2)
    store.submissions.add(submission(store, caught.value.until), 2)
    assert store.judgings.waiting() == {"python": 4}, "what is refused leaves nothing"
    with pytest.raises(QuotaUsed):
        store.submissions.add(submission(store, NOW + timedelta(days=9)), 0)


def test_a_quota_holds_when_many_come_at_once(store: Store) -> None:
    submission(store, NOW)

    def taken(_: int) -> bool:
        try:
            store.submissions.add(submission(store, NOW), 5)
        except QuotaUsed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(taken, range(20))) == 5


def test_a_quota_is_counted_from_an_index(store: Store) -> None:
    one = submission(store, NOW)
    values = {name: getattr(one, name) for name in NewSubmission.__slots__} | {"status": "judged"}
    moments = [NOW - timedelta(hours=n) for n in range(3000)]
    rows = [{**values, "id": f"{n:032x}", "created_at": at} for n, at in enumerate(moments)]
    asked = _SENT.params(org_id=one.org_id, since=NOW - timedelta(days=1), most=5)
    statement = asked.compile(store.database.engine, compile_kwargs={"literal_binds": True})
    with store.database.writing() as connection:
        connection.execute(insert(SubmissionRow), rows)
        connection.execute(text("ANALYZE"))
        explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{explain} {statement}").all()
    assert "submissions_by_org" in str(plan)
