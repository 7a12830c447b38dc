"""The application: put together here and nowhere else. Importing this starts nothing.

`create_app` reads the settings, loads every problem, opens the database and, unless told otherwise, starts the sweeper.
It raises a JudgeError, one sentence for the operator, when it cannot: a wrong setting, a broken package.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import sqlalchemy.exc
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    audit,
    events,
    health,
    internal,
    keys,
    leaderboards,
    monitoring,
    openapi,
    problems,
    rates,
    records,
    rejudgings,
    runs,
    submissions,
    views,
    webhooks,
)
from api.announcing import announce_applied, announce_verdict
from api.auth import Keys, LastUse
from api.catalogue import Catalogue
from api.courier import Courier
from api.dispatch import Dispatcher, Sweeper
from api.errors import SettingsError, register_errors
from api.live import Streams, Topic
from api.metrics import Metrics
from api.news import Herald, News
from api.requests import register_requests
from api.runboard import RunBoard
from api.services import EXTENSION, Services
from api.settings import Settings
from api.store import Store
from api.store.migrate import newest, revision
from api.targets import Targets
from api.waiting import Waiting

BLUEPRINTS = (
    problems.bp,
    leaderboards.bp,
    submissions.bp,
    events.bp,
    records.bp,
    rejudgings.bp,
    runs.bp,
    keys.bp,
    audit.bp,
    webhooks.bp,
    internal.bp,
    health.bp,
    openapi.bp,
    monitoring.bp,
)


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_environment()
    app = Flask("judge-api", static_folder=None)
    held = app.extensions[EXTENSION] = _services(settings)
    held.sweeper.chores.append(held.count_held)
    register_requests(app)
    register_errors(app)
    app.after_request(rates.show)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, x_proto=0)  # type: ignore[method-assign]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.sweep:
        held.sweeper.start()
        held.courier.start()
    return app


def _services(settings: Settings) -> Services:
    """Everything that one application holds; nothing of it runs yet."""
    catalogue = Catalogue.load(settings.problems_dir)
    store = _open_store(settings, catalogue)
    board, metrics, last_use = RunBoard(settings.redis_url), Metrics(), LastUse(store.keys)
    store.judgings.on_end.append(metrics.attempt_ended)
    store.judgings.on_verdict.append(announce_verdict)
    store.rejudgings.on_applied.append(announce_applied)
    sweeper = Sweeper(store, settings, board, metrics)
    sweeper.chores += [last_use.write, lambda: store.packages.offer(catalogue.tars, datetime.now(UTC))]
    targets = Targets(settings.webhooks_allow, settings.webhooks_insecure)
    places = threading.Semaphore(settings.max_held)
    held_submissions = Waiting(lambda ids: _judged(store, ids), settings.poll_interval_s, places)
    held_runs = Waiting(lambda ids: _ready(board, ids), settings.poll_interval_s, places)
    streams = Streams(lambda topics: events.states(store, topics), settings.poll_interval_s, settings.max_streams)
    return Services(
        settings=settings,
        store=store,
        board=board,
        catalogue=catalogue,
        keys=Keys(),
        last_use=last_use,
        rates=rates.Rates(settings),
        dispatcher=Dispatcher(settings, board, metrics),
        sweeper=sweeper,
        courier=Courier(store, targets),
        targets=targets,
        held_submissions=held_submissions,
        held_runs=held_runs,
        streams=streams,
        herald=Herald(settings.redis_url, _teller(held_submissions, held_runs, streams)),
        metrics=metrics,
    )


def _teller(held_submissions: Waiting, held_runs: Waiting, streams: Streams) -> Callable[[News], None]:
    """Tells those of this process who wait or listen."""

    def tell(news: News) -> None:
        if news.kind == "run":
            held_runs.look_for(news.id)
        else:
            held_submissions.look_for(news.id)
            streams.touch(Topic("submission", news.org_id, news.id))
            streams.touch(Topic("leaderboard", news.org_id, news.problem))

    return tell


def _open_store(settings: Settings, catalogue: Catalogue) -> Store:
    """The database, with every version of a problem that is offered kept in it."""
    try:
        store = Store(settings.database_url, settings.max_attempts)
        if (found := revision(store.database)) != newest():
            at = f"is at step {found}" if found else "has no tables of this version yet"
            raise SettingsError(f"The database {at}, and this program needs step {newest()}: run `judge db upgrade`.")
        store.packages.offer(catalogue.tars, datetime.now(UTC))
        for slug, package in catalogue.hashes.items():
            store.packages.keep(package, slug, catalogue.tars[package], datetime.now(UTC))
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as exc:
        # The driver's own words may hold the URL, and with it a password.
        raise SettingsError("JUDGE_DATABASE_URL names a database that cannot be opened or does not answer.") from exc
    return store


def _judged(store: Store, ids: list[str]) -> Mapping[str, bytes]:
    return {row.id: views.encode(views.submission(row)) for row in store.submissions.judged(ids)}


def _ready(board: RunBoard, ids: list[str]) -> Mapping[str, bytes]:
    return {run_id: views.encode(views.run(run_id, report)) for run_id, report in board.reports(ids).items()}
