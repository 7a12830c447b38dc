"""A box that cannot run what its language needs judges nobody: it is no box, and no submission is told CE or RTE."""

import pytest
from boxes import Caller, function, options

from judge.errors import BoxUnavailable
from judge.languages import get_language
from judge.sandbox import BACKENDS, BoxOptions, local, start_box, start_boxes

THREADS = """
import threading
thread = threading.Thread(target=print)
thread.start()
thread.join()
return [n]
"""


def broken_options(missing: set[str]) -> BoxOptions:
    """Of an interpreter that comes up, but cannot do all it must."""
    python = get_language("python")
    allowed = [name for name in python.syscalls if name not in missing]
    return BoxOptions(python.model_copy(update={"syscalls": allowed}))


@pytest.mark.parametrize(
    "missing", [{"clone"}, {"open", "openat"}, {"socketpair"}], ids=["threads", "files", "asyncio"]
)
def test_a_broken_interpreter_is_no_box(backend: str, missing: set[str], leak_detector: None):
    with pytest.raises(BoxUnavailable) as caught:
        start_boxes(backend, broken_options(missing))
    assert "cannot run its smoke program" in caught.value.reason
    assert "judge image build" in caught.value.remedy


def test_without_the_canary_a_right_submission_would_be_blamed(leak_detector: None):
    with_threads = function(THREADS)
    sound, broken = start_box("local", options()), start_box("local", broken_options({"clone"}))
    assert Caller(sound).one(with_threads).ended == "ok"
    assert Caller(broken).one(with_threads).ended == "failed"
    for box in (sound, broken):
        box.close()


def test_the_next_box_is_tried_too(monkeypatch: pytest.MonkeyPatch, leak_detector: None):
    """An image may be built anew, and broken, while its workers run."""
    of_each_start = [options(), broken_options({"clone"})]
    monkeypatch.setitem(BACKENDS, "local", lambda _: local.start(of_each_start.pop(0)))
    boxes = start_boxes("local", options(), recycle_after=1)
    Caller(boxes.submissions).judges_a_clean_submission()
    boxes.submission_ends()
    with pytest.raises(BoxUnavailable):
        boxes.ready()
    boxes.close()
