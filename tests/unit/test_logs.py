"""A line for each event, whatever is in it; in a process of its own, for a log is set up for a whole process."""

import json
import os
import subprocess
import sys
import textwrap
from typing import Any

import pytest

HOSTILE = ["\n{}", "\r\n", "\x1b[2J", "\x9b31m", "\u202eevil", "\u2066x", "\u2028", "\u2029", "\x00", "\x7f", "\ud800"]


def logged(program: str, **environ: str) -> list[str]:
    """The lines that the program logs, which begins with logs configured."""
    begin = "import logging, warnings\nfrom judge import logs\nlogs.configure('test')\nlog = logs.get_logger('x')\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + textwrap.dedent(program)],
        env={**os.environ, **environ}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert not done.stdout
    return done.stderr.decode().split("\n")[:-1]


def events(program: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged(program)]


def test_an_event_is_a_line_of_json_with_its_fields():
    (event,) = events("log.info('judged', judging='j1', duration_s=0.5)")
    assert event.pop("time").endswith("Z")
    assert event == {
        "level": "info", "logger": "x", "event": "judged", "service": "test", "judging": "j1", "duration_s": 0.5,
    }  # fmt: skip


def test_what_is_bound_stands_in_the_lines_of_everybody_until_it_ends():
    inside, theirs, after = events(
        """
        with logs.bound(judging="j1"):
            log.info("ours")
            logging.getLogger("celery").warning("theirs %s", 1)
        log.info("after")
        """
    )
    assert inside["judging"] == theirs["judging"] == "j1"
    assert theirs["event"] == "theirs 1"
    assert "judging" not in after


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_that_was_sent_forges_a_line(form: str):
    lines = logged(
        f"""
        for text in {HOSTILE!a}:
            log.warning('said ' + text, field=text)
            logging.getLogger('y').warning('%s', text)
        """,
        JUDGE_LOG=form,
    )
    assert len(lines) == 2 * len(HOSTILE)
    assert all(line.isprintable() for line in lines)
    assert form == "text" or [json.loads(line)["field"] for line in lines[::2]] == HOSTILE


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_is_told_by_type_and_place_only(form: str):
    lines = logged(
        """
        def fails(argument):
            local = "marker-local"
            try:
                raise KeyError("marker-cause")
            except KeyError as exc:
                raise ValueError("marker-message " + argument) from exc

        try:
            fails("marker-argument")
        except ValueError as exc:
            log.exception("ours")
            logging.getLogger("y").exception("theirs")
            log.error("described", **logs.described(exc))
        __import__("threading").Thread(target=fails, args=["marker-argument"]).start()
        fails("marker-argument")
        """,
        JUDGE_LOG=form,
    )
    assert len(lines) == 5
    for line in lines:
        assert "marker" not in line
        assert all(told in line for told in ("ValueError", "KeyError", "<string>"))


def test_what_a_library_quotes_is_blotted_out():
    key = "judge_" + "k" * 43
    (event,) = events(f"logging.getLogger('y').warning('%s', 'Bearer abcdef, {key}, redis://user:hunter2@host:1/0')")
    assert event["event"] == "Bearer … judge_…, redis://…@host:1/0"


def test_a_long_text_is_cut():
    (event,) = events("log.info('x' * 5000)")
    assert event["event"].endswith("(5000 characters)")
    assert len(event["event"]) < 1100


def test_a_line_that_cannot_be_written_tells_nothing():
    assert not [line for line in logged("logging.getLogger('y').warning('%d', 'marker')") if "marker" in line]


def test_warnings_of_python_are_logged_too():
    (event,) = events("warnings.warn('old')")
    assert "old" in event["event"]


@pytest.mark.parametrize(("level", "shown"), [("debug", 3), ("info", 2), ("error", 1), ("", 2)])
def test_the_level_can_be_chosen(level: str, shown: int):
    lines = logged("log.debug('a'); log.info('b'); log.error('c')", JUDGE_LOG_LEVEL=level)
    assert len(lines) == shown


@pytest.mark.parametrize("wrong", [{"JUDGE_LOG": "xml"}, {"JUDGE_LOG_LEVEL": "loud"}])
def test_a_wrong_setting_is_said(wrong: dict[str, str]):
    first, second = logged("log.info('a')", **wrong)
    assert "JUDGE_LOG" in json.loads(first)["event"]
    assert json.loads(second)["event"] == "a"
