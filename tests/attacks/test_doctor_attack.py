"""judge doctor --attack, on a handful of the attacks: the whole collection is fired elsewhere."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from judge.attack_check import load_attacks
from judge.cli import judge
from judge.commands import doctor_attack

HANDFUL = [
    one for one in load_attacks() if one.id in ("WA/14_true_for_one", "RTE/32_fork", "RTE/22_input_in_the_message")
]


def run(*options: str) -> Result:
    return CliRunner().invoke(judge, ["doctor", "--attack", "--box", "local", *options], standalone_mode=False)


@pytest.fixture(autouse=True)
def _handful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_attack, "load_attacks", lambda: HANDFUL)


def test_it_says_of_each_attack_that_it_was_held(leak_detector: None):
    result = run()
    assert result.return_value == 0
    assert "all 3 attacks were held" in result.output
    assert "True where 1 is right" in result.output
    assert "walls: " in result.output


def test_as_json_it_is_a_list(leak_detector: None):
    found = json.loads(run("--json").output)
    assert {one["attack"]: (one["seen"], one["held"]) for one in found} == {
        one.id: (one.path.parent.name, True) for one in HANDFUL
    }


def test_an_attack_that_gets_through_is_told_and_is_the_exit_code(monkeypatch: pytest.MonkeyPatch):
    """The same program, were it expected to be wrong: what a hole would look like."""
    harmless = replace(HANDFUL[0], path=Path("WA/01_harmless.py"), source="def square(n):\n    return n * n\n")
    monkeypatch.setattr(doctor_attack, "load_attacks", lambda: [harmless, *HANDFUL[1:]])
    result = run()
    assert result.return_value == 1
    assert "1 of 3 attacks were not held" in result.output
