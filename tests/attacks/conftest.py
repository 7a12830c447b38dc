"""The boxes that are attacked."""

from collections.abc import Callable, Iterator

import pytest
from targets import Target, Targets

Require = Callable[[str], None]


@pytest.fixture(scope="session")
def targets(started_containers: list[str]) -> Iterator[Targets]:
    kept = Targets(started_containers)
    yield kept
    kept.close()


@pytest.fixture(params=["docker", "local"])
def backend(request: pytest.FixtureRequest, require: Require) -> str:
    if request.param == "docker":
        require("docker")
        require("image")
    return str(request.param)


@pytest.fixture
def target(backend: str, targets: Targets) -> Iterator[Target]:
    """A whole box; one that a test hurt is not used again."""
    failed = True
    try:
        yield targets.get(backend)
        failed = False
    finally:
        if failed:
            targets.forget(backend)
