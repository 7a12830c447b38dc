"""Solutions as people really write them: five styles of each problem, and all of them are accepted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from judge.cache import Cache
from judge.calibration import Prepared, prepare
from judge.languages import get_language
from judge.models import Submission
from judge.package import load_package
from judge.pipeline import judge
from judge.sandbox import Boxes, BoxOptions, start_boxes

PROBLEMS = Path(__file__).parents[2] / "problems"
STYLES = Path(__file__).parent / "styles"
NAMES = {"recursive", "iterative", "solution_class", "type_hints", "interview_site"}
FILES = sorted(STYLES.glob("*/*.py"))


@pytest.fixture(scope="module", params=["docker", "local"])
def boxes(request: pytest.FixtureRequest, require: Callable[[str], None]) -> Iterator[Boxes]:
    if request.param == "docker":
        require("image")
    made = start_boxes(request.param, BoxOptions(get_language("python")))
    yield made
    made.close()


@pytest.fixture(scope="module")
def prepared(boxes: Boxes, shared_folder: Path) -> Callable[[str], Prepared]:
    known: dict[str, Prepared] = {}

    def at_hand(slug: str) -> Prepared:
        if slug not in known:
            known[slug] = prepare(load_package(PROBLEMS / slug), boxes, Cache(shared_folder / "cache"))
        return known[slug]

    return at_hand


def test_every_problem_has_its_five_styles():
    slugs = {path.parent.name for path in PROBLEMS.glob("*/problem.yaml")}
    found = {slug: {path.stem for path in (STYLES / slug).glob("*.py")} for slug in slugs}
    assert found == dict.fromkeys(slugs, NAMES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_is_accepted(path: Path, boxes: Boxes, prepared: Callable[[str], Prepared]):
    problem, calibration = prepared(path.parent.name)
    report = judge(Submission(language="python", source=path.read_text(encoding="utf-8")), problem, calibration, boxes)
    assert report.verdict == "AC", report.compile_error or report.groups
