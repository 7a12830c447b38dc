"""data/ becomes groups of cases. What lies there must belong to a case: a misspelt file must not vanish in silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judge.package.files import PackageFolder
from judge.package.model import Case
from judge.package.schema import CaseYaml, GroupYaml

_ENDINGS = (".in", ".ans", ".yaml", ".out", ".interaction", ".hint", ".desc", ".png", ".jpg", ".jpeg", ".svg")
_SHOWN_INSTEAD = tuple(f"{ending}.{how}" for ending in (".in", ".ans") for how in ("statement", "download"))
ELSEWHERE = ("invalid_input", "invalid_output", "valid_output")  # they try validators and judge nobody


@dataclass(frozen=True)
class CaseReader:
    """Reads the cases in a folder. Those that are JSON lose the space around them. The `group_file` is no case's."""

    folder: PackageFolder
    is_json: bool
    group_file: str

    def read(self, where: str, options: GroupYaml, *, below: bool = True) -> Iterator[Case]:
        """The cases in that folder and, unless told otherwise, in the folders below it."""
        files = set(self._files(where, below))
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
        return Case.of(
            name, data, answer, validator_args=args, description=own.description or self._description(where, name)
        )

    def _description(self, where: str, name: str) -> str:
        file = f"{where}/{name}.desc"
        return self.folder.text(file).strip() if self.folder.has(file) else ""

    def _files(self, where: str, below: bool) -> Iterator[str]:
        """The files of cases, relative to `where`. Raises PackageError for what belongs to no case."""
        for path in self.folder.children(where):
            name = self.folder.name(path)
            if path.is_dir():
                if path.suffix == ".files":
                    raise self.folder.error(name, "input in files is not supported by this judge")
                if below and (path / self.group_file).exists():
                    raise self.folder.error(f"{name}/{self.group_file}", "a group cannot hold further groups")
                if below:
                    yield from (f"{path.name}/{inner}" for inner in self._files(name, below))
            elif path.name != self.group_file and not path.name.startswith("README"):
                if reason := _why_stray(path):
                    raise self.folder.error(name, reason)
                yield path.name


def _why_stray(path: Path) -> str | None:
    """None when the file belongs to a case, else the reason it does not."""
    endings = [ending for ending in (*_SHOWN_INSTEAD, *_ENDINGS) if path.name.endswith(ending)]
    if not endings:
        return f"is no file of a case; known endings: {', '.join(_ENDINGS)}"
    base = path.name.removesuffix(max(endings, key=len))
    if path.name.endswith(".interaction"):
        return None  # a protocol may be shown that belongs to no case
    return None if path.with_name(f"{base}.in").is_file() else f"belongs to no case: there is no {base}.in"
