"""GET /metrics: what is counted, who may read it, and that alerts and dashboard ask for what is there."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_help import Caller, RedisServer, body_for, eventually, python, report_for, services_of
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import insert, text

from api.settings import Settings
from api.store import NewKey, NewSubmission, Store
from api.store.backlog import _DEAD, _PENDING, _RUNNING, _WAITING, Owed
from api.store.service_tables import Message, Webhook
from api.store.tables import LOST

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
SUBMISSIONS = "/api/v1/submissions"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Samples = dict[tuple[str, ...], float]


def scraped(app: Flask) -> Samples:
    """Each sample by its name and its labels' values."""
    response = app.test_client().get("/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_judgings_are_counted_by_what_became_of_them(app: Flask, caller: Caller, worker: Caller) -> None:
    before = scraped(app)
    assert before["judge_verdicts_total", "AC"] == before["judge_attempts_total", "lost"] == 0
    one, two, three = (caller.post(SUBMISSIONS, json=body_for()).json["id"] for _ in range(3))
    worker.report(one, report_for("AC"))
    worker.report(one, report_for("WA"))  # once more, by the same: too late
    worker.post(f"/internal/judgings/{worker.judging(two)}/fault", json={"reason": "no box"})
    services_of(app).store.judgings.give_back(worker.judging(three), LOST, "gone", datetime.now(UTC))
    after = scraped(app)
    counted = {name: after["judge_attempts_total", name] for name in ("judged", "failed", "lost")}
    assert counted == {"judged": 1, "failed": 1, "lost": 1}
    assert after["judge_verdicts_total", "AC"] == 1
    assert after["judge_verdicts_total", "WA"] == 0
    assert after[("judge_reports_dropped_total",)] == 1
    assert after["judge_judging_duration_seconds_sum", "python"] == pytest.approx(0.345678)
    assert after["judge_time_to_verdict_seconds_count", "python"] == 1


def test_the_last_failed_attempt_is_a_judge_error(app: Flask, caller: Caller, worker: Caller) -> None:
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    for _ in range(3):
        worker.claimed.clear()
        worker.post(f"/internal/judgings/{worker.judging(submission_id)}/fault", json={"reason": "no box"})
    after = scraped(app)
    assert (after["judge_attempts_total", "failed"], after["judge_verdicts_total", "JE"]) == (3, 1)
    assert ("judge_judging_duration_seconds_count", "python") not in after, "a JE's time is no judging's"


def test_a_report_of_a_run_is_no_late_one(app: Flask, caller: Caller, worker: Caller) -> None:
    run_id = caller.post("/api/v1/runs?wait=0", json=body_for()).json["id"]
    assert scraped(app)["judge_runs_waiting", "python"] == 1
    worker.report(run_id, report_for())
    assert scraped(app)[("judge_reports_dropped_total",)] == 0


def test_what_waits_is_told_with_the_age_of_the_oldest(app: Flask, caller: Caller, worker: Caller) -> None:
    assert scraped(app)["judge_queue_depth", "python", "submission"] == 0
    for _ in range(3):
        caller.post(SUBMISSIONS, json=body_for())
    worker.claim()
    shown = scraped(app)
    assert shown["judge_queue_depth", "python", "submission"] == 2
    assert 0 < shown["judge_queue_oldest_age_seconds", "python", "submission"] < 600
    assert shown["judge_queue_depth", "python", "rejudging"] == 0
    assert shown[("judge_judgings_running",)] == 1


def test_signs_of_life_tell_of_workers_and_their_boxes(app: Flask, worker: Caller) -> None:
    sign = {"languages": ["python"], "boxes": {"started": 2, "broken": 1}}
    assert worker.post("/internal/workers/one", json=sign).status_code == 204
    assert worker.post("/internal/workers/two", json={"languages": ["python"]}).status_code == 204
    assert worker.post("/internal/workers/two", json={**sign, "boxes": {"eaten": 1}}).status_code == 422
    shown = scraped(app)
    assert shown["judge_workers", "python"] == 2
    assert (shown["judge_boxes_total", "started"], shown["judge_boxes_total", "broken"]) == (2, 1)


def test_requests_are_counted_by_their_route(app: Flask, caller: Caller) -> None:
    for path in (f"{SUBMISSIONS}/a", f"{SUBMISSIONS}/b?wait=0", "/nowhere/1", "/nowhere/2"):
        caller.get(path)
    app.test_client().open("/", method="BREW")
    shown = scraped(app)
    route = f"{SUBMISSIONS}/<submission_id>"
    assert shown["judge_http_requests_total", "GET", route, "404"] == 2
    assert shown["judge_http_request_duration_seconds_count", "no", "GET", route] == 1
    assert shown["judge_http_request_duration_seconds_count", "yes", "GET", route] == 1
    assert shown["judge_http_requests_total", "any", "none", "404"] == 2
    assert shown["judge_http_requests_total", "any", "none", "405"] == 1


def test_held_requests_are_counted_while_they_are(app: Flask) -> None:
    with services_of(app).held_submissions.hold("x"):  # type: ignore[union-attr]
        assert scraped(app)[("judge_held_requests",)] == 1
    assert scraped(app)[("judge_held_requests",)] == 0


def test_streams_are_counted_while_they_are(app: Flask, caller: Caller) -> None:
    submission_id = caller.post(SUBMISSIONS, json=body_for()).json["id"]
    assert scraped(app)[("judge_streams",)] == 0
    stream = caller.get(f"{SUBMISSIONS}/{submission_id}/events")
    assert scraped(app)[("judge_streams",)] == 1
    stream.close()
    assert scraped(app)[("judge_streams",)] == 0


def test_sweeps_that_fail_are_counted(
    make_app: Callable[[Settings], Flask], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dispatch.Sweeper.sweep", lambda self: 1 / 0)
    app = make_app(settings.model_copy(update={"sweep": True, "sweep_interval_s": 0.01}))
    eventually(lambda: scraped(app)["judge_sweeps_total", "failed"])


def test_metrics_answer_when_what_they_ask_does_not(
    own_redis: RedisServer, make_app: Callable[[Settings], Flask], settings: Settings, problems_dir: Path
) -> None:
    app = make_app(settings.model_copy(update={"redis_url": own_redis.url}))
    shown = scraped(app)
    assert shown[("judge_database_up",)] == shown[("judge_redis_up",)] == 1
    own_redis.stop()
    with services_of(app).store.database.writing() as connection:
        connection.execute(text("DROP TABLE outbox"))
    shown = scraped(app)
    assert shown[("judge_database_up",)] == shown[("judge_redis_up",)] == 0
    assert shown["judge_verdicts_total", "AC"] == 0


# ---- who may read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 200),
        ("::1", {}, 200),
        ("::ffff:192.168.0.7", {}, 200),
        ("", {}, 200),
        ("8.8.8.8", {}, 401),
        ("::ffff:8.8.8.8", {}, 401),
        ("2001:4860::1", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("10.1.2.3", {"Forwarded": "for=10.0.0.1"}, 401),
    ],
)
def test_without_a_token_only_who_is_near_may_read(
    app: Flask, address: str, headers: dict[str, str], status: int
) -> None:
    client = app.test_client()
    response = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert response.status_code == status


def test_with_a_token_only_who_sends_it_may_read(make_app: Callable[[Settings], Flask], settings: Settings) -> None:
    app = make_app(settings.model_copy(update={"metrics_token": SecretStr("only-prometheus-knows")}))
    for given, status in ((None, 401), ("", 401), ("only-prometheus-knowz", 401), ("only-prometheus-knows", 200)):
        headers = {} if given is None else {"Authorization": f"Bearer {given}"}
        for address in ("127.0.0.1", "8.8.8.8"):
            response = app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
            assert response.status_code == status


# ---- what is asked of the database -------------------------------------------------------------------------------


@pytest.fixture
def key(store: Store) -> int:
    store.keys.add(NewKey("k", "a" * 64, "aaaa", AT))
    found = store.keys.find("a" * 64)
    assert found
    return found.id


def test_the_backlog_is_told_by_language_and_priority(store: Store, key: int) -> None:
    assert store.backlog.waiting() == []
    for number in range(4):
        language, at = ("other", "python")[number % 2], AT + timedelta(seconds=number)
        store.submissions.add(NewSubmission(f"{number:032x}", 1, key, "p", "hash", language, "x", at))
    store.judgings.claim("w", ["python"], AT)
    waiting = {each.language: (each.count, each.oldest) for each in store.backlog.waiting()}
    assert waiting == {"other": (2, AT), "python": (1, AT + timedelta(seconds=3))}
    assert store.backlog.running() == 1


def test_messages_owed_to_webhooks_are_told(store: Store, key: int) -> None:
    assert store.backlog.outbox() == Owed(0, 0, None)
    states = ["pending", "sending", "delivered", "dead"]
    with store.database.writing() as connection:
        hook = {"org_id": 1, "url": "https://example.com", "events": "", "secret": "s", "created_at": AT}
        connection.execute(insert(Webhook).values(id=1, **hook))
        for number, state in enumerate(states):
            message = {"webhook_id": 1, "event": "e", "event_id": str(number), "payload": "{}", "tries": 0}
            due = AT + timedelta(hours=number)
            connection.execute(insert(Message).values(**message, state=state, created_at=AT, due_at=due))
    assert store.backlog.outbox() == Owed(2, 1, AT)


def test_the_backlog_is_read_from_the_indexes_of_what_is_not_done(store: Store) -> None:
    """So a scrape costs the same however much is stored."""
    indexes = ("judgings_waiting", "judgings_running", "outbox_owed", "outbox_dead")
    with store.database.reading() as connection:
        if not store.database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # which is cheaper while the tables are empty
        for query, index in zip((_WAITING, _RUNNING, _PENDING, _DEAD), indexes, strict=True):
            explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
            plan = str(connection.execute(text(f"{explain} {query}")).all())
            assert index in plan, plan


# ---- alerts and dashboard ----------------------------------------------------------------------------------------


def alert_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def families(app: Flask, caller: Caller, worker: Caller) -> set[str]:
    """The names of all series, after something of every kind has happened."""
    worker.report(caller.post(SUBMISSIONS, json=body_for()).json["id"], report_for())
    return {name for name, *_ in scraped(app)}


def test_alerts_and_dashboard_ask_only_for_what_there_is(app: Flask, caller: Caller, worker: Caller) -> None:
    rules = [
        rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]
    ]
    panels = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
    asked = [rule["expr"] for rule in rules] + [one["expr"] for panel in panels for one in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"judge_\w+", expression)}
    known = families(app, caller, worker)
    assert len(rules) > 10 and len(panels) > 10
    assert named <= known
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in named}
    unseen = {re.sub(r"_(bucket|sum|count)$", "", name) for name in known} - shown
    assert not unseen, "a metric that neither an alert nor the dashboard shows"


def test_every_alert_is_explained_to_the_operator() -> None:
    guide = (ROOT / "docs" / "operator.md").read_text()
    assert not [rule["alert"] for rule in alert_rules() if f"`{rule['alert']}`" not in guide]


def test_every_metric_is_explained_to_the_operator(app: Flask, caller: Caller, worker: Caller) -> None:
    guide = (ROOT / "docs" / "operator.md").read_text()
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in families(app, caller, worker)}
    assert not [name for name in names if f"`{name}`" not in guide]


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here: apt-get install prometheus")
def test_promtool_accepts_metrics_and_rules(app: Flask, caller: Caller, worker: Caller) -> None:
    families(app, caller, worker)
    metrics = app.test_client().get("/metrics").data
    for arguments in (
        ["metrics"],
        ["rules", str(MONITORING / "alerts.yml")],
        ["config", str(MONITORING / "prometheus.yml")],
    ):
        done = subprocess.run(["promtool", "check", *arguments], input=metrics, capture_output=True)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_several_processes_of_one_instance_are_told_together(tmp_path: Path) -> None:
    count = "from api.metrics import Metrics; m = Metrics(); m.verdicts.labels('AC').inc(); m.hints_failed.inc();"
    env = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    assert python("-c", count, env=env).returncode == 0
    shown = python("-c", count + "print(m.text().decode())", env=env).stdout
    assert 'judge_verdicts_total{verdict="AC"} 2.0' in shown
    assert "judge_hints_failed_total 2.0" in shown
