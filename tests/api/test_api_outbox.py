"""What is owed to webhooks: written with what it tells of, taken by one at a time, kept. On both databases."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from api_help import report_for
from sqlalchemy import text

from api.announcing import announce_verdict, trial
from api.store import Key, NewKey, NewSubmission, Store, outbox
from api.store.outbox import Sending, StoredMessage, Try
from api.store.webhooks import MOST_PER_ORGANISATION, Change, NewWebhook
from judge.models import Report

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
MUCH_LATER = NOW + timedelta(days=31)
REPORT = Report.model_validate(report_for())
DELIVERED, FAILED = Try(NOW, 0.1, 204, None), Try(NOW, 0.1, 500, "why")


def key_of(store: Store, organisation: str) -> Key:
    store.keys.add(NewKey(organisation, organisation[0] * 64, "abcd", NOW, organisation))
    key = store.keys.find(organisation[0] * 64)
    assert key
    return key


@pytest.fixture
def key(store: Store) -> Key:
    store.judgings.on_verdict.append(announce_verdict)
    return key_of(store, "ours")


def webhook(store: Store, key: Key, *events: str) -> int:
    new = NewWebhook(key.org_id, key.id, "https://hooks.example/", events or ("submission.judged",), "whsec_YQ==", NOW)
    made = store.webhooks.add(new)
    assert made
    return made.id


def change(webhook_id: int, key: Key) -> Change:
    return Change(webhook_id, key.org_id, key.id, NOW)


def judge(store: Store, key: Key) -> str:
    one = NewSubmission(uuid.uuid4().hex, key.org_id, key.id, "p", "hash", "python", "secret = 1", NOW, "somebody")
    store.submissions.add(one)
    claim = store.judgings.claim("w", ["python"], NOW)
    assert claim
    store.judgings.finish(claim.id, REPORT, NOW)
    return one.id


def messages(store: Store, webhook_id: int) -> list[StoredMessage]:
    return store.outbox.page(webhook_id, None, None, 100)


def take(store: Store, now: datetime = NOW) -> Sending | None:
    for due in store.outbox.due(now):
        return store.outbox.take(due, now, now + timedelta(minutes=1))
    return None


def taken(store: Store, now: datetime = NOW) -> Sending:
    sending = take(store, now)
    assert sending
    return sending


def test_a_verdict_is_owed_to_each_webhook_that_wants_it_and_to_no_other(store: Store, key: Key) -> None:
    theirs = key_of(store, "theirs")
    first, second = webhook(store, key), webhook(store, key, "rejudging.applied", "submission.judged")
    others = [webhook(store, key, "rejudging.applied"), webhook(store, theirs)]
    gone = webhook(store, key)
    store.webhooks.delete(change(gone, key))
    submission_id = judge(store, key)
    found = [*messages(store, first), *messages(store, second)]
    assert [(one.event, one.state, one.tries) for one in found] == [("submission.judged", "pending", [])] * 2
    assert len({one.event_id for one in found}) == 1
    assert [messages(store, one) for one in (*others, gone)] == [[], [], []]
    payload = json.loads(found[0].payload)
    assert (payload["type"], payload["timestamp"]) == ("submission.judged", "2026-01-02T03:04:05Z")
    assert payload["data"] == {
        "id": submission_id, "problem": "p", "language": "python", "person": "somebody", "status": "judged",
        "created_at": "2026-01-02T03:04:05Z", "judged_at": "2026-01-02T03:04:05Z", "verdict": "AC",
        "score": None, "max_score": None, "cpu_time_s": 0.12, "wall_time_s": 0.23, "peak_memory_kib": 10_240,
        "cases_passed": 1, "cases_total": 2,
    }  # fmt: skip
    assert not [word for word in ("SECRET", "secret = 1", "traceback", "report") if word in found[0].payload]


def test_a_verdict_that_is_not_kept_is_not_told(store: Store, key: Key) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    store.judgings.on_verdict.append(fail)
    hook = webhook(store, key)
    with pytest.raises(ZeroDivisionError):
        judge(store, key)
    assert messages(store, hook) == []


def test_each_message_is_taken_once_by_many_at_once(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    for _ in range(5):
        judge(store, key)
    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(lambda _: take(store), range(64)) if one]
    assert sorted(one.id for one in found) == sorted(one.id for one in messages(store, hook))


def test_what_its_sender_left_is_taken_by_another_and_the_late_end_dropped(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    judge(store, key)
    lost = taken(store)
    assert take(store, NOW + timedelta(seconds=59)) is None
    again = taken(store, LATER)
    assert (again.id, again.event_id, again.tries) == (lost.id, lost.event_id, 2)
    store.outbox.end(lost, DELIVERED, None)
    assert [one.state for one in messages(store, hook)] == ["sending"]
    store.outbox.end(again, FAILED, MUCH_LATER)
    (message,) = messages(store, hook)
    assert (message.state, message.due_at, message.tries) == ("pending", MUCH_LATER, [DELIVERED, FAILED])


def test_what_was_delivered_is_owed_no_more(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    judge(store, key)
    store.outbox.end(taken(store), DELIVERED, None)
    assert take(store, MUCH_LATER) is None
    (message,) = messages(store, hook)
    assert (message.state, message.due_at, message.tries) == ("delivered", None, [DELIVERED])


def test_a_message_that_failed_waits_for_its_time_and_dies_after_the_last_try(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    judge(store, key)
    store.outbox.end(taken(store), FAILED, LATER)
    assert take(store, NOW) is None
    store.outbox.end(taken(store, LATER), FAILED, None)
    assert take(store, MUCH_LATER) is None
    dead = store.outbox.page(hook, "dead", None, 10)
    assert [(one.state, len(one.tries)) for one in dead] == [("dead", 2)]
    assert store.outbox.page(hook, "pending", None, 10) == []


def test_a_dead_message_can_be_sent_again_with_its_id_but_not_while_it_is_sent(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    judge(store, key)
    first = taken(store)
    assert not store.outbox.resend(first.id, hook, NOW)
    store.outbox.end(first, FAILED, None)
    assert not store.outbox.resend(first.id, hook + 1, NOW)
    assert store.outbox.resend(first.id, hook, LATER)
    again = taken(store, LATER)
    assert (again.event_id, again.tries) == (first.event_id, 1)


def test_the_messages_of_one_webhook_do_not_hide_anothers(store: Store, key: Key) -> None:
    busy = webhook(store, key)
    for _ in range(10):
        judge(store, key)
    other = webhook(store, key)
    judge(store, key)
    assert [due.webhook_id for due in store.outbox.due(NOW)] in ([busy, other], [other, busy])


def test_a_webhook_that_is_gone_is_sent_nothing_until_it_is_enabled(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    for _ in range(3):
        judge(store, key)
    store.outbox.end(taken(store), Try(NOW, 0.1, 410, "gone"), None, gone=True)
    judge(store, key)
    assert {one.state for one in messages(store, hook)} == {"dead"}
    assert len(messages(store, hook)) == 3, "what happens meanwhile is not told"
    assert take(store, MUCH_LATER) is None
    assert store.outbox.tell_one(hook, key.org_id, trial()) is None
    assert store.webhooks.enable(change(hook, key))
    judge(store, key)
    assert taken(store)


def test_a_deleted_webhook_keeps_no_secret_and_is_owed_nothing(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    store.webhooks.rotate(change(hook, key), "whsec_Yg==")
    judge(store, key)
    assert store.webhooks.delete(change(hook, key))
    assert not store.webhooks.delete(change(hook, key))
    assert store.webhooks.of(key.org_id) == []
    assert take(store) is None
    assert [one.state for one in messages(store, hook)] == ["dead"]
    with store.database.reading() as connection:
        secrets = connection.execute(text("SELECT secret, earlier_secret FROM webhooks")).one()
    assert tuple(secrets) == ("", None)


def test_an_organisation_has_only_so_many_webhooks(store: Store, key: Key) -> None:
    hooks = [webhook(store, key) for _ in range(MOST_PER_ORGANISATION)]
    new = NewWebhook(key.org_id, key.id, "https://hooks.example/", ("submission.judged",), "s", NOW)
    assert store.webhooks.add(new) is None
    store.webhooks.delete(change(hooks[0], key))
    assert store.webhooks.add(new)


def test_old_messages_are_forgotten_but_not_what_is_owed(store: Store, key: Key) -> None:
    hook = webhook(store, key)
    for _ in range(3):
        judge(store, key)
    delivered, dead = taken(store), taken(store)
    store.outbox.end(delivered, DELIVERED, None)
    store.outbox.end(dead, FAILED, None)
    assert store.outbox.prune(NOW) == 0
    assert store.outbox.prune(LATER) == 2
    assert [one.state for one in messages(store, hook)] == ["pending"]


def test_what_is_due_is_found_by_an_index(store: Store, key: Key) -> None:
    """However many messages were delivered, or wait for another time."""
    webhook(store, key)
    judge(store, key)
    query = outbox._DUE.params(now=NOW).compile(store.database.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
    with store.database.writing() as connection:
        if not store.database.is_sqlite:  # a table of one row is read as a whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = [str(row) for row in connection.exec_driver_sql(f"{explain} {query}")]
    assert any("outbox_owed" in line for line in plan), plan
