"""A pretended API and a small package for the worker's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pretend_api import PretendApi, write_package


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
