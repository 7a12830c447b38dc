"""The wire under hostile bytes: every target holds, on recorded sessions, on changed ones and on any bytes at all.

`make fuzz` does the same for longer, guided by coverage; the last test here sees that it finds what there is to find.
"""

import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_mutation import Mutator, changed_bytes
from wire_real import ended_launcher, launched_for_real
from wire_sessions import seeds
from wire_targets import MAX_BYTES, TARGETS, Said, held, reply, supervised

FUZZER = Path(__file__).with_name("wire_fuzzer.py")
_EXIT_BROKEN = 70

recorded = cache(seeds)
targets = pytest.mark.parametrize("name", TARGETS)


@cache
def mutator(name: str) -> Mutator:
    return Mutator(recorded()[name], of_children=name == "child")


@targets
def test_a_recorded_session_passes(name: str):
    for data in recorded()[name]:
        held(TARGETS[name], data)


def test_a_recorded_session_is_followed_to_its_end():
    assert all(TARGETS["worker"](data) for data in recorded()["worker"])


@targets
@given(randoms=st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_a_session_that_was_changed_does_no_harm(name: str, randoms: random.Random):
    data = randoms.choice(recorded()[name])
    held(TARGETS[name], mutator(name).mutate(data, randoms, changed_bytes(randoms)))


@targets
@given(data=st.binary(max_size=300))
def test_any_bytes_do_no_harm(name: str, data: bytes):
    held(TARGETS[name], data)


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_a_real_launcher_that_is_sent_a_changed_session_only_ends(randoms: random.Random):
    data = randoms.choice(recorded()["launcher"])
    launched_for_real(mutator("launcher").mutate(data, randoms, changed_bytes(randoms)))


def test_a_real_launcher_serves_what_was_recorded():
    assert ended_launcher(recorded()["launcher"][0][1:])[:2] == (0, "")


def test_what_is_announced_and_never_sent_takes_no_memory():
    launched_for_real(b"\0" + (2).to_bytes(4, "big") + (512 << 20).to_bytes(4, "big") + b"{}")


# ---- what the fuzzer has found -----------------------------------------------------------------------------------


def frame(header: bytes) -> bytes:
    return len(header).to_bytes(4, "big") + bytes(4) + header


@pytest.mark.parametrize(
    "header",
    [b"[" * 100_000, b'{"op":' + b"[" * 100_000, b'{"op":"run"}', b'{"op":"say"}', b'{"op":"say","end":1e400}', b"{}"],
    ids=lambda header: header[:20].decode(),
)
def test_a_frame_that_once_ended_a_launcher_with_a_traceback_ends_it_with_a_line(header: bytes):
    launched_for_real(b"\0" + frame(header))


def test_a_program_that_is_told_what_is_no_word_ends_the_launcher_with_a_line():
    """It is told in the midst of a talk, and so elsewhere in the launcher than the job."""
    talk = next(one for one in mutator("launcher").parts(recorded()["launcher"][0][1:]) if b'"talk"' in one[:200])
    assert b'"op":"talk"' in talk
    ended = supervised(talk + frame(b'{"op":"say"}'), [Said([reply(b"L"), reply(b"R")], b"output")])
    assert ended[1:] == (_EXIT_BROKEN, "launcher: a frame that says nothing to a program\n")


# ---- the fuzzer itself -------------------------------------------------------------------------------------------


def test_the_fuzzer_finds_a_fault_and_says_how_to_see_it_again(require: Callable[[str], None], tmp_path: Path):
    require("fuzz")
    command = [sys.executable, FUZZER, "planted", "--folder", tmp_path, "--seconds", "60"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    (again,) = re.findall(r"fuzz: see it again: (.*)", ended.stdout)
    ended = subprocess.run(shlex.split(again), capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.endswith("AssertionError: planted\n")
    assert os.listdir(tmp_path / "crashes") == [Path(shlex.split(again)[-1]).name]
    assert len(Path(shlex.split(again)[-1]).read_bytes()) <= MAX_BYTES
