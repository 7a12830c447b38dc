"""Who is judged next, which report counts, and what becomes of a judging whose worker is gone. On both databases."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from api_help import report_for

from api.dispatch import Leases
from api.store import Judged, Key, NewKey, NewSubmission, Store
from api.store.judgings import REJUDGING, NewJudging, enqueue
from api.store.tables import FAILED, LOST
from judge.models import Report, Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REPORT = Report.model_validate(report_for())
_moments = itertools.count()


@pytest.fixture
def keys(store: Store) -> list[Key]:
    for letter in "abc":
        store.keys.add(NewKey(letter, letter * 64, "abcd", NOW))
    return [key for letter in "abc" if (key := store.keys.find(letter * 64))]


def submit(store: Store, key: Key, language: str = "python") -> str:
    at = NOW + timedelta(milliseconds=next(_moments))
    one = NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", language, "x = 1", at)
    store.submissions.add(one)
    return one.id


def claimed(store: Store) -> str | None:
    """The submission whose judging comes next."""
    claim = store.judgings.claim("w", ["python"], NOW)
    return claim and claim.submission_id


def order(store: Store) -> list[str]:
    return list(iter(lambda: claimed(store) or "", ""))


def row_of(store: Store, submission_id: str, key: Key):  # type: ignore[no-untyped-def]
    row = store.submissions.get(submission_id, key.org_id)
    assert row is not None
    return row


# ---- order -------------------------------------------------------------------------------------------------------


def test_one_clients_are_judged_in_the_order_they_came(store: Store, keys: list[Key]) -> None:
    ids = [submit(store, keys[0]) for _ in range(5)]
    assert order(store) == ids


def test_many_of_one_client_delay_anothers_by_one_at_most(store: Store, keys: list[Key]) -> None:
    many = [submit(store, keys[0]) for _ in range(20)]
    assert [claimed(store) for _ in range(5)] == many[:5]
    others = [submit(store, keys[1]), submit(store, keys[2]), submit(store, keys[1])]
    assert order(store)[:6] == [many[5], others[0], others[1], many[6], others[2], many[7]]


def test_rejudgings_come_after_all_submissions(store: Store, keys: list[Key]) -> None:
    judged = submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    store.judgings.finish(claim.id, REPORT, NOW)
    with store.database.writing() as connection:
        enqueue(connection, NewJudging(judged, keys[0].id, "hash", "python", REJUDGING, NOW))
    new = submit(store, keys[1])
    assert order(store) == [new, judged]


def test_a_worker_gets_only_its_languages(store: Store, keys: list[Key]) -> None:
    submit(store, keys[0], "cobol")
    assert claimed(store) is None
    assert store.judgings.waiting() == {"cobol": 1}
    assert store.judgings.claim("w", ["python", "cobol"], NOW)


def test_each_is_claimed_once_by_many_at_once(store: Store, keys: list[Key]) -> None:
    ids = {submit(store, keys[n % 3]) for n in range(30)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: claimed(store), range(40)))
    assert sorted(one for one in found if one) == sorted(ids)


# ---- reports -----------------------------------------------------------------------------------------------------


def test_the_first_report_is_kept_and_later_ones_dropped(store: Store, keys: list[Key]) -> None:
    told: list[Judged] = []
    store.judgings.on_verdict.append(lambda _connection, judged: told.append(judged))
    submission_id = submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    assert store.submissions.judged([submission_id]) == []
    assert store.judgings.finish(claim.id, REPORT, NOW)
    row = row_of(store, submission_id, keys[0])
    assert (row.status, row.verdict, row.cpu_time_s, row.judged_at) == ("judged", "AC", 0.123456, NOW)
    assert Report.model_validate_json(row.report) == REPORT
    assert store.judgings.finish(claim.id, Report(verdict=Verdict.WA), NOW) is None
    for unknown in ("unknown", "0" * 32, "\0", "\ud800"):
        assert store.judgings.finish(unknown, REPORT, NOW) is None
        assert store.judgings.give_back(unknown, LOST, "why", NOW) is None
        assert not store.judgings.renew(unknown)
        assert store.judgings.state(unknown) is None
    assert store.submissions.judged([submission_id, "unknown"]) == [row]
    assert [judged.submission_id for judged in told] == [submission_id]


def test_one_of_many_reports_at_once_is_kept(store: Store, keys: list[Key]) -> None:
    submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: store.judgings.finish(claim.id, REPORT, NOW), range(24)))
    assert len([judged for judged in kept if judged]) == 1


def test_a_verdict_that_cannot_be_told_is_not_kept(store: Store, keys: list[Key]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    submission_id = submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    store.judgings.on_verdict.append(fail)
    with pytest.raises(ZeroDivisionError):
        store.judgings.finish(claim.id, REPORT, NOW)
    store.judgings.on_verdict.clear()
    assert row_of(store, submission_id, keys[0]).status == "running"
    assert store.judgings.finish(claim.id, REPORT, NOW)


# ---- attempts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [LOST, FAILED])
def test_a_failed_attempt_is_followed_by_the_next_before_all_others(store: Store, keys: list[Key], how: str) -> None:
    first, _ = submit(store, keys[0]), submit(store, keys[0])
    lost = store.judgings.claim("w", ["python"], NOW)
    assert lost is not None
    assert store.judgings.give_back(lost.id, how, "the container is gone", NOW) is None
    assert row_of(store, first, keys[0]).status == "queued"
    again = store.judgings.claim("v", ["python"], NOW)
    assert again is not None
    assert again.submission_id == first
    assert again.id != lost.id
    assert store.judgings.finish(lost.id, Report(verdict=Verdict.WA), NOW) is None, "a late report is dropped"
    assert store.judgings.finish(again.id, REPORT, NOW)
    assert row_of(store, first, keys[0]).verdict == "AC"


def test_after_the_last_attempt_it_is_a_judge_error(store: Store, keys: list[Key]) -> None:
    told: list[Judged] = []
    store.judgings.on_verdict.append(lambda _connection, judged: told.append(judged))
    poison, other = submit(store, keys[0]), submit(store, keys[1])
    for attempt in range(1, 4):
        claim = next(c for _ in "12" if (c := store.judgings.claim("w", ["python"], NOW)) and c.submission_id == poison)
        judged = store.judgings.give_back(claim.id, LOST, "its worker was not heard of any more", NOW)
        assert (judged is not None) == (attempt == 3)
    row = row_of(store, poison, keys[0])
    assert (row.status, row.verdict) == ("judged", "JE")
    assert "failed 3 times" in (Report.model_validate_json(row.report).judge_error or "")
    assert [judged.submission_id for judged in told] == [poison]
    assert row_of(store, other, keys[1]).status in ("queued", "running"), "the queue moves"


def test_a_judging_is_given_back_once(store: Store, keys: list[Key]) -> None:
    submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    for _ in range(3):
        store.judgings.give_back(claim.id, LOST, "why", NOW)
    assert store.judgings.waiting() == {"python": 1}


def test_a_sign_of_life_is_for_who_holds_the_judging(store: Store, keys: list[Key]) -> None:
    submit(store, keys[0])
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim is not None
    assert store.judgings.running() == {claim.id: 0}
    assert store.judgings.renew(claim.id)
    assert store.judgings.running() == {claim.id: 1}
    store.judgings.give_back(claim.id, LOST, "why", NOW)
    assert not store.judgings.renew(claim.id)


# ---- leases ------------------------------------------------------------------------------------------------------


def test_who_is_silent_for_too_long_loses_the_judging() -> None:
    leases = Leases(10, 2)
    found = [leases.expired({"silent": 1, "alive": second}, second) for second in range(13)]
    assert found == [[]] * 11 + [["silent"]] * 2


def test_a_database_that_was_away_takes_nothing_from_anybody() -> None:
    leases = Leases(10, 2)
    assert leases.expired({"a": 1}, 0) == []
    assert leases.expired({"a": 1}, 1000) == [], "nobody could give a sign of life meanwhile"
    assert [leases.expired({"a": 1}, 1000 + second) for second in range(1, 10)][-1] == ["a"]


def test_a_new_sweeper_gives_everybody_the_whole_time() -> None:
    leases = Leases(10, 2)
    assert leases.expired({"a": 7}, 5_000) == []
