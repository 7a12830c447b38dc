"""What a package is once it is loaded: a Problem with its groups, cases, jury submissions and validator."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from judge.errors import PackageError
from judge.interface import Interface
from judge.models import Verdict
from judge.package.files import hash_folder
from judge.package.problem_yaml import ProblemYaml
from judge.package.schema import GeneratorsYaml, GroupYaml, Recipe

SAMPLE, SECRET = "sample", "secret"


@dataclass(frozen=True, slots=True)
class Case:
    """One test: what goes into the box, and what never does. `size` is what growth is measured against."""

    name: str
    input: bytes
    answer: bytes
    digest: str
    size: int | None = None
    validator_args: tuple[str, ...] = ()
    description: str = ""

    @classmethod
    def of(cls, name: str, data: bytes, answer: bytes, **more: "int | str | tuple[str, ...] | None") -> "Case":
        """The one place where cases are made."""
        return cls(name, data, answer, hashlib.sha256(data).hexdigest(), **more)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that are judged in one process under the same limits."""

    name: str
    options: GroupYaml
    cases: tuple[Case, ...]

    @property
    def is_sample(self) -> bool:
        return self.name == SAMPLE

    @property
    def full_feedback(self) -> bool:
        """Whether whoever submits is shown the cases."""
        return self.is_sample if self.options.full_feedback is None else self.options.full_feedback

    def generated_case(self, name: str, data: bytes, answer: bytes, digest: str, recipe: Recipe) -> Case:
        """A case of this group that was made by that recipe."""
        growth = self.options.growth
        size = (recipe.model_extra or {}).get(growth.size) if growth else None
        return Case(name, data, answer, digest, size, self.options.output_validator_args)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a jury submission must earn: `permitted` on every case, one of each set of `required` on some case."""

    permitted: frozenset[Verdict]
    required: tuple[frozenset[Verdict], ...]

    @property
    def verdicts(self) -> frozenset[Verdict]:
        """What the verdict on the whole submission may be: AC only if all cases may be AC."""
        accepted = all(Verdict.AC in verdicts for verdicts in self.required)
        return self.permitted if accepted else self.permitted - {Verdict.AC}

    def permits(self, verdict: Verdict | str | None) -> bool:
        """Whether the verdict on the whole submission is one that it may earn."""
        return verdict in self.verdicts

    def why_not(self, cases: Iterable[Verdict]) -> str | None:
        """None when these verdicts on the cases are what is expected, else what is not."""
        given = set(cases)
        if wrong := given - self.permitted:
            return f"{_listed(wrong)} is not permitted; permitted: {_listed(self.permitted)}"
        missing = next((verdicts for verdicts in self.required if not given & verdicts), None)
        return f"no case is {' or '.join(sorted(missing))}" if missing else None

    def __str__(self) -> str:
        return " or ".join(sorted(self.verdicts))


@dataclass(frozen=True, slots=True)
class JurySubmission:
    """A solution of the jury. Its folder says what it must earn."""

    path: Path
    source: str
    expected: Expected

    @property
    def name(self) -> str:
        return f"{self.folder}/{self.path.name}"

    @property
    def folder(self) -> str:
        return self.path.parent.name

    def permits(self, verdict: Verdict | str | None) -> bool:
        return self.expected.permits(verdict)


@dataclass(frozen=True, slots=True)
class ShownSample:
    """A sample as the statement shows it: input and output, or the protocol of an interaction."""

    name: str
    input: str = ""
    output: str = ""
    interaction: str | None = None


@dataclass(frozen=True, slots=True)
class Validator:
    """The package's own output validator: Python source by file name; `main` is the file that is run."""

    name: str
    files: dict[str, str]
    main: str


@dataclass(frozen=True)
class Problem:
    """A loaded package. `groups` holds the committed cases; those still to be generated are in `generators`.

    Without an interface it is a stdio problem. `secret` are the options of all secret groups together, which say how
    their scores are put together. `foreign` names jury submissions that cannot run here: in another language, or of
    several files.
    """

    slug: str
    folder: Path
    meta: ProblemYaml
    interface: Interface | None
    validator: Validator | None
    statement: str
    secret: GroupYaml
    groups: tuple[Group, ...]
    shown: tuple[ShownSample, ...]
    generators: GeneratorsYaml | None
    jury: tuple[JurySubmission, ...]
    foreign: tuple[str, ...]

    @property
    def title(self) -> str:
        names = self.meta.name
        return names.get("en") or next(iter(names.values()))

    @property
    def interactive(self) -> bool:
        return "interactive" in self.meta.type

    @property
    def scoring(self) -> bool:
        return "scoring" in self.meta.type

    @property
    def samples(self) -> tuple[Case, ...]:
        return next((group.cases for group in self.groups if group.is_sample), ())

    @property
    def accepted(self) -> tuple[JurySubmission, ...]:
        return tuple(submission for submission in self.jury if submission.folder == "accepted")

    @cached_property
    def hash(self) -> str:
        """SHA-256 over every file's name and bytes: two packages with the same hash judge alike."""
        return hash_folder(self.folder)

    def error(self, file: str, reason: str, key: str | None = None) -> PackageError:
        return PackageError(self.slug, file, reason, key=key)


def _listed(verdicts: Iterable[Verdict]) -> str:
    return ", ".join(sorted(verdicts))
