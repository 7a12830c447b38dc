"""A short soak: three hundred submissions and attacks through one worker's loop. `judge bench soak` is the long one."""

import pytest

from judge.bench import soak


def test_three_hundred_submissions_leave_nothing_and_grow_nothing(
    backend: str, leak_detector: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(soak, "_SAMPLES", 50)  # each waits until all is quiet
    seen = soak.run(backend, 300, 200, lambda text: None)
    assert seen.wrong == []
    assert seen.left == []
    assert seen.boxes == 2
    # So few show only what is large: a process, a thread or an answer kept of each. The long soak sees a few bytes.
    assert soak.growth("box", seen.box_kib, "KiB", 2_000).met
    assert soak.growth("worker", seen.worker_kib, "KiB", 10_000).met
    assert soak.growth("descriptors", seen.descriptors, "descriptors", 0).met
