"""Standings: what is kept is what the submissions say, whatever came in whatever order. On both databases."""

import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, report_for
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.store import Key, NewKey, NewSubmission, Store
from api.store.rejudging_choice import Choice
from api.store.rejudgings import NewRejudging
from api.store.standings import Place, kept, recomputed
from judge.models import Report, Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_moments = itertools.count()
BOARD = "/api/v1/problems/add-two/leaderboard"


@pytest.fixture
def key(store: Store) -> Key:
    store.keys.add(NewKey("somebody", "a" * 64, "abcd", NOW))
    found = store.keys.find("a" * 64)
    assert found
    return found


def judged(store: Store, key: Key, person: str | None, report: Report, problem: str = "p") -> str:
    at = NOW + timedelta(milliseconds=next(_moments))
    new = NewSubmission(uuid.uuid4().hex, key.org_id, key.id, problem, "hash", "python", "x = 1", at, person)
    store.submissions.add(new)
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim
    assert store.judgings.finish(claim.id, report, NOW)
    return new.id


def found(verdict: str, cpu_time_s: float = 0.1, score: float | None = None) -> Report:
    return Report(verdict=Verdict(verdict), cpu_time_s=cpu_time_s, score=score)


def order(store: Store, key: Key) -> list[str]:
    lines = store.standings.page(key.org_id, "p", 100, None) or []
    assert [line.rank for line in lines] == list(range(1, len(lines) + 1))
    with store.database.reading() as connection:
        assert kept(connection, key.org_id, "p") == recomputed(connection, key.org_id, "p")
    return [line.person for line in lines]


def test_score_then_time_as_it_is_shown_then_who_was_first(store: Store, key: Key) -> None:
    judged(store, key, "wrong", found("WA", 0.01))
    judged(store, key, "slow", found("AC", 0.5))
    judged(store, key, "first", found("AC", 0.104))
    judged(store, key, "second", found("AC", 0.096))
    judged(store, key, "broken judge", found("JE"))
    judged(store, key, None, found("AC"))
    assert order(store, key) == ["first", "second", "slow", "wrong"]
    judged(store, key, "partly", found("WA", 0.1, 60.0))
    assert order(store, key)[0] == "partly"
    assert order(store, key).index("partly") == 0


def test_the_best_submission_counts_and_the_version_grows_with_the_standings_only(store: Store, key: Key) -> None:
    versions = []
    for report in (found("WA"), found("AC", 0.3), found("AC", 0.4), found("AC", 0.2), found("JE"), found("AC", 0.2)):
        judged(store, key, "zoë", report)
        versions.append(store.standings.version(key.org_id, "p"))
    assert versions == [1, 2, 2, 3, 3, 3]
    (line,) = store.standings.page(key.org_id, "p", 10, None) or []
    assert (line.rank, line.verdict, line.score, line.cpu_time_s) == (1, "AC", 1.0, 0.2)


def test_pages_and_places(store: Store, key: Key) -> None:
    people = [f"person {n}" for n in range(9)]
    for n, person in enumerate(people):
        judged(store, key, person, found("AC", 0.1 * n))
        judged(store, key, person, found("AC", 0.1 * n), problem="another")
    seen: list[str] = []
    after = None
    while lines := store.standings.page(key.org_id, "p", 4, after):
        assert [line.rank for line in lines] == list(range(len(seen) + 1, len(seen) + len(lines) + 1))
        seen += [line.person for line in lines]
        after = seen[-1]
    assert seen == people

    def around(person: str, limit: int) -> list[tuple[int, str]]:
        return [(line.rank, line.person) for line in store.standings.around(key.org_id, "p", limit, person) or []]

    ranked = list(enumerate(people, 1))
    assert around("person 4", 3) == ranked[3:6]
    assert around("person 4", 1) == ranked[4:5]
    assert around("person 0", 5) == ranked[:5]
    assert around("person 8", 5) == ranked[6:]
    assert store.standings.around(key.org_id, "p", 5, "nobody") is None
    assert store.standings.page(key.org_id, "p", 5, "nobody") is None
    assert store.standings.page(key.org_id + 1, "p", 5, None) == []


def test_many_verdicts_of_one_person_at_once(store: Store, key: Key) -> None:
    times = [n / 100 for n in range(24)]
    for _ in times:
        at = NOW + timedelta(milliseconds=next(_moments))
        store.submissions.add(
            NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "x = 1", at, "zoë")
        )
    claims = [store.judgings.claim("w", ["python"], NOW) for _ in times]

    def finish(number: int) -> None:
        claim = claims[number]
        assert claim
        store.judgings.finish(claim.id, found("AC", times[number]), NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(finish, reversed(range(24))))
    assert order(store, key) == ["zoë"]
    (line,) = store.standings.page(key.org_id, "p", 10, None) or []
    assert line.cpu_time_s == 0.0


def test_verdicts_that_come_while_a_rejudging_is_applied_are_neither_lost_nor_wrong(store: Store, key: Key) -> None:
    people = ["zoë", "yan", "xeno"]
    for person in people:
        judged(store, key, person, found("AC", 0.1))
    rejudging = NewRejudging(key.org_id, key.id, "why", Choice(problem="p"), None, NOW + timedelta(days=1))
    rejudging_id = store.rejudgings.create(rejudging)
    while claim := store.judgings.claim("w", ["python"], NOW):
        store.judgings.finish(claim.id, found("WA", 0.9), NOW)
    for number in range(30):
        at = NOW + timedelta(milliseconds=next(_moments))
        person = people[number % 3]
        store.submissions.add(
            NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "x = 1", at, person)
        )
    claims = [claim for claim in iter(lambda: store.judgings.claim("w", ["python"], NOW), None) if claim]

    def act(number: int) -> None:
        if number == 10:
            store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW)
        else:
            store.judgings.finish(claims.pop().id, found("AC", 0.2 + number / 100), NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(31)))
    assert sorted(order(store, key)) == sorted(people)
    assert all(line.verdict == "AC" for line in store.standings.page(key.org_id, "p", 9, None) or [])


def test_whoever_is_erased_is_on_no_board(store: Store, key: Key) -> None:
    for person in ("zoë", "yan"):
        for problem in ("p", "q"):
            judged(store, key, person, found("AC"), problem)
    before = [store.standings.version(key.org_id, problem) for problem in ("p", "q")]
    with store.database.exclusively() as connection:
        store.standings.forget(connection, key.org_id, "zoë")
        connection.exec_driver_sql("UPDATE submissions SET person = NULL WHERE person = 'zoë'")
    assert order(store, key) == ["yan"]
    assert [store.standings.version(key.org_id, problem) for problem in ("p", "q")] == [one + 1 for one in before]


# What may happen to the submissions of two people, in any order.
_people = st.sampled_from(["zoë", "yan"])
_verdicts = st.builds(
    found, st.sampled_from(["AC", "WA", "JE"]), st.sampled_from([0.101, 0.1, 0.2]), st.sampled_from([None, None, 7.0])
)
_events = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), _people, _verdicts),
        st.tuples(st.just("rejudge"), _people, _verdicts),
        st.tuples(st.just("erase"), _people),
    ),
    max_size=12,
)


@given(events=_events)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_standings_are_what_they_are_recomputed_to_be(
    store: Store, key: Key, events: list[tuple[Any, ...]]
) -> None:
    problem = f"p{next(_moments)}"
    for what, person, *report in events:
        version, before = store.standings.version(key.org_id, problem), standings_of(store, key, problem)
        if what == "submit":
            judged(store, key, person, report[0], problem)
        elif what == "rejudge":
            rejudge(store, key, Choice(problem=problem, person=person), report[0])
        else:
            with store.database.exclusively() as connection:
                store.standings.forget(connection, key.org_id, person)
                connection.execute(text("UPDATE submissions SET person = NULL WHERE person = :who"), {"who": person})
        after = standings_of(store, key, problem)
        assert (store.standings.version(key.org_id, problem) > version) == (after != before)


def standings_of(store: Store, key: Key, problem: str) -> dict[str, Place]:
    with store.database.reading() as connection:
        places = kept(connection, key.org_id, problem)
        assert places == recomputed(connection, key.org_id, problem)
    return places


def rejudge(store: Store, key: Key, choice: Choice, report: Report) -> None:
    later = NOW + timedelta(days=1)
    rejudging_id = store.rejudgings.create(NewRejudging(key.org_id, key.id, "why", choice, None, later))
    while claim := store.judgings.claim("w", ["python"], NOW):
        store.judgings.finish(claim.id, report, NOW)
    store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW)


# ---- as the API shows them ---------------------------------------------------------------------------------------


@pytest.fixture
def submit(caller: Caller, worker: Caller) -> Callable[..., str]:
    def submitted(person: str, verdict: str = "AC", **changes: object) -> str:
        submission_id: str = caller.post("/api/v1/submissions", json=body_for(person=person)).json["id"]
        assert worker.report(submission_id, report_for(verdict, **changes)) == 204
        return submission_id

    return submitted


def test_a_leaderboard(app: Flask, caller: Caller, submit: Callable[..., str]) -> None:
    assert caller.get(BOARD).json == {"problem": "add-two", "version": 0, "standings": [], "next": None}
    first = submit("zoë", cpu_time_s=0.123456)
    submit("yan", "WA")
    answer = caller.get(f"{BOARD}?limit=1")
    assert answer.headers["ETag"] == '"2"'
    (line,) = answer.json["standings"]
    at = line.pop("submitted_at")
    assert at == caller.get(f"/api/v1/submissions/{first}").json["created_at"]
    assert line == {
        "rank": 1,
        "person": "zoë",
        "submission": first,
        "verdict": "AC",
        "score": 1.0,
        "max_score": None,
        "cpu_time_s": 0.12,
    }
    assert answer.json["next"] == "zoë"
    after = caller.get(BOARD, query_string={"after": "zoë"}).json
    assert [(line["rank"], line["person"], line["verdict"]) for line in after["standings"]] == [(2, "yan", "WA")]
    assert after["next"] is None
    assert [line["person"] for line in caller.get(f"{BOARD}?around=yan&limit=1").json["standings"]] == ["yan"]
    assert caller_of(app, "other").get(BOARD).json["standings"] == []


def test_an_unchanged_leaderboard_is_not_sent_again(caller: Caller, submit: Callable[..., str]) -> None:
    submit("zoë")
    tag = caller.get(BOARD).headers["ETag"]

    def again(path: str) -> tuple[int, bytes]:
        answer = caller.http.get(path, headers={**caller.headers, "If-None-Match": tag})
        return answer.status_code, answer.data

    assert again(BOARD) == (304, b"")
    submit("zoë", "WA")
    assert again(BOARD)[0] == 304, "it was not better"
    submit("yan")
    assert again(BOARD)[0] == 200


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("after=nobody", 404, "unknown-person"),
        ("around=nobody", 404, "unknown-person"),
        ("around=%00", 404, "unknown-person"),
        ("around=a&after=b", 422, "invalid-field"),
        ("limit=0", 422, "invalid-field"),
        ("limit=101", 422, "invalid-field"),
        ("top=3", 422, "unknown-field"),
    ],
)
def test_what_no_leaderboard_answers(caller: Caller, query: str, status: int, kind: str) -> None:
    answer = caller.get(f"{BOARD}?{query}")
    assert (answer.status_code, answer.json["type"]) == (status, f"urn:judge:{kind}")


def test_no_leaderboard_of_no_problem(caller: Caller) -> None:
    for slug in ("nothing", "%00"):
        answer = caller.get(f"/api/v1/problems/{slug}/leaderboard")
        assert (answer.status_code, answer.json["type"]) == (404, "urn:judge:unknown-problem")
