"""data/ becomes groups of cases. What lies there must belong to a case: a misspelt file must not vanish in silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from judge.package.files import PackageFolder
from judge.package.model import SAMPLE, SECRET, Case, Group
from judge.package.schema import CaseYaml, GroupYaml

GROUP_FILE = "test_group.yaml"
_ENDINGS = (".in", ".ans", ".yaml", ".out", ".interaction", ".hint", ".desc", ".png", ".jpg", ".jpeg", ".svg")
_SHOWN_INSTEAD = tuple(f"{ending}.{how}" for ending in (".in", ".ans") for how in ("statement", "download"))
_ELSEWHERE = ("invalid_input", "invalid_output", "valid_output")  # they try validators and judge nobody


class Data(NamedTuple):
    secret: GroupYaml
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class DataReader:
    """Reads data/. `generated` names the groups that a generator fills; JSON cases lose the space around them."""

    folder: PackageFolder
    defaults: GroupYaml
    generated: frozenset[str]
    is_json: bool

    def read(self) -> Data:
        """All groups, those included that only have generated cases. Samples come first."""
        for path in self.folder.children("data"):
            if path.name not in (SAMPLE, SECRET, *_ELSEWHERE):
                raise self.folder.error(self.folder.name(path), f"is neither {SAMPLE} nor {SECRET}")
        secret = self._options(f"data/{SECRET}", self.defaults)
        return Data(secret, (*self._samples(), *self._secret_groups(secret)))

    def _samples(self) -> Iterator[Group]:
        where = f"data/{SAMPLE}"
        options = self._options(where, self.defaults)
        for key in ("max_score", "score_aggregation", "require_pass", "growth"):
            if key in options.model_fields_set:
                raise self.folder.error(f"{where}/{GROUP_FILE}", "samples have no score and no growth", key)
        if samples := tuple(self._cases(where, options)):
            yield Group(SAMPLE, options, samples)

    def _secret_groups(self, secret: GroupYaml) -> Iterator[Group]:
        where = f"data/{SECRET}"
        named = {path.name for path in self.folder.children(where) if path.is_dir() and path.suffix != ".files"}
        if taken := named & {SAMPLE, SECRET}:
            raise self.folder.error(f"{where}/{min(taken)}", "a group may not have this name")
        named |= self.generated - {SECRET}
        direct = tuple(self._cases(where, secret, below=False))
        if direct or SECRET in self.generated:
            if named:
                raise self.folder.error(where, f"holds cases beside groups ({min(named)}); put them into a group")
            yield Group(SECRET, secret, direct)
        for name in sorted(named):
            options = self._options(f"{where}/{name}", secret)
            yield Group(name, options, tuple(self._cases(f"{where}/{name}", options)))

    def _options(self, where: str, parent: GroupYaml) -> GroupYaml:
        own = self.folder.yaml_if_there(f"{where}/{GROUP_FILE}", GroupYaml, constants=True)
        return (own or GroupYaml()).inheriting(parent)

    def _cases(self, where: str, options: GroupYaml, *, below: bool = True) -> Iterator[Case]:
        """The cases in that folder and, unless told otherwise, in the folders below it."""
        files = set(_files(self.folder, where, below))
        folders = {file.rpartition("/")[0] for file in files}
        for name in sorted(file.removesuffix(".in") for file in files if file.endswith(".in")):
            if f"{name}.ans" not in files:
                raise self.folder.error(f"{where}/{name}.ans", "the answer to this input is missing")
            if name in folders:
                raise self.folder.error(f"{where}/{name}", "a folder and a case have the same name")
            yield self._case(where, name, options)

    def _case(self, where: str, name: str, options: GroupYaml) -> Case:
        own = self.folder.yaml_if_there(f"{where}/{name}.yaml", CaseYaml) or CaseYaml()
        data, answer = (self.folder.bytes(f"{where}/{name}.{ending}") for ending in ("in", "ans"))
        if self.is_json:
            data, answer = data.strip(), answer.strip()
        args = options.output_validator_args if own.output_validator_args is None else own.output_validator_args
        return Case.of(name, data, answer, validator_args=args, description=own.description)


def _files(folder: PackageFolder, where: str, below: bool) -> Iterator[str]:
    """The files of cases, relative to `where`. Raises PackageError for what belongs to no case."""
    for path in folder.children(where):
        name = folder.name(path)
        if path.is_dir():
            if path.suffix == ".files":
                raise folder.error(name, "files beside the input are not supported by this judge")
            if below:
                yield from (f"{path.name}/{inner}" for inner in _files(folder, name, below))
        elif path.name != GROUP_FILE:
            if reason := _why_stray(path):
                raise folder.error(name, reason)
            yield path.name


def _why_stray(path: Path) -> str | None:
    """None when the file belongs to a case, else the reason it does not."""
    endings = [ending for ending in (*_SHOWN_INSTEAD, *_ENDINGS) if path.name.endswith(ending)]
    if not endings:
        return f"is no file of a case; known endings: {', '.join(_ENDINGS)}"
    base = path.name.removesuffix(max(endings, key=len))
    return None if path.with_name(f"{base}.in").is_file() else f"belongs to no case: there is no {base}.in"
