"""The cache: made once, whole or not at all, by however many processes."""

import multiprocessing
import os
from pathlib import Path

import pytest

from judge.cache import Cache, default_folder


def _ask(folder: Path, log: Path, barrier: "multiprocessing.synchronize.Barrier") -> None:
    def make() -> bytes:
        with log.open("a") as file:
            file.write(f"{os.getpid()}\n")
        return b"x" * 1_000_000

    barrier.wait(30)
    assert len(Cache(folder).get_or_make("kind", "key", make)) == 1_000_000


def test_processes_that_ask_at_the_same_time_make_it_once(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=_ask, args=(tmp_path / "cache", tmp_path / "log", barrier)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len((tmp_path / "log").read_text().split()) == 1


def test_it_is_made_the_first_time_only(tmp_path: Path):
    cache = Cache(tmp_path / "deep" / "cache")
    assert cache.get_or_make("kind", "key", lambda: b"one") == b"one"
    assert cache.get_or_make("kind", "key", lambda: b"two") == b"one"
    assert cache.get_or_make("kind", "other", lambda: b"two") == b"two"
    assert cache.get_or_make("other", "key", lambda: b"three") == b"three"


def test_what_failed_is_tried_again_and_leaves_nothing_half_made(tmp_path: Path):
    cache = Cache(tmp_path)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("kind", "key", lambda: b"%d" % (1 // 0))
    assert not (tmp_path / "kind" / "key").exists()
    assert cache.get_or_make("kind", "key", lambda: b"good") == b"good"


def test_no_scratch_file_is_left(tmp_path: Path):
    Cache(tmp_path).get_or_make("kind", "key", lambda: b"x")
    assert {path.name for path in (tmp_path / "kind").iterdir()} == {"key", "key.lock"}


def test_the_folder_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("JUDGE_CACHE_DIR", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("JUDGE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_folder() == Path("/somewhere/judge")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_folder() == Path.home() / ".cache" / "judge"
