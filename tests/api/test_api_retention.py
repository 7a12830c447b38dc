"""What is forgotten and what stays: by age, and of one person. And whether what is stored agrees with itself."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_help import new_database, python, report_for
from sqlalchemy import insert, select, text, update

from api.errors import SettingsError
from api.settings import RetentionSettings
from api.store import Key, NewKey, NewSubmission, Store
from api.store.judgings import REJUDGING, NewJudging, enqueue
from api.store.people import StillJudged
from api.store.retention import Keep, Pruned
from api.store.service_tables import Delivery, Message, Rejudging, Standing, Webhook
from api.store.tables import JudgingRow, PackageRow, ReportRow, SubmissionRow
from judge.models import Report

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
REPORT = Report.model_validate(report_for())
_s = SubmissionRow.__table__.c


@pytest.fixture
def key(store: Store) -> Key:
    return key_of(store, "acme")


def key_of(store: Store, organisation: str) -> Key:
    store.keys.add(NewKey("k", organisation[0] * 64, "abcd", NOW, organisation))
    found = store.keys.find(organisation[0] * 64)
    assert found
    return found


def waiting(store: Store, key: Key, days_ago: float = 0, person: str | None = None, package: str = "a" * 64) -> str:
    at, idempotency = NOW - days_ago * DAY, {"idempotency_key": uuid.uuid4().hex, "body_sha256": "b" * 64}
    one = NewSubmission(
        uuid.uuid4().hex, key.org_id, key.id, "p", package, "python", "SOURCE", at, person, **idempotency
    )
    store.packages.keep(package, "p", b"tar", at)
    store.submissions.add(one)
    return one.id


def judged(store: Store, key: Key, days_ago: float = 0, person: str | None = None, package: str = "a" * 64) -> str:
    submission_id = waiting(store, key, days_ago, person, package)
    claimed = store.judgings.claim("w", ["python"], NOW - days_ago * DAY)
    assert claimed
    assert claimed.submission_id == submission_id
    store.judgings.finish(claimed.id, REPORT, NOW - days_ago * DAY)
    return submission_id


def kept(store: Store, submission_id: str) -> tuple[bool, bool, str | None, str | None]:
    """Whether source and report are there, the person, the verdict."""
    with store.database.reading() as connection:
        row = connection.execute(select(SubmissionRow.__table__).where(_s.id == submission_id)).one()
        report = select(ReportRow.judging_id).where(ReportRow.judging_id == row.judging_id)
        return row.source is not None, connection.execute(report).first() is not None, row.person, row.verdict


# ---- by age ------------------------------------------------------------------------------------------------------


def test_only_what_is_old_enough_is_forgotten_and_verdicts_stay(store: Store, key: Key) -> None:
    old, middle, new = (judged(store, key, days, f"p{days}") for days in (30, 20, 1))
    keep = Keep(sources_days=25, reports_days=10, people_days=15)
    assert store.retention.prune(keep, NOW, dry_run=True) == Pruned(sources=1, reports=2, people=2)
    assert kept(store, old) == (True, True, "p30", "AC")
    assert store.retention.prune(keep, NOW) == Pruned(sources=1, reports=2, people=2)
    assert kept(store, old) == (False, False, None, "AC")
    assert kept(store, middle) == (True, False, None, "AC")
    assert kept(store, new) == (True, True, "p1", "AC")
    assert store.retention.prune(keep, NOW) == Pruned(), "what is done is done"
    assert store.checks.run().faults == []
    assert [entry.action for entry in store.audit.page(key.org_id, 1)] == ["organisation.pruned"]


def test_without_settings_nothing_is_forgotten(store: Store, key: Key) -> None:
    old = judged(store, key, 10_000, "Ada")
    assert store.retention.prune(Keep(), NOW) == Pruned()
    assert kept(store, old) == (True, True, "Ada", "AC")


def test_what_waits_or_is_judged_again_keeps_its_source(store: Store, key: Key) -> None:
    again, queued = judged(store, key, 40), waiting(store, key, 30)
    with store.database.writing() as connection:
        enqueue(connection, NewJudging(again, key.id, "a" * 64, "python", REJUDGING, NOW))
    assert store.retention.prune(Keep(sources_days=1), NOW).sources == 0
    assert kept(store, again)[0]
    assert kept(store, queued)[0]


def test_a_person_is_kept_until_long_after_the_last_submission(store: Store, key: Key) -> None:
    active = [judged(store, key, days, "Ada") for days in (90, 1)]
    silent = [judged(store, key, days, "Bob") for days in (90, 40)]
    elsewhere = judged(store, key_of(store, "other"), 1, "Bob")
    assert on_board(store, key) == ["Ada", "Bob"]
    assert store.retention.prune(Keep(people_days=30), NOW).people == 1
    assert [kept(store, one)[2] for one in (*active, *silent, elsewhere)] == ["Ada", "Ada", None, None, "Bob"]
    assert on_board(store, key) == ["Ada"]


def test_more_than_a_batch_is_forgotten(store: Store, key: Key) -> None:
    first = judged(store, key, 30)
    with store.database.writing() as connection:
        row = dict(connection.execute(select(SubmissionRow.__table__).where(_s.id == first)).mappings().one())
        rows = [{**row, "id": uuid.uuid4().hex, "idempotency_key": None, "person": f"p{n}"} for n in range(1200)]
        connection.execute(insert(SubmissionRow), rows)
    pruned = store.retention.prune(Keep(sources_days=1, reports_days=1, people_days=1), NOW)
    assert pruned == Pruned(sources=1201, reports=1, people=1200, packages=1)


def test_old_messages_of_webhooks_go_with_the_names_in_them(store: Store, key: Key) -> None:
    for state, days in (("delivered", 30), ("dead", 30), ("pending", 30), ("delivered", 1)):
        message(store, key, "{}", state, NOW - days * DAY)
    assert store.retention.prune(Keep(people_days=10), NOW, dry_run=True).messages == 2
    assert store.retention.prune(Keep(people_days=10), NOW).messages == 2
    with store.database.reading() as connection:
        states = connection.execute(select(Message.state).order_by(Message.id)).scalars().all()
    assert states == ["pending", "delivered"]


def test_versions_that_nobody_offers_or_needs_are_forgotten(store: Store, key: Key) -> None:
    for name, days_ago in (("offered", 0.5), ("old", 9), ("needed", 9), ("waiting", 9)):
        store.packages.keep(name, "p", b"tar", NOW - days_ago * DAY)
    judged(store, key, 9, package="needed")
    waiting(store, key, 9, package="waiting")
    assert store.retention.prune(Keep(), NOW, dry_run=True).packages == 1
    assert store.retention.prune(Keep(), NOW).packages == 1
    with store.database.reading() as connection:
        assert set(connection.execute(select(PackageRow.hash)).scalars()) == {"offered", "needed", "waiting"}
    assert store.retention.prune(Keep(sources_days=1), NOW).packages == 1, "no source is left to be judged with it"
    store.packages.offer(["waiting", "offered"], NOW)
    assert store.packages.has("waiting")


@pytest.mark.parametrize("days", ["0", "-1", "soon", "1.5"])
def test_a_wrong_number_of_days_is_named(days: str) -> None:
    with pytest.raises(SettingsError, match="JUDGE_KEEP_SOURCES_DAYS"):
        RetentionSettings.from_environment({"JUDGE_KEEP_SOURCES_DAYS": days})


# ---- one person --------------------------------------------------------------------------------------------------


def on_board(store: Store, key: Key) -> list[str]:
    with store.database.reading() as connection:
        query = select(Standing.person).where(Standing.org_id == key.org_id).order_by(Standing.person)
        return list(connection.execute(query).scalars())


def message(store: Store, key: Key, payload: str, state: str = "delivered", at: datetime = NOW) -> None:
    with store.database.writing() as connection:
        hook = {"org_id": key.org_id, "url": "u", "events": "e", "secret": "s", "created_at": at}
        webhook_id = connection.execute(insert(Webhook).values(hook).returning(Webhook.id)).scalar_one()
        told = {"event": "e", "event_id": "i", "payload": payload, "state": state, "tries": 1}
        values = {**told, "webhook_id": webhook_id, "created_at": at, "due_at": at}
        message_id = connection.execute(insert(Message).values(values).returning(Message.id)).scalar_one()
        connection.execute(insert(Delivery).values(message_id=message_id, at=at, duration_s=0.1, status=200))


def rejudging_of(store: Store, key: Key, person: str) -> None:
    choice = json.dumps({"problem": "p", "person": person})
    values = {"org_id": key.org_id, "key_id": key.id, "reason": "r", "chosen_by": choice, "state": "applied"}
    with store.database.writing() as connection:
        connection.execute(insert(Rejudging).values(**values, created_at=NOW, chosen=0, left_out="{}"))


def column(store: Store, which: Any) -> list[Any]:
    with store.database.reading() as connection:
        return list(connection.execute(select(which)).scalars())


def everything(store: Store) -> str:
    """All that the database holds, as one text."""
    with store.database.reading() as connection:
        names = [table.name for table in SubmissionRow.metadata.sorted_tables]
        return str([connection.execute(text(f"SELECT * FROM {name}")).all() for name in names])


def test_of_an_erased_person_only_anonymous_verdicts_are_left(store: Store, key: Key) -> None:
    ada = [judged(store, key, days, "Ada") for days in (3, 2, 1)]
    other = key_of(store, "other")
    bob, elsewhere = judged(store, key, 1, "Bob"), judged(store, other, 1, "Ada")
    rejudging_of(store, key, "Ada")
    before = store.standings.version(key.org_id, "p")
    message(store, key, json.dumps({"data": {"id": ada[1], "person": "Ada"}}))
    message(store, key, json.dumps({"data": {"id": bob}}))
    erased = store.people.erase(key.org_id, "Ada", NOW)
    assert (erased.submissions, erased.reports, erased.standings, erased.messages) == (3, 3, 1, 1)
    assert [kept(store, one) for one in ada] == [(False, False, None, "AC")] * 3
    assert [kept(store, one)[:3] for one in (bob, elsewhere)] == [(True, True, "Bob"), (True, True, "Ada")]
    assert on_board(store, key) == ["Bob"]
    store.people.erase(other.org_id, "Ada", NOW)
    assert "Ada" not in everything(store), "not in the audit log either"
    assert store.checks.run().faults == []
    row = store.submissions.get(ada[0], key.org_id)
    assert row
    assert (row.status, row.verdict, row.report, row.person) == ("judged", "AC", None, None)
    assert [entry.action for entry in store.audit.page(key.org_id, 1)] == ["person.erased"]
    assert store.standings.version(key.org_id, "p") > before
    (chosen,) = [json.loads(row) for row in column(store, Rejudging.chosen_by)]
    assert chosen == {"problem": "p", "person": ""}, "it must not mean everybody now"


def test_who_is_being_judged_is_not_erased_half(store: Store, key: Key) -> None:
    done, waits = judged(store, key, 1, "Ada"), waiting(store, key, 0, "Ada")
    with pytest.raises(StillJudged) as caught:
        store.people.erase(key.org_id, "Ada", NOW)
    assert caught.value.count == 1
    assert [kept(store, one)[::2] for one in (done, waits)] == [(True, "Ada")] * 2


# ---- does it agree with itself -----------------------------------------------------------------------------------


def test_nothing_is_wrong_with_what_the_judge_does(store: Store, key: Key) -> None:
    judged(store, key)
    lost = waiting(store, key)
    claimed = store.judgings.claim("w", ["python"], NOW)
    assert claimed
    store.judgings.give_back(claimed.id, "lost", "gone", NOW)
    judged_again = store.judgings.claim("w", ["python"], NOW)
    assert judged_again
    assert judged_again.submission_id == lost
    waiting(store, key)
    found = store.checks.run()
    assert found.faults == []
    assert found.counts == {"submissions": 3, "judged": 1, "queued": 1, "running": 1, "lost": 1, "failed": 0}


BROKEN = {
    "no judging holds its verdict": "UPDATE submissions SET judging_id = 'x' WHERE status = 'judged'",
    "other figures": "UPDATE submissions SET cpu_time_s = 5 WHERE status = 'judged'",
    "another verdict": "UPDATE judgings SET verdict = NULL WHERE state = 'judged'",
    "is judged and yet waits": "UPDATE submissions SET status = 'judged', judging_id = 'x' WHERE status = 'queued'",
    "not exactly one judging that waits or runs": "UPDATE judgings SET state = 'lost' WHERE state = 'queued'",
    "a judging that ended with one": "UPDATE submissions SET status = 'queued' WHERE status = 'judged'",
    "its source is gone": "UPDATE submissions SET source = NULL WHERE status = 'queued'",
    "the version of its problem is gone": "DELETE FROM packages",
    "a report of an attempt that gave no verdict": "UPDATE judgings SET state = 'failed' WHERE state = 'judged'",
}


@pytest.mark.parametrize("said", BROKEN)
def test_what_is_wrong_is_found(store: Store, key: Key, said: str) -> None:
    judged(store, key)
    waiting(store, key)
    with store.database.writing() as connection:
        connection.execute(text(BROKEN[said]))
    assert any(said in fault for fault in store.checks.run().faults)


def test_two_verdicts_of_one_submission_are_found(store: Store, key: Key) -> None:
    one = judged(store, key)
    with store.database.writing() as connection:
        row = dict(connection.execute(select(JudgingRow.__table__)).mappings().one())
        connection.execute(insert(JudgingRow).values({**row, "id": "0" * 32}))
    assert store.checks.run().faults == [f"submission {one} has more than one verdict"]


@pytest.mark.parametrize("change", ["DELETE FROM standings", "UPDATE standings SET cpu_time_ms = 1"])
def test_standings_that_are_not_what_the_submissions_make_are_found(store: Store, key: Key, change: str) -> None:
    judged(store, key, 1, "Ada")
    judged(store, key, 2, "Bob")
    assert store.checks.run().faults == []
    with store.database.writing() as connection:
        connection.execute(text(change))
    (fault,) = store.checks.run().faults
    assert fault.endswith("standings of 'p': 2 persons have another best submission")


def test_only_some_of_many_faults_are_listed(store: Store, key: Key) -> None:
    for _ in range(22):
        judged(store, key)
    with store.database.writing() as connection:
        connection.execute(update(SubmissionRow).values(verdict="WA"))
    faults = store.checks.run().faults
    assert len(faults) == 21
    assert faults[-1].startswith("2 more: has another verdict")


# ---- what hangs --------------------------------------------------------------------------------------------------


def test_what_runs_is_put_back_and_not_counted_as_a_try(store: Store, key: Key) -> None:
    one = waiting(store, key)
    for _ in range(5):
        late = store.judgings.claim("w", ["python"], NOW)
        assert late
        assert store.judgings.requeue("by hand", NOW) == 1
        assert store.judgings.finish(late.id, REPORT, NOW) is None, "the earlier attempt holds it no more"
    assert store.judgings.requeue("by hand", NOW) == 0
    claimed = store.judgings.claim("w", ["python"], NOW)
    assert claimed
    assert store.judgings.finish(claimed.id, REPORT, NOW)
    assert kept(store, one)[3] == "AC"
    assert store.checks.run().faults == []


# ---- the command line --------------------------------------------------------------------------------------------


def db(tmp_path: Path, *arguments: str, **env: str) -> tuple[int, str]:
    done = python("-m", "api.manage", "db", *arguments, env={"JUDGE_DATA_DIR": str(tmp_path), **env})
    return done.returncode, done.stdout + done.stderr


def test_the_commands(tmp_path: Path) -> None:
    store = new_database(f"sqlite:///{tmp_path}/judge.sqlite3")
    key = key_of(store, "acme")
    now = (datetime.now(UTC) - NOW) / DAY  # the commands live today
    one = judged(store, key, -now, "Ada")
    assert db(tmp_path, "check") == (
        0,
        "1 submissions, 1 judged, 0 queued, 0 running, 0 lost, 0 failed\nnothing is wrong\n",
    )
    status, printed = db(tmp_path, "export-person", "acme", "Ada")
    assert status == 0
    (submission,) = json.loads(printed)["submissions"]
    assert (submission["id"], submission["source"], submission["cpu_time_s"]) == (one, "SOURCE", 0.12)
    assert submission["judgings"][0]["report"]["verdict"] == "AC"
    assert "SECRET-name" not in printed.split('"hidden"')[1], "what was hidden stays hidden"
    assert db(tmp_path, "prune", "--dry-run", JUDGE_KEEP_SOURCES_DAYS="1")[1].startswith("would forget: 0 sources")
    assert db(tmp_path, "prune", JUDGE_KEEP_SOURCES_DAYS="never")[0] == 2
    waiting(store, key, -now, "Ada")
    store.judgings.claim("w", ["python"], datetime.now(UTC))
    store.workers.see("w", ["python"], datetime.now(UTC) + timedelta(hours=1))  # however slow this machine is
    assert db(tmp_path, "erase-person", "acme", "Ada")[0] == 1
    assert db(tmp_path, "requeue") == (1, "1 workers were heard of a moment ago: stop them first, or say --force\n")
    assert db(tmp_path, "requeue", "--force") == (0, "1 judgings are in the queue again\n")
    claimed = store.judgings.claim("w", ["python"], datetime.now(UTC))
    assert claimed
    store.judgings.finish(claimed.id, REPORT, datetime.now(UTC))
    erased = "erased: 2 submissions, 2 reports, 1 standings, 0 messages\n"
    assert db(tmp_path, "erase-person", "acme", "Ada")[1] == erased
    assert "Nothing is kept about 'Ada'" in db(tmp_path, "export-person", "acme", "Ada")[1]
    assert db(tmp_path, "erase-person", "acne", "Ada")[0] == 2
    with store.database.writing() as connection:
        connection.execute(update(SubmissionRow).values(verdict="WA"))
    status, printed = db(tmp_path, "check")
    assert (status, printed.splitlines()[-1]) == (1, "something is wrong")
    store.close()
