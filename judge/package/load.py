"""A problem package on disk becomes a Problem. Nothing of the package is run here, and nothing unknown is accepted."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from judge.errors import PackageError
from judge.interface import Interface
from judge.package import groups, legacy
from judge.package.cases import CaseReader
from judge.package.check import SLUG, check_whole
from judge.package.entries import check_entries
from judge.package.files import PackageFolder, check_files
from judge.package.groups import Data
from judge.package.jury import LEGACY_FOLDERS, read_jury
from judge.package.legacy_yaml import LegacyProblemYaml
from judge.package.model import Problem, Validator
from judge.package.problem_yaml import ProblemYaml
from judge.package.samples import read_shown
from judge.package.schema import GeneratorsYaml
from judge.package.statements import read_statement
from judge.package.validators import read_legacy_validator, read_validator

_CURRENT, _LEGACY = "2025-09", ("legacy", "legacy-icpc")


class _Version(BaseModel):
    model_config = ConfigDict(extra="ignore")
    problem_format_version: str = "legacy"


class _Read(NamedTuple):
    """What the versions of the format say differently."""

    meta: ProblemYaml
    statement: str
    data: Data
    validator: Validator | None
    generators: GeneratorsYaml | None = None


def load_package(path: Path) -> Problem:
    """Read a package. Raises PackageError, which names the file, the key and the reason."""
    folder = PackageFolder(path)
    if not SLUG.fullmatch(folder.slug):
        raise folder.error("", "the folder's name must be lower-case words joined by hyphens")
    check_files(path)
    is_legacy = _is_legacy(folder)
    check_entries(folder, is_legacy=is_legacy)
    interface = folder.yaml_if_there("interface.yaml", Interface)
    if is_legacy:
        read = _read_legacy(folder, interface)
    else:
        meta = folder.yaml("problem.yaml", ProblemYaml)
        folder = replace(folder, constants={name: str(value) for name, value in meta.constants.items()})
        read = _read_current(folder, meta, interface)
    jury, foreign = read_jury(folder, LEGACY_FOLDERS if is_legacy else {})
    problem = Problem(
        slug=folder.slug,
        folder=path,
        meta=read.meta if interface else read.meta.for_stdio(),
        interface=interface,
        validator=read.validator,
        statement=read.statement,
        secret=read.data.secret,
        groups=read.data.groups,
        shown=(),
        generators=read.generators,
        jury=jury,
        foreign=foreign,
    )
    check_whole(problem)
    return replace(problem, shown=tuple(read_shown(folder, problem.samples, interactive=problem.interactive)))


def load_packages(folder: Path) -> dict[str, Problem]:
    """Every package below the folder, by slug. Raises PackageError for the first that is broken."""
    if not folder.is_dir():
        raise PackageError(str(folder), "", "there is no such folder of problems")
    return {path.name: load_package(path) for path in sorted(folder.iterdir()) if (path / "problem.yaml").exists()}


def _is_legacy(folder: PackageFolder) -> bool:
    version = folder.yaml("problem.yaml", _Version)
    if version.problem_format_version not in (_CURRENT, *_LEGACY):
        known = ", ".join((_CURRENT, *_LEGACY))
        reason = f"{version.problem_format_version!r} cannot be read; there is: {known}"
        raise folder.error("problem.yaml", reason, "problem_format_version")
    if not version.model_fields_set and (folder.path / "statement").is_dir():
        reason = f"is missing: a package with statement/ must say {_CURRENT}"
        raise folder.error("problem.yaml", reason, "problem_format_version")
    return version.problem_format_version in _LEGACY


def _read_current(folder: PackageFolder, meta: ProblemYaml, interface: Interface | None) -> _Read:
    statement = read_statement(folder, "statement", needs_language=True)
    if statement is None:
        raise folder.error("statement/problem.en.md", "the file is missing")
    if statement.languages != set(meta.name):
        written, named = ", ".join(sorted(statement.languages)), ", ".join(sorted(meta.name))
        raise folder.error("problem.yaml", f"is given in {named}, but statements are in {written}", "name")
    generators = _generators(folder, interface)
    generated = frozenset(generators.data) if generators else frozenset[str]()
    cases = CaseReader(folder, interface is not None, groups.GROUP_FILE)
    return _Read(
        meta,
        statement.text,
        groups.DataReader(folder, cases, meta.group_defaults, generated).read(),
        read_validator(folder, "output_validator"),
        generators,
    )


def _generators(folder: PackageFolder, interface: Interface | None) -> GeneratorsYaml | None:
    """Ours has a generate.py beside it. Other tools have such a file too, but what they made is in data/ already."""
    name = "generators/generators.yaml"
    ours = interface is not None or folder.has("generators/generate.py")
    return folder.yaml_if_there(name, GeneratorsYaml) if ours else None


def _read_legacy(folder: PackageFolder, interface: Interface | None) -> _Read:
    old = folder.yaml("problem.yaml", LegacyProblemYaml)
    statement = read_statement(folder, "problem_statement", needs_language=False)
    meta = old.of_today((statement and statement.name) or folder.slug.replace("-", " ").title())
    cases = CaseReader(folder, interface is not None, legacy.GROUP_FILE)
    return _Read(
        meta,
        statement.text if statement else "",
        legacy.LegacyDataReader(folder, cases, old, meta.group_defaults).read(),
        read_legacy_validator(folder, wanted=old.has_validator),
    )
