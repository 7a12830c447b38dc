"""Real servers for the tests of the API: a private Redis each test run, a private PostgreSQL where one is installed."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_help import (
    WORKER_TOKEN,
    Caller,
    RedisServer,
    caller_of,
    close,
    database_url_for,
    new_database,
    settings_for,
    write_problems,
)
from flask import Flask

from api.app import create_app
from api.settings import Settings
from api.store import Store
from judge.bench.postgresql import binaries, private_server


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    # Not below tmp_path: a socket's path may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="judge-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    with shared_redis.client() as client:
        client.flushall()
    return shared_redis


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """For tests that stop it."""
    with tempfile.TemporaryDirectory(prefix="judge-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def problems_dir(tmp_path: Path) -> Path:
    return write_problems(tmp_path)


@pytest.fixture
def settings(redis_server: RedisServer, problems_dir: Path) -> Settings:
    return settings_for(redis_server.url, problems_dir)


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], Flask]]:
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        new_database(settings.database_url).close()
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        close(app)


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(settings)


@pytest.fixture
def caller(app: Flask) -> Caller:
    return caller_of(app)


@pytest.fixture
def worker(app: Flask) -> Caller:
    return Caller(app.test_client(), WORKER_TOKEN)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url_for(request, tmp_path)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = new_database(database_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a private server, without a database's name."""
    programs = binaries()
    if programs is None:
        if "postgresql" in os.environ.get("JUDGE_REQUIRE", "").split(","):
            pytest.fail("PostgreSQL is required, but there is none: apt-get install postgresql")
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    with private_server(programs) as url:
        yield url
