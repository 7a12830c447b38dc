"""The boxes of the contract suite: every test gets a warm one, which must judge a clean submission afterwards.

Boxes of Docker are tried under every container runtime that is installed: "docker" is the daemon's default one,
"docker-crun" another.
"""

from collections.abc import Callable, Iterator

import pytest
from boxes import Caller, WarmBoxes, still_works
from runtimes import further_runtimes

Require = Callable[[str], None]
_DOCKER = ["docker", *(f"docker-{name}" for name in further_runtimes())]


@pytest.fixture(scope="session")
def warm_boxes() -> Iterator[WarmBoxes]:
    boxes = WarmBoxes()
    yield boxes
    boxes.close()


def _provide(name: str, require: Require, patch: pytest.MonkeyPatch) -> str:
    """The backend; the runtime that the name says besides is set as an operator sets it."""
    backend, _, runtime = name.partition("-")
    if backend == "docker":
        require("docker")
        require("image")
        patch.setenv("JUDGE_DOCKER_RUNTIME", runtime)
    return backend


@pytest.fixture(params=[*_DOCKER, "local", "fake"])
def every_backend(request: pytest.FixtureRequest, require: Require, monkeypatch: pytest.MonkeyPatch) -> str:
    return _provide(request.param, require, monkeypatch)


@pytest.fixture(params=[*_DOCKER, "local"])
def backend(request: pytest.FixtureRequest, require: Require, monkeypatch: pytest.MonkeyPatch) -> str:
    """The backends that hold a submission in."""
    return _provide(request.param, require, monkeypatch)


@pytest.fixture
def any_box(every_backend: str, warm_boxes: WarmBoxes) -> Iterator[Caller]:
    """A box of each backend; what every box must do."""
    yield from _checked(every_backend, warm_boxes)


@pytest.fixture
def box(backend: str, warm_boxes: WarmBoxes) -> Iterator[Caller]:
    """A box of each backend that has walls."""
    yield from _checked(backend, warm_boxes)


def _checked(backend: str, warm_boxes: WarmBoxes) -> Iterator[Caller]:
    kept = warm_boxes.get(backend)
    yield Caller(kept)
    try:
        still_works(kept)()
    except BaseException:
        warm_boxes.forget(kept)
        raise
