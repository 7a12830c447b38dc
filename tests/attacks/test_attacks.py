"""Every attack earns its verdict in every box, harms nobody, leaves nothing, and bites where its wall is missing."""

import os
import re
from pathlib import Path

import pytest
from elsewhere import NOT_TRIED, TRIED
from leaks import eventually
from table import FILE, ROOT, table
from targets import Target
from weaker import JAIL, WALLS, Setting, seen_without

from judge.attack_check import FOLDER, Attack, Outcome, load_attacks
from judge.errors import PackageError
from judge.models import Verdict
from judge.package import load_packages

ATTACKS = load_attacks()
_GROWN_KIB = 2 << 10

every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)


@every_attack
def test_an_attack_earns_its_verdict_and_harms_nobody(target: Target, attack: Attack):
    before = target.inside.state()
    outcome = target.range.fire(attack)
    if outcome.seen == Verdict.JE:
        pytest.fail("the attack broke the box")
    assert outcome.seen == attack.expected
    assert outcome.afterwards is Verdict.AC, "the next submission of the same box"
    assert outcome.held, f"the next submission took {outcome.slower:.1f} times as long as usual"
    eventually(lambda: target.inside.state().processes == before.processes, lambda: f"{target.inside.state()} {before}")
    after = target.inside.state()
    for opened, at_first in zip(after.descriptors, target.first.descriptors, strict=True):
        assert opened <= at_first + 2  # a new spare's two sockets may be there already, or not yet
    assert not target.inside.changed_files()
    # all attacks hit the same box, and a moment later it takes no more than it did before the first
    eventually(lambda: grown_kib(target) < _GROWN_KIB, lambda: f"{grown_kib(target)} KiB more than at first")


def grown_kib(target: Target) -> int:
    return target.inside.state().memory_kib - target.first.memory_kib


@every_attack
def test_an_attack_bites_where_its_wall_is_missing(attack: Attack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    if os.geteuid() and attack.header.missing_walls & (JAIL - {"rlimits", "seccomp"}):
        pytest.skip("these walls stand only where the box is root's (provide it: run the tests as root)")
    problem = load_packages(FOLDER / "problems")[attack.header.problem]
    setting = Setting(attack.source, problem)
    assert seen_without(sorted(attack.header.missing_walls), setting, monkeypatch, tmp_path) == attack.header.then


def test_each_attack_names_walls_that_can_be_taken_away_and_another_end():
    for attack in ATTACKS:
        assert attack.header.missing_walls <= WALLS, attack.id
        assert attack.header.then in {*Verdict, "leak", "flood"} - {attack.expected}, attack.id


def test_every_number_is_tried_here_or_elsewhere():
    """From 74 on it is the service that is attacked, or its machines that fail: nothing of that is left for later."""
    by_test = {number for rows in TRIED.values() for number, *_ in rows}
    known = {attack.header.attack for attack in ATTACKS} | by_test | {number for number, *_ in NOT_TRIED}
    assert known == set(range(1, 101))
    assert set(range(74, 101)) <= by_test


def test_what_is_tried_elsewhere_is():
    for file, rows in TRIED.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not [test for _, _, test in rows if f"def {test}(" not in text], file


def test_the_table_of_attacks_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == table(), "run: python tests/attacks/table.py"


def test_a_header_with_a_typo_names_the_file(tmp_path: Path):
    attack = ATTACKS[0]
    (tmp_path / "WA").mkdir()
    (tmp_path / "WA" / "01_typo.py").write_text(re.sub("# stopped by:", "# stoped by:", attack.source))
    with pytest.raises(PackageError, match=r"attacks/WA/01_typo.py: has no right header"):
        load_attacks(tmp_path)


def test_an_attack_that_succeeds_is_not_held():
    attack = ATTACKS[0]
    assert Outcome(attack, attack.expected, Verdict.AC, 0.01, 0.01).held
    assert not Outcome(attack, "AC", Verdict.AC, 0.01, 0.01).held
    assert not Outcome(attack, attack.expected, Verdict.RTE, 0.01, 0.01).held
    assert not Outcome(attack, attack.expected, None, 0.0, 0.01).held
    assert not Outcome(attack, attack.expected, Verdict.AC, 5.0, 0.01).held
