"""data/ of a 2025-09 package becomes groups of cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from judge.package.cases import ELSEWHERE, CaseReader
from judge.package.files import PackageFolder
from judge.package.model import SAMPLE, SECRET, Group
from judge.package.schema import GroupYaml

GROUP_FILE = "test_group.yaml"


class Data(NamedTuple):
    secret: GroupYaml
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class DataReader:
    """`generated` names the groups that a generator fills."""

    folder: PackageFolder
    cases: CaseReader
    defaults: GroupYaml
    generated: frozenset[str]

    def read(self) -> Data:
        """All groups, those included that only have generated cases. Samples come first."""
        check_names(self.folder)
        secret = self._options(f"data/{SECRET}", self.defaults)
        return Data(secret, (*self._samples(), *self._secret_groups(secret)))

    def _samples(self) -> Iterator[Group]:
        where = f"data/{SAMPLE}"
        options = self._options(where, self.defaults)
        for key in ("max_score", "score_aggregation", "require_pass", "growth"):
            if key in options.model_fields_set:
                raise self.folder.error(f"{where}/{GROUP_FILE}", "samples have no score and no growth", key)
        if samples := tuple(self.cases.read(where, options)):
            yield Group(SAMPLE, options, samples)

    def _secret_groups(self, secret: GroupYaml) -> Iterator[Group]:
        where = f"data/{SECRET}"
        named = {path.name for path in self.folder.children(where) if path.is_dir() and path.suffix != ".files"}
        if taken := named & {SAMPLE, SECRET}:
            raise self.folder.error(f"{where}/{min(taken)}", "a group may not have this name")
        named |= self.generated - {SECRET}
        direct = tuple(self.cases.read(where, secret, below=False))
        if direct or SECRET in self.generated:
            if named:
                raise self.folder.error(where, f"holds cases beside groups ({min(named)}); put them into a group")
            yield Group(SECRET, secret, direct)
        for name in sorted(named):
            options = self._options(f"{where}/{name}", secret)
            yield Group(name, options, tuple(self.cases.read(f"{where}/{name}", options)))

    def _options(self, where: str, parent: GroupYaml) -> GroupYaml:
        own = self.folder.yaml_if_there(f"{where}/{GROUP_FILE}", GroupYaml, constants=True)
        return (own or GroupYaml()).inheriting(parent)


def check_names(folder: PackageFolder, *more: str) -> None:
    """Refuse what lies in data/ itself and looks like data. Scripts and notes may lie there."""
    known = (SAMPLE, SECRET, *ELSEWHERE, *more)
    for path in folder.children("data"):
        if path.name not in known and (path.is_dir() or path.suffix in (".in", ".ans", ".yaml", ".yml")):
            raise folder.error(folder.name(path), f"is neither {SAMPLE} nor {SECRET}")
