"""Two boxes on one machine: what happens in one is no matter of the other. Numbers 62 and 64 of docs/attacks.md."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from look import watched

from judge.attack_check import FOLDER, judge
from judge.models import Limits, Verdict
from judge.package import Problem, load_packages
from judge.sandbox import Boxes

LIMITS = Limits(cpu_time_s=2.0, wall_time_s=20.0, memory_mib=64, output_mib=1)
PATIENT = LIMITS.model_copy(update={"wall_time_s": 60.0})
HOGS = {
    "cpu": "import time\ndef square(n):\n    while time.process_time() < 0.25: pass\n    return n * n\n",
    "threads": "import threading, time\ndef square(n):\n    threading.stack_size(1 << 16)\n    for _ in range(200):\n"
    "        try: threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()\n"
    "        except RuntimeError: break\n    time.sleep(0.05)\n    return n * n\n",
    "memory": "def square(n):\n    return n * n if len(b'x' * (40 << 20)) else n\n",
    "crashes": "import os\ndef square(n):\n    os._exit(1)\n",
}


@pytest.fixture
def problem() -> Problem:
    return load_packages(FOLDER / "problems")["square"]


@pytest.fixture
def two_boxes(backend: str, started_containers: list[str], leak_detector: None) -> Iterator[tuple[Boxes, Boxes]]:
    with ExitStack() as boxes:
        yield tuple(boxes.enter_context(watched(backend, started_containers))[0] for _ in range(2))


@pytest.mark.parametrize("hog", HOGS)
def test_a_box_beside_a_hog_judges_rightly(two_boxes: tuple[Boxes, Boxes], problem: Problem, hog: str):
    ours, theirs = two_boxes
    stop, judged = threading.Event(), list[Verdict | None]()

    def hog_on() -> None:
        while not stop.is_set():
            judged.append(judge(HOGS[hog], problem, theirs, PATIENT).verdict)

    thread = threading.Thread(target=hog_on)
    thread.start()
    try:
        honest = [judge(problem.accepted[0].source, problem, ours, LIMITS) for _ in range(20)]
    finally:
        stop.set()
        thread.join()
    assert {report.verdict for report in honest} == {Verdict.AC}
    assert set(judged) == {Verdict.RTE if hog == "crashes" else Verdict.AC}
