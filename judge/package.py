"""A problem package on disk becomes a Problem. Nothing of the package is run here, and nothing unknown is accepted.

    problem.yaml                        ICPC/Kattis 2025-09: name, limits…
    interface.yaml                      ours: function or class, types, checker
    statement/problem.en.md
    data/sample/*.in, *.ans             shown to everybody
    data/secret/<group>/*.in, *.ans     hidden; test_group.yaml: ours, limits
    generators/generators.yaml, generate.py    cases built in a box (see generate.py beside this file)
    submissions/<expected>/*            the jury's, by the verdict they must earn

Does not promise that the package is any good: only that it is well-formed.
Source of the layout: ICPC/Kattis problem package format, 2025-09.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from judge.errors import PackageError
from judge.interface import Interface
from judge.models import Verdict
from judge.package_files import read_text, read_yaml

SAMPLE = "sample"
FOLDER_VERDICTS = {
    "accepted": Verdict.AC,
    "wrong_answer": Verdict.WA,
    "time_limit_exceeded": Verdict.TLE,
    "memory_limit_exceeded": Verdict.MLE,
    "output_limit_exceeded": Verdict.OLE,
    "run_time_error": Verdict.RTE,
    "compile_error": Verdict.CE,
}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_IGNORED = ("__pycache__", ".git")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackageLimits(_Strict):
    """Limits of the whole package, in the units of the format."""

    memory: int = Field(256, gt=0, le=4096, description="MiB")
    output: int = Field(8, gt=0, le=64, description="MiB")


class Credits(_Strict):
    authors: list[str] = []


class ProblemYaml(_Strict):
    problem_format_version: Literal["2025-09"]
    name: dict[str, str] | str
    uuid: str = ""
    version: str = ""
    type: Literal["pass-fail"] = "pass-fail"
    license: str = ""
    credits: Credits = Credits()
    keywords: list[str] = []
    limits: PackageLimits = PackageLimits()


class GroupYaml(_Strict):
    """test_group.yaml: the limit is a multiple of the slowest accepted reference solution, never below the floor."""

    description: str = ""
    cpu_multiplier: float = Field(4.0, ge=1, le=100)
    cpu_floor_s: float = Field(0.25, gt=0, le=60)
    memory_mib: int | None = Field(None, gt=0, le=4096)


class Recipe(BaseModel):
    """One generated case: `make` names a function of generate.py, the rest are its arguments."""

    model_config = ConfigDict(frozen=True, extra="allow")
    make: str


class GeneratorsYaml(_Strict):
    solution: str
    data: dict[str, dict[str, Recipe]]


@dataclass(frozen=True, slots=True)
class Case:
    """One test: what goes into the box, and what never does."""

    name: str
    input: bytes
    answer: bytes
    digest: str

    @classmethod
    def of(cls, name: str, data: bytes, answer: bytes) -> "Case":
        return cls(name, data, answer, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that are judged in one process under the same limits."""

    name: str
    options: GroupYaml
    cases: tuple[Case, ...]

    @property
    def is_sample(self) -> bool:
        return self.name == SAMPLE


@dataclass(frozen=True, slots=True)
class JurySubmission:
    """A solution of the jury and the verdict that it must earn."""

    path: Path
    expected: Verdict

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Problem:
    """A loaded package. `groups` holds the committed cases; those still to be generated are in `generators`."""

    slug: str
    folder: Path
    meta: ProblemYaml
    interface: Interface
    statement: str
    groups: tuple[Group, ...]
    generators: GeneratorsYaml | None
    jury: tuple[JurySubmission, ...]

    @property
    def title(self) -> str:
        name = self.meta.name
        return name if isinstance(name, str) else name.get("en", self.slug)

    @property
    def samples(self) -> tuple[Case, ...]:
        return next((group.cases for group in self.groups if group.is_sample), ())

    @property
    def accepted(self) -> tuple[JurySubmission, ...]:
        return tuple(submission for submission in self.jury if submission.expected is Verdict.AC)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over every file's name and bytes: two packages with the same hash judge alike."""
        return hash_folder(self.folder)

    def error(self, file: str, reason: str, key: str | None = None) -> PackageError:
        return PackageError(self.slug, file, reason, key=key)


def load_package(folder: Path) -> Problem:
    """Read a package. Raises PackageError, which names the file, the key and the reason."""
    slug = folder.name
    if not SLUG.fullmatch(slug):
        raise PackageError(slug, "", "the folder's name must be lower-case words joined by hyphens")
    generators_file = folder / "generators" / "generators.yaml"
    generators = read_yaml(slug, folder, generators_file, GeneratorsYaml) if generators_file.exists() else None
    problem = Problem(
        slug=slug,
        folder=folder,
        meta=read_yaml(slug, folder, folder / "problem.yaml", ProblemYaml),
        interface=read_yaml(slug, folder, folder / "interface.yaml", Interface),
        statement=read_text(slug, folder, folder / "statement" / "problem.en.md"),
        groups=tuple(_groups(slug, folder, generators)),
        generators=generators,
        jury=tuple(_jury(slug, folder)),
    )
    _check_whole(problem)
    return problem


def load_packages(folder: Path) -> dict[str, Problem]:
    """Every package below the folder, by slug. Raises PackageError for the first that is broken."""
    if not folder.is_dir():
        raise PackageError(str(folder), "", "there is no such folder of problems")
    return {path.name: load_package(path) for path in sorted(folder.iterdir()) if (path / "problem.yaml").exists()}


def package_files(folder: Path) -> Iterator[Path]:
    """The files that make the package what it is, as paths in a fixed order. Links are refused."""
    for path in sorted(folder.rglob("*")):
        if any(part in _IGNORED for part in path.relative_to(folder).parts):
            continue
        if path.is_symlink():
            raise PackageError(folder.name, str(path.relative_to(folder)), "a package may not hold symbolic links")
        if path.is_file():
            yield path.relative_to(folder)


def hash_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in package_files(folder):
        name, data = path.as_posix().encode(), (folder / path).read_bytes()
        digest.update(b"%d %s %d " % (len(name), name, len(data)))
        digest.update(data)
    return digest.hexdigest()


def _groups(slug: str, folder: Path, generators: GeneratorsYaml | None) -> Iterator[Group]:
    generated = generators.data if generators else {}
    secret = folder / "data" / "secret"
    found = {path.name for path in secret.iterdir() if path.is_dir()} if secret.is_dir() else set()
    if samples := tuple(_cases(slug, folder, folder / "data" / SAMPLE)):
        yield Group(SAMPLE, GroupYaml(), samples)
    for name in sorted(found | set(generated)):
        options = secret / name / "test_group.yaml"
        yield Group(
            name,
            read_yaml(slug, folder, options, GroupYaml) if options.exists() else GroupYaml(),
            tuple(_cases(slug, folder, secret / name)),
        )


def _cases(slug: str, folder: Path, data: Path) -> Iterator[Case]:
    for path in sorted(data.glob("*.in")):
        answer = path.with_suffix(".ans")
        if not answer.exists():
            raise PackageError(slug, str(answer.relative_to(folder)), "the answer to this input is missing")
        case = Case.of(path.stem, path.read_bytes().strip(), answer.read_bytes().strip())
        for file, content in ((path, case.input), (answer, case.answer)):
            try:
                msgspec.json.decode(content)
            except (msgspec.DecodeError, UnicodeDecodeError) as exc:
                raise PackageError(slug, str(file.relative_to(folder)), f"is no JSON: {exc}") from exc
        yield case


def _jury(slug: str, folder: Path) -> Iterator[JurySubmission]:
    submissions = folder / "submissions"
    for path in sorted(submissions.iterdir()) if submissions.is_dir() else ():
        if path.name not in FOLDER_VERDICTS:
            known = ", ".join(FOLDER_VERDICTS)
            raise PackageError(slug, f"submissions/{path.name}", f"no verdict is named so; known: {known}")
        for file in sorted(path.iterdir()):
            if file.is_file():
                read_text(slug, folder, file)
                yield JurySubmission(file, FOLDER_VERDICTS[path.name])


def _check_whole(problem: Problem) -> None:
    """What must hold between the files."""
    generated = problem.generators.data if problem.generators else {}
    if not problem.accepted:
        raise problem.error("submissions/accepted", "there is no accepted solution to take the limits from")
    if not problem.groups:
        raise problem.error("data", "there are no cases")
    for group in problem.groups:
        names = {case.name for case in group.cases}
        if not names and group.name not in generated:
            raise problem.error(f"data/secret/{group.name}", "the group has no cases")
        if doubled := names & set(generated.get(group.name, ())):
            raise problem.error(
                "generators/generators.yaml", f"there is a file of this name too: {min(doubled)}", f"data.{group.name}"
            )
        for case in group.cases:
            value = msgspec.json.decode(case.input)
            if reason := problem.interface.why_not_input(value):
                place = SAMPLE if group.is_sample else f"secret/{group.name}"
                raise problem.error(f"data/{place}/{case.name}.in", reason)
    if problem.generators:
        if problem.generators.solution not in {submission.name for submission in problem.accepted}:
            raise problem.error("generators/generators.yaml", "is no accepted submission", "solution")
        if not (problem.folder / "generators" / "generate.py").exists():
            raise problem.error("generators/generate.py", "the file is missing")
