"""A problem package on disk becomes a Problem. Nothing of the package is run here, and nothing unknown is accepted."""

from pathlib import Path

from judge.errors import PackageError
from judge.interface import Interface
from judge.package.cases import DataReader
from judge.package.check import SLUG, check_whole
from judge.package.files import PackageFolder
from judge.package.jury import read_jury
from judge.package.model import Problem
from judge.package.schema import GeneratorsYaml, GroupYaml, ProblemYaml
from judge.package.validators import read_validator


def load_package(path: Path) -> Problem:
    """Read a package. Raises PackageError, which names the file, the key and the reason."""
    folder = PackageFolder(path)
    if not SLUG.fullmatch(folder.slug):
        raise folder.error("", "the folder's name must be lower-case words joined by hyphens")
    meta = folder.yaml("problem.yaml", ProblemYaml)
    generators = folder.yaml_if_there("generators/generators.yaml", GeneratorsYaml)
    generated = frozenset(generators.data) if generators else frozenset()
    interface = folder.yaml_if_there("interface.yaml", Interface)
    data = DataReader(folder, GroupYaml(), generated, interface is not None).read()
    jury, foreign = read_jury(folder)
    problem = Problem(
        slug=folder.slug,
        folder=path,
        meta=meta,
        interface=interface,
        validator=read_validator(folder, "output_validator"),
        statement=folder.text("statement/problem.en.md"),
        secret=data.secret,
        groups=data.groups,
        generators=generators,
        jury=jury,
        foreign=foreign,
    )
    return check_whole(problem)


def load_packages(folder: Path) -> dict[str, Problem]:
    """Every package below the folder, by slug. Raises PackageError for the first that is broken."""
    if not folder.is_dir():
        raise PackageError(str(folder), "", "there is no such folder of problems")
    return {path.name: load_package(path) for path in sorted(folder.iterdir()) if (path / "problem.yaml").exists()}
