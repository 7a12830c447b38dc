"""A database with a great many submissions, and how long the API then takes for what people look at most.

    python -m api.bench URL ROWS     fills an empty database, prints a JSON object: what was asked -> milliseconds, each

Part of `judge bench million`. The rows are made by the database itself: made-up submissions, judgings, reports and
standings that are consistent with each other. It refuses a database that holds anything.
"""

import hashlib
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection, text

from api.app import create_app
from api.auth import digest_of, new_key
from api.settings import Settings
from api.store import NewKey, Store
from api.store.migrate import upgrade
from judge.models import Report, Verdict

_ASKED = 50  # times each
_PROBLEMS, _TRIES = 20, 5  # so many problems; so many submissions of a person to one of them
_FIRST_AT = 1_700_000_000

# A submission of every person to every problem, and so again. Time, CPU time and verdict depend on its number alone.
_NUMBERED = f"""WITH RECURSIVE
  numbers(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < :rows - 1),
  made AS (SELECT i, md5('submission' || i) AS id, md5('judging' || i) AS judging_id, {{time}} AS at,
    'person ' || (i % :people) AS person, 'problem-' || (i / :people % {_PROBLEMS}) AS problem,
    CASE WHEN i * 7919 % 100 < 60 THEN 'AC' ELSE 'WA' END AS verdict, (i * 104729 % 300) AS hundredths FROM numbers)"""
_TIMES = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%S', {_FIRST_AT} + i, 'unixepoch') || '.000000'",
    "postgresql": f"to_timestamp({_FIRST_AT} + i)",
}
_FIGURES = "verdict, cpu_time_s, wall_time_s, peak_memory_kib, cases_passed, cases_total"
_FIGURES_MADE = "verdict, hundredths / 100.0, hundredths / 100.0, 10240, 1, 1"
_FILL = [
    f"""INSERT INTO submissions (id, org_id, key_id, person, problem, package, language, status, created_at, judged_at,
      judging_id, source, {_FIGURES})
      {{made}} SELECT id, :org_id, :key_id, person, problem, :package, 'python', 'judged', at, at, judging_id, 'x = 1',
      {_FIGURES_MADE} FROM made""",
    f"""INSERT INTO judgings (id, submission_id, key_id, package, language, attempt, priority, turn, state, renewed,
      created_at, started_at, ended_at, {_FIGURES})
      {{made}} SELECT judging_id, id, :key_id, :package, 'python', 1, 1, i, 'judged', 0, at, at, at, {_FIGURES_MADE}
      FROM made""",
    "INSERT INTO reports (judging_id, report) {made} SELECT judging_id, :report FROM made",
    """INSERT INTO standings (org_id, problem, person, submission_id, minus_score, cpu_time_ms, at)
      {made}, ranked AS (SELECT made.*, row_number() OVER (PARTITION BY problem, person
        ORDER BY CASE verdict WHEN 'AC' THEN -1 ELSE 0 END, hundredths, at, id) AS place FROM made)
      SELECT :org_id, problem, person, id, CASE verdict WHEN 'AC' THEN -1 ELSE 0 END, hundredths * 10, at FROM ranked
      WHERE place = 1""",
    "INSERT INTO boards (org_id, problem, version) SELECT :org_id, problem, count(*) FROM standings GROUP BY problem",
]
# As the databases do it themselves in the course of time.
_TIDY = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}


def fill(store: Store, rows: int) -> str:
    """Make that many submissions of one organisation; returns an API key of it."""
    key, at = new_key(), datetime.now(UTC)
    if not store.keys.add(NewKey("bench", digest_of(key), key[-4:], at), only_first=True):
        raise SystemExit("The database is not empty.")
    known = store.keys.find(digest_of(key))
    assert known
    report = Report(verdict=Verdict.AC, cpu_time_s=0.1, cases_passed=1, cases_total=1).model_dump_json()
    values = {"rows": rows, "people": max(1, rows // (_PROBLEMS * _TRIES)), "report": report, "package": "0" * 64}
    with store.database.writing() as connection:
        if store.database.is_sqlite:
            _prepare_sqlite(connection)
        made = _NUMBERED.format(time=_TIMES[store.database.engine.dialect.name])
        for statement in _FILL:
            whole = text(statement.format(made=made))
            asked = {**values, "org_id": known.org_id, "key_id": known.id}
            connection.execute(whole, {name: asked[name] for name in whole.compile().params})
    with store.database.reading() as connection:
        connection.exec_driver_sql(_TIDY[store.database.engine.dialect.name])
    return key


def _prepare_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.create_function("md5", 1, lambda said: hashlib.md5(said.encode(), usedforsecurity=False).hexdigest())
    # Keys in no order meet every page of an index: with the usual 2 MB each would be written thousands of times.
    driver.execute("PRAGMA cache_size = -1000000")


def measure(app: Flask, key: str, rows: int) -> dict[str, list[float]]:
    """Milliseconds from request to answer, without a network between."""
    client = app.test_client()
    chosen = [random.Random(1).randrange(rows) for _ in range(_ASKED)]  # noqa: S311 - not for secrets
    people = max(1, rows // (_PROBLEMS * _TRIES))
    ids = [hashlib.md5(f"submission{number}".encode(), usedforsecurity=False).hexdigest() for number in chosen]
    boards = [f"/api/v1/problems/problem-{number % _PROBLEMS}/leaderboard" for number in chosen]
    asked = {
        "status of a submission": [f"/api/v1/submissions/{one}" for one in ids],
        "list of submissions, first page": ["/api/v1/submissions"] * _ASKED,
        "list of submissions, a page somewhere": [f"/api/v1/submissions?before={one}" for one in ids],
        "leaderboard, first page": boards,
        "leaderboard, around somebody": [
            f"{board}?around=person+{number % people}" for board, number in zip(boards, chosen, strict=True)
        ],
    }
    return {name: [_ask_ms(client, key, path) for path in paths] for name, paths in asked.items()}


def _ask_ms(client: FlaskClient, key: str, path: str) -> float:
    started_s = time.perf_counter()
    answer = client.get(path, headers={"Authorization": f"Bearer {key}"})
    took_ms = (time.perf_counter() - started_s) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:300]}")
    return took_ms


def main(url: str, rows: int) -> None:
    store = Store(url)
    upgrade(store.database)
    key = fill(store, rows)
    store.close()
    settings = Settings(
        database_url=url,
        redis_url="unix:///nothing/is/queued.sock",
        worker_token=SecretStr("nobody works here"),
        problems_dir=Path(__file__).parents[1] / "judge" / "bench" / "problems",
        sweep=False,
    )
    print(json.dumps(measure(create_app(settings), key, rows)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
