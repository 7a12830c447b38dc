"""The boxes of the contract suite: every test gets a warm one, which must judge a clean submission afterwards."""

from collections.abc import Callable, Iterator

import pytest
from boxes import Caller, WarmBoxes, still_works

Require = Callable[[str], None]


@pytest.fixture(scope="session")
def warm_boxes() -> Iterator[WarmBoxes]:
    boxes = WarmBoxes()
    yield boxes
    boxes.close()


def _provide(backend: str, require: Require) -> str:
    if backend == "docker":
        require("docker")
        require("image")
    return backend


@pytest.fixture(params=["docker", "local", "fake"])
def every_backend(request: pytest.FixtureRequest, require: Require) -> str:
    return _provide(request.param, require)


@pytest.fixture(params=["docker", "local"])
def backend(request: pytest.FixtureRequest, require: Require) -> str:
    """The backends that hold a submission in."""
    return _provide(request.param, require)


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
