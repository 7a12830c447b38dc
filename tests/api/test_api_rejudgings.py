"""Rejudgings: judged beside the verdicts, applied or discarded as a whole, and seen by nobody before."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_help import Caller, body_for, caller_of, report_for, services_of
from flask import Flask
from sqlalchemy import text

from api.auth import digest_of
from api.rejudging_schemas import RejudgingDetails
from api.store import Key, NewKey, NewSubmission, Store, rejudging_choice
from api.store.rejudging_choice import Choice
from api.store.rejudgings import NewRejudging, Unfinished
from api.store.standings import kept, recomputed
from judge.models import Report, Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "/api/v1/rejudgings"
LOGGED = "SELECT action, subject, key_id FROM audit_log WHERE action LIKE 'rejudging.%' ORDER BY id"
SUBMISSIONS = "/api/v1/submissions"
BOARD = "/api/v1/problems/add-two/leaderboard"


def submit(caller: Caller, worker: Caller, person: str, verdict: str | None, cpu_time_s: float = 0.1) -> str:
    """Judged, unless the verdict is None."""
    submission_id: str = caller.post(SUBMISSIONS, json=body_for(person=person)).json["id"]
    if verdict:
        assert worker.report(submission_id, report_for(verdict, cpu_time_s=cpu_time_s)) == 204
    return submission_id


def create(caller: Caller, **changes: Any) -> dict[str, Any]:
    body = {"reason": "a test was wrong", "filter": {"problem": "add-two"}, **changes}
    answer = caller.post(URL, json=body)
    assert answer.status_code == 201, answer.text
    RejudgingDetails.model_validate_json(answer.data)
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"{URL}/{made['id']}"
    return made


def judge_again(worker: Caller, verdicts: dict[str, str], cpu_time_s: float = 0.1) -> None:
    """As a worker: judge all that waits, by submission."""
    while task := worker.claim():
        report = report_for(verdicts[task["submission"]], cpu_time_s=cpu_time_s)
        assert worker.post(f"/internal/judgings/{task['id']}/report", json=report).status_code == 204


def seen(caller: Caller, *submission_ids: str) -> list[Any]:
    """All that a candidate can see."""
    pages = [caller.get(f"{SUBMISSIONS}/{one}").json for one in submission_ids]
    return [*pages, caller.get(SUBMISSIONS).json, caller.get(BOARD).json]


def place(rank: int, score: float, cpu_time_s: float) -> dict[str, float]:
    return {"rank": rank, "score": score, "cpu_time_s": cpu_time_s}


def test_nothing_is_seen_of_it_until_it_is_applied(caller: Caller, worker: Caller) -> None:
    zoe, yan = submit(caller, worker, "zoë", "AC"), submit(caller, worker, "yan", "WA")
    before = seen(caller, zoe, yan)
    made = create(caller)
    assert (made["state"], made["chosen"], made["left_out"], made["package"]) == ("open", 2, {}, "current")
    assert made["progress"] == {"queued": 2, "running": 0, "judged": 0, "failed": 0}
    assert seen(caller, zoe, yan) == before
    judge_again(worker, {zoe: "WA", yan: "AC"}, 0.2)
    assert seen(caller, zoe, yan) == before
    assert caller.get(f"{URL}/{made['id']}").json["progress"]["judged"] == 2
    changes = caller.get(f"{URL}/{made['id']}/changes").json
    assert (changes["accepted_won"], changes["accepted_lost"], changes["next"]) == (1, 1, None)
    assert {(row["person"], row["verdict"], row["new_verdict"]) for row in changes["submissions"]} == {
        ("zoë", "AC", "WA"),
        ("yan", "WA", "AC"),
    }
    people = caller.get(f"{URL}/{made['id']}/ranks").json["people"]
    assert people == [
        {"problem": "add-two", "person": "zoë", "before": place(1, 1.0, 0.1), "after": place(2, 0.0, 0.2)},
        {"problem": "add-two", "person": "yan", "before": place(2, 0.0, 0.1), "after": place(1, 1.0, 0.2)},
    ]
    answer = caller.post(f"{URL}/{made['id']}/apply")
    assert (answer.status_code, answer.json["state"]) == (200, "applied")
    shown = caller.get(f"{SUBMISSIONS}/{zoe}").json
    assert (shown["verdict"], shown["report"]["verdict"], shown["cpu_time_s"]) == ("WA", "WA", 0.2)
    board = caller.get(BOARD).json
    assert [line["person"] for line in board["standings"]] == ["yan", "zoë"]
    assert board["version"] > before[-1]["version"]
    assert caller.get(f"{URL}/{made['id']}/changes").json == changes, "what it changed can still be seen"


def test_a_discarded_one_changes_nothing_and_is_judged_no_further(caller: Caller, worker: Caller) -> None:
    ids = [submit(caller, worker, person, "AC") for person in ("a", "b", "c")]
    before = seen(caller, *ids)
    made = create(caller)
    running, judged = worker.claim(), worker.claim()
    assert running
    assert judged
    assert worker.post(f"/internal/judgings/{judged['id']}/report", json=report_for("WA")).status_code == 204
    answer = caller.post(f"{URL}/{made['id']}/discard")
    assert (answer.status_code, answer.json["state"]) == (200, "discarded")
    assert answer.json["progress"] == {"queued": 0, "running": 0, "judged": 1, "failed": 0}
    assert worker.claim() is None
    assert (
        worker.post("/internal/workers/w", json={"languages": ["python"], "judging": running["id"]}).status_code == 409
    )
    assert worker.post(f"/internal/judgings/{running['id']}/report", json=report_for("WA")).status_code == 204
    assert seen(caller, *ids) == before
    for end in ("apply", "discard"):
        again = caller.post(f"{URL}/{made['id']}/{end}")
        assert (again.status_code, again.json["type"]) == (409, "urn:judge:rejudging-ended")
    assert caller.get(f"{URL}/{made['id']}/ranks").status_code == 409


def test_only_what_is_judged_whole_is_applied(caller: Caller, worker: Caller) -> None:
    ids = [submit(caller, worker, "a", "AC"), submit(caller, worker, "b", "AC")]
    before = seen(caller, *ids)
    made = create(caller)
    task = worker.claim()
    assert task
    for _ in range(2):
        answer = caller.post(f"{URL}/{made['id']}/apply")
        assert (answer.status_code, answer.json["type"]) == (409, "urn:judge:rejudging-unfinished")
        assert worker.post(f"/internal/judgings/{task['id']}/report", json=report_for("WA")).status_code == 204
    assert seen(caller, *ids) == before
    judge_again(worker, dict.fromkeys(ids, "WA"))
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200


def test_a_first_judging_is_not_disturbed(caller: Caller, worker: Caller) -> None:
    judged, pending = submit(caller, worker, "a", "WA"), submit(caller, worker, "b", None)
    made = create(caller)
    assert (made["chosen"], made["left_out"]) == (1, {"pending": 1})
    first = worker.claim()
    assert first
    assert first["submission"] == pending, "submissions come before rejudgings"
    assert worker.post(f"/internal/judgings/{first['id']}/report", json=report_for("AC")).status_code == 204
    judge_again(worker, {judged: "AC"})
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200
    assert [caller.get(f"{SUBMISSIONS}/{one}").json["verdict"] for one in (judged, pending)] == ["AC", "AC"]


def test_where_the_machine_failed_the_verdict_stays(caller: Caller, worker: Caller) -> None:
    ids = [submit(caller, worker, "a", "AC"), submit(caller, worker, "b", "AC")]
    made = create(caller)
    judge_again(worker, {ids[0]: "JE", ids[1]: "WA"})
    assert caller.get(f"{URL}/{made['id']}").json["progress"] == {"queued": 0, "running": 0, "judged": 2, "failed": 1}
    assert [row["submission"] for row in caller.get(f"{URL}/{made['id']}/changes").json["submissions"]] == ids[1:]
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200
    assert [caller.get(f"{SUBMISSIONS}/{one}").json["verdict"] for one in ids] == ["AC", "WA"]


def test_the_later_of_two_sets_is_compared_with_what_the_earlier_left(caller: Caller, worker: Caller) -> None:
    one = submit(caller, worker, "a", "AC")
    first, second = create(caller)["id"], create(caller)["id"]
    for verdict in ("WA", "TLE"):
        task = worker.claim()
        assert task
        assert worker.post(f"/internal/judgings/{task['id']}/report", json=report_for(verdict)).status_code == 204

    def change(rejudging_id: int) -> tuple[str, str]:
        (row,) = caller.get(f"{URL}/{rejudging_id}/changes").json["submissions"]
        return row["verdict"], row["new_verdict"]

    assert (change(first), change(second)) == (("AC", "WA"), ("AC", "TLE"))
    assert caller.post(f"{URL}/{first}/apply").status_code == 200
    assert (change(first), change(second)) == (("AC", "WA"), ("WA", "TLE"))
    assert caller.post(f"{URL}/{second}/apply").status_code == 200
    assert (change(first), change(second)) == (("AC", "WA"), ("WA", "TLE"))
    assert caller.get(f"{SUBMISSIONS}/{one}").json["verdict"] == "TLE"


def test_what_is_erased_while_it_waits_is_not_judged(app: Flask, caller: Caller, worker: Caller) -> None:
    ids = [submit(caller, worker, "a", "AC"), submit(caller, worker, "b", "AC")]
    made = create(caller)
    with services_of(app).store.database.writing() as connection:
        connection.execute(text("UPDATE submissions SET source = NULL WHERE id = :id"), {"id": ids[0]})
    judge_again(worker, {ids[1]: "AC"})
    assert caller.get(f"{URL}/{made['id']}").json["progress"] == {"queued": 0, "running": 0, "judged": 2, "failed": 1}
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200
    assert caller.get(f"{SUBMISSIONS}/{ids[0]}").json["verdict"] == "AC"
    assert create(caller)["left_out"] == {"source_gone": 1}


def test_whoever_is_forgotten_is_in_no_filter(app: Flask, caller: Caller, worker: Caller) -> None:
    zoe = submit(caller, worker, "zoë", "AC")
    made, other = create(caller, filter={"person": "zoë", "verdicts": ["AC"]}), create(caller, filter={"person": "yan"})
    judge_again(worker, {zoe: "WA"})
    key = services_of(app).store.keys.find(digest_of(caller.key))
    assert key
    services_of(app).store.people.erase(key.org_id, "zoë", datetime.now(UTC))
    answer = caller.get(f"{URL}/{made['id']}")
    RejudgingDetails.model_validate_json(answer.data)
    assert answer.json["filter"] == {"verdicts": ["AC"]}
    assert caller.get(f"{URL}/{other['id']}").json["filter"] == {"person": "yan"}
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200
    assert caller.get(BOARD).json["standings"] == []
    assert caller.get(f"{SUBMISSIONS}/{zoe}").json["person"] is None


def test_nobody_freezes_a_score_by_ending_a_rejudging_without_the_scope(
    app: Flask, caller: Caller, worker: Caller
) -> None:
    zoe = submit(caller, worker, "zoë", "AC")
    made = create(caller)
    candidate = caller_of(app, "candidate", "somebody", scopes=("submit", "read", "author", "hiring"))
    assert candidate.get(f"{SUBMISSIONS}/{zoe}").status_code == 200, "of the same organisation"
    for path in ("/discard", "/apply"):
        answer = candidate.post(f"{URL}/{made['id']}{path}")
        assert (answer.status_code, answer.json["type"]) == (403, "urn:judge:missing-scope")
    assert services_of(app).store.judgings.waiting() == {"python": 1}
    judge_again(worker, {zoe: "WA"})
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200
    assert candidate.get(f"{SUBMISSIONS}/{zoe}").json["verdict"] == "WA"


def test_the_package_is_the_one_offered_or_the_one_it_was_judged_with(
    app: Flask, caller: Caller, worker: Caller
) -> None:
    submit(caller, worker, "a", "AC")
    with services_of(app).store.database.writing() as connection:
        connection.execute(text("UPDATE judgings SET package = 'earlier'"))
    offered = worker.get("/internal/problems").json["add-two"]
    for package, expected in (("current", offered), ("same", "earlier")):
        create(caller, package=package)
        task = worker.claim()
        assert task
        assert task["package"] == expected
    with services_of(app).store.database.writing() as connection:
        connection.execute(text("UPDATE submissions SET problem = 'gone'"))
    made = create(caller, filter={"problem": "gone"})
    assert (made["chosen"], made["left_out"]) == (0, {"not_offered": 1})
    assert caller.post(f"{URL}/{made['id']}/apply").status_code == 200


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ({"person": "a"}, {"a1", "a2"}),
        ({"person": "nobody"}, set()),
        ({"verdicts": ["WA", "TLE"]}, {"a1", "b1"}),
        ({"verdicts": ["AC"], "person": "b"}, {"b2"}),
        ({"submissions": ["a1", "b2"]}, {"a1", "b2"}),
        ({"since": "2000-01-01T00:00:00Z", "until": "2000-01-02T00:00:00+05:00"}, set()),
        ({"since": "2000-01-01T00:00:00Z"}, {"a1", "a2", "b1", "b2"}),
    ],
)
def test_what_is_chosen(caller: Caller, worker: Caller, choice: dict[str, Any], chosen: set[str]) -> None:
    ids = {
        name: submit(caller, worker, name[0], verdict)
        for name, verdict in {"a1": "WA", "a2": "AC", "b1": "TLE", "b2": "AC"}.items()
    }
    if "submissions" in choice:
        choice = {"submissions": [ids[name] for name in choice["submissions"]]}
    made = create(caller, filter=choice)
    tasks = iter(worker.claim, None)
    assert {task["submission"] for task in tasks if task} == {ids[name] for name in chosen}
    assert made["chosen"] == len(chosen)
    shown = caller.get(f"{URL}/{made['id']}").json["filter"]
    assert {name for name, value in shown.items() if value} == set(choice)


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {}},
        {"filter": {"problem": "\0"}},
        {"filter": {"person": "\ud800"}},
        {"filter": {"since": 5}},
        {"filter": {"since": "2026-01-01T00:00:00"}},
        {"filter": {"since": "0001-01-01T00:00:00+14:00"}},
        {"filter": {"until": "9999-12-31T23:59:59-14:00"}},
        {"filter": {"verdicts": ["OK"]}},
        {"filter": {"submissions": ["x"]}},
        {"filter": {"contest": "x"}},
        {"filter": {"person": "a"}, "reason": ""},
        {"filter": {"person": "a"}, "package": "newest"},
    ],
)
def test_what_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    answer = caller.post(URL, json={"reason": "r", **body})
    assert answer.status_code == 422, answer.text
    assert caller.get(URL).json == {"rejudgings": [], "next": None}


def test_a_time_too_far_away_is_refused_in_plain_words(caller: Caller) -> None:
    answer = caller.post(URL, json={"reason": "r", "filter": {"until": "0381-02-15T19:55:19-12:38"}})
    assert answer.json["detail"] == "filter.until: must be after 1970 and before 9999."


def test_only_its_organisation_knows_of_it(app: Flask, caller: Caller, worker: Caller) -> None:
    mine, other = submit(caller, worker, "a", "AC"), caller_of(app, "other")
    submit(other, worker, "a", "AC")
    made = create(caller, filter={"person": "a"})
    assert made["chosen"] == 1
    assert create(other, filter={"submissions": [mine]})["chosen"] == 0
    for path in ("", "/changes", "/ranks"):
        assert other.get(f"{URL}/{made['id']}{path}").json["type"] == "urn:judge:unknown-rejudging"
    for path in ("/apply", "/discard"):
        assert other.post(f"{URL}/{made['id']}{path}").status_code == 404
    for unknown in ("0", "99999", "9" * 30, "x", "-1", "٣"):
        assert caller.get(f"{URL}/{unknown}").status_code == 404
    assert [one["id"] for one in caller.get(URL).json["rejudgings"]] == [made["id"]]


def test_pages(caller: Caller, worker: Caller) -> None:
    ids = [submit(caller, worker, f"person {n}", "AC", 0.1 * n) for n in range(5)]
    sets = [create(caller)["id"] for _ in range(3)]
    page = caller.get(f"{URL}?limit=2").json
    assert ([one["id"] for one in page["rejudgings"]], page["next"]) == (sets[:0:-1], sets[1])
    assert [one["id"] for one in caller.get(f"{URL}?before={sets[1]}").json["rejudgings"]] == sets[:1]
    judge_again(worker, dict.fromkeys(ids, "WA"))
    seen_ids: list[str] = []
    after = ""
    while after is not None:
        changes = caller.get(f"{URL}/{sets[0]}/changes?limit=2&after={after}").json
        seen_ids += [row["submission"] for row in changes["submissions"]]
        after = changes["next"]
    assert seen_ids == sorted(ids)
    first = caller.get(f"{URL}/{sets[0]}/ranks?limit=3").json
    rest = caller.get(f"{URL}/{sets[0]}/ranks?limit=3&skip={first['next']}").json
    assert [move["person"] for move in first["people"] + rest["people"]] == [f"person {n}" for n in range(5)]
    assert rest["next"] is None


# ---- the store, on both databases --------------------------------------------------------------------------------


@pytest.fixture
def key(store: Store) -> Key:
    store.keys.add(NewKey("somebody", "a" * 64, "abcd", NOW))
    found = store.keys.find("a" * 64)
    assert found
    return found


@pytest.fixture
def judged(store: Store, key: Key) -> Callable[[int], list[str]]:
    def submitted(count: int) -> list[str]:
        ids = []
        for number in range(count):
            at = NOW + timedelta(milliseconds=number)
            new = NewSubmission(
                uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "x", at, f"person {number % 3}"
            )
            store.submissions.add(new)
            claim = store.judgings.claim("w", ["python"], NOW)
            assert claim
            store.judgings.finish(claim.id, Report(verdict=Verdict.AC, cpu_time_s=number / 100), NOW)
            ids.append(new.id)
        return ids

    return submitted


def begin(store: Store, key: Key) -> int:
    choice, at = Choice(problem="p"), NOW + timedelta(days=1)
    return store.rejudgings.create(NewRejudging(key.org_id, key.id, "why", choice, None, at))


def test_many_are_chosen_in_batches_and_none_twice(
    store: Store, key: Key, judged: Callable[[int], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = judged(25)
    monkeypatch.setattr("api.store.rejudgings.BATCH", 10)
    monkeypatch.setattr(rejudging_choice, "_CANDIDATES", rejudging_choice._CANDIDATES.limit(10))
    rejudging_id = begin(store, key)
    row = store.rejudgings.get(rejudging_id, key.org_id)
    assert row
    assert (row.state, row.chosen) == ("choosing", 10)
    with pytest.raises(Unfinished):
        store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW)
    store.rejudgings.go_on()
    store.rejudgings.go_on()
    row = store.rejudgings.get(rejudging_id, key.org_id)
    assert row
    assert (row.state, row.chosen) == ("open", 25)
    claims = [store.judgings.claim("w", ["python"], NOW) for _ in ids]
    assert [claim.submission_id for claim in claims if claim] == ids
    assert store.judgings.waiting() == {}


def test_applying_leaves_standings_as_they_are_recomputed_and_is_logged(
    store: Store, key: Key, judged: Callable[[int], list[str]]
) -> None:
    judged(9)
    told = []
    store.rejudgings.on_applied.append(lambda _connection, applied: told.append(applied))
    rejudging_id = begin(store, key)
    before = store.standings.version(key.org_id, "p")
    for number in range(9):
        claim = store.judgings.claim("w", ["python"], NOW)
        assert claim
        verdict = Verdict.WA if number < 3 else Verdict.AC
        assert store.judgings.finish(claim.id, Report(verdict=verdict, cpu_time_s=0.5 - number / 100), NOW) is None
    assert store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW) == 9
    assert [(one.rejudging_id, one.verdicts) for one in told] == [(rejudging_id, 9)]
    with store.database.reading() as connection:
        standings = kept(connection, key.org_id, "p")
        assert standings == recomputed(connection, key.org_id, "p")
        assert sorted(place.cpu_time_ms for place in standings.values()) == [420, 430, 440]
        logged = connection.execute(text(LOGGED)).all()
    assert store.standings.version(key.org_id, "p") == before + 1
    subject = str(rejudging_id)
    assert logged == [("rejudging.created", subject, key.id), ("rejudging.applied", subject, key.id)]


def test_an_application_that_cannot_be_told_changes_nothing(
    store: Store, key: Key, judged: Callable[[int], list[str]]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    (submission_id,) = judged(1)
    rejudging_id = begin(store, key)
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim
    store.judgings.finish(claim.id, Report(verdict=Verdict.WA), NOW)
    store.rejudgings.on_applied.append(fail)
    with pytest.raises(ZeroDivisionError):
        store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW)
    row = store.submissions.get(submission_id, key.org_id)
    assert row
    assert row.verdict == "AC"
    store.rejudgings.on_applied.clear()
    assert store.rejudgings.apply(rejudging_id, key.org_id, key.id, NOW) == 1
