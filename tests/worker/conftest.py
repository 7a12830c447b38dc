"""A pretended API, a small package and what a worker needs beside its boxes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pretend_api import RIGHT, TOKEN, PretendApi, write_package

import worker.api_client
import worker.judging
from worker.api_client import ApiClient
from worker.queue import JudgingTask
from worker.settings import Settings


@pytest.fixture
def api() -> Iterator[PretendApi]:
    with PretendApi() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "add-two"


@pytest.fixture
def package(api: PretendApi, folder: Path) -> str:
    """The hash of a small package that the API serves."""
    package_hash = write_package(folder)
    api.add(folder, package_hash)
    return package_hash


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.api_client, "_RETRIES", worker.api_client._RETRIES.new(total=1, backoff_factor=0))
    monkeypatch.setattr(worker.judging, "_PAUSE_S", 0.01)


@pytest.fixture
def settings(api: PretendApi, tmp_path: Path) -> Settings:
    return Settings("unix:///nowhere", api.url, TOKEN, "local", tmp_path / "cache", 1000, (), 50)


@pytest.fixture
def client(api: PretendApi) -> Iterator[ApiClient]:
    made = ApiClient(api.url, TOKEN, "w", ["python"])
    yield made
    made.close()


@pytest.fixture
def task(package: str) -> Callable[..., JudgingTask]:
    def make(source: str = RIGHT, **changes: Any) -> JudgingTask:
        given = {"id": "j1", "kind": "submission", "problem": "add-two", "package": package, "language": "python"}
        return JudgingTask.model_validate({**given, "source": source, **changes})

    return make
