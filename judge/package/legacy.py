"""Packages of the format before 2025-09: the same layout with other names, read into the same Problem.

Differs where the old format does: groups may hold groups, whose names are then joined by "/"; a testdata.yaml holds for
all below it that has none; scores are put together by flags of a grader program. The flags that 2025-09 can express are
translated, any other is refused. `on_reject` only spares work: here every case is judged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from judge.errors import PackageError
from judge.package.cases import CaseReader
from judge.package.files import PackageFolder
from judge.package.groups import Data, check_names
from judge.package.legacy_yaml import LegacyGroupYaml, LegacyProblemYaml
from judge.package.model import SAMPLE, SECRET, Case, Group
from judge.package.schema import GroupYaml

GROUP_FILE = "testdata.yaml"
_LENIENT = {"always_accept", "accept_if_any_accepted"}
_STRICT = {"worst_error", "first_error"}
_KNOWN_FLAGS = _LENIENT | _STRICT | {"sum", "min", "ignore_sample"}
_SECRET = f"data/{SECRET}"


@dataclass(frozen=True)
class LegacyDataReader:
    """Reads data/ of an old package."""

    folder: PackageFolder
    cases: CaseReader
    problem: LegacyProblemYaml
    defaults: GroupYaml

    def read(self) -> Data:
        check_names(self.folder, GROUP_FILE)
        samples, groups = tuple(self._samples()), tuple(self._groups(_SECRET))
        if self.problem.type == "pass-fail":
            return Data(self.defaults, (*samples, *groups))
        names = [group.name for group in groups]
        if any("/" in name for name in names) or (SECRET in names and len(names) > 1):
            raise self.folder.error(_SECRET, "groups within groups that have scores are not supported by this judge")
        return Data(self._secret_scores(samples, groups), (*samples, *groups))

    def _samples(self) -> Iterator[Group]:
        where = f"data/{SAMPLE}"
        options = self._options(where)
        cases = tuple(self._all_below(where, options))
        if cases:
            yield Group(SAMPLE, options, cases)

    def _all_below(self, where: str, options: GroupYaml) -> Iterator[Case]:
        yield from self.cases.read(where, options, below=False)
        for path in self._folders(where):
            for case in self._all_below(f"{where}/{path.name}", self._options(f"{where}/{path.name}")):
                yield Case.of(
                    f"{path.name}/{case.name}",
                    case.input,
                    case.answer,
                    validator_args=case.validator_args,
                    description=case.description,
                )

    def _groups(self, where: str) -> Iterator[Group]:
        """The group of the cases right here, then those of the folders below."""
        options = self._options(where)
        if cases := tuple(self.cases.read(where, options, below=False)):
            name = SECRET if where == _SECRET else where.removeprefix(f"{_SECRET}/")
            if self.problem.type == "scoring":
                options = options.model_copy(update=self._group_scores(where, cases))
            yield Group(name, options, cases)
        for path in self._folders(where):
            if where == _SECRET and path.name in (SAMPLE, SECRET):
                raise self.folder.error(f"{where}/{path.name}", "a group may not have this name")
            yield from self._groups(f"{where}/{path.name}")

    def _folders(self, where: str) -> list[Path]:
        return [path for path in self.folder.children(where) if path.is_dir()]

    def _nearest(self, where: str) -> tuple[str, LegacyGroupYaml]:
        """The testdata.yaml that holds for a folder, and its name."""
        while True:
            name = f"{where}/{GROUP_FILE}"
            if found := self.folder.yaml_if_there(name, LegacyGroupYaml):
                return name, found
            if where == "data":
                return name, LegacyGroupYaml()
            where = where.rpartition("/")[0]

    def _options(self, where: str) -> GroupYaml:
        name, found = self._nearest(where)
        scores = {"accept_score", "reject_score", "range"} & found.model_fields_set
        if scores and self.problem.type != "scoring":
            raise self.folder.error(name, "only a problem of type scoring has scores", min(scores))
        flags = set(found.grader_flags)
        if unknown := flags - _KNOWN_FLAGS:
            raise self._unsupported(name, min(unknown))
        if self.problem.type != "scoring" and flags & _LENIENT:
            raise self._unsupported(name, min(flags & _LENIENT))
        args = (*self.problem.validator_flags, *found.output_validator_flags)
        return GroupYaml(output_validator_args=args).inheriting(self.defaults)

    def _group_scores(self, where: str, cases: Sequence[Case]) -> dict[str, Any]:
        """max_score and score_aggregation that give what the flags give."""
        name, found = self._nearest(where)
        lenient, together = _modes(found)
        if found.reject_score:
            raise self.folder.error(name, "a score for what is wrong is not supported by this judge", "reject_score")
        if lenient and together == "sum" and found.on_reject == "break" and len(cases) > 1:
            raise self.folder.error(name, "'break' with a sum is not supported by this judge", "on_reject")
        if self.problem.validator_scores:
            if not lenient and together == "sum" and len(cases) > 1:
                raise self._unsupported(name, "sum, unless always_accept is there too,")
            return {"score_aggregation": together, "max_score": self._upper_end(name, found, together)}
        score = found.accept_score * (len(cases) if together == "sum" else 1)
        aggregation = together if lenient else "pass-fail"
        return {"score_aggregation": aggregation, "max_score": self._whole(name, score, "accept_score")}

    def _secret_scores(self, samples: Sequence[Group], groups: Sequence[Group]) -> GroupYaml:
        """The options of all groups together."""
        name, found = self._nearest(_SECRET)
        if [group.name for group in groups] == [SECRET]:
            return self._requiring_samples(groups[0].options, samples)
        lenient, together = _modes(found)
        scores = [group.options.max_score for group in groups]
        bounds = [score for score in scores if isinstance(score, int)]
        if len(bounds) == len(scores):
            most: int | str = sum(bounds) if together == "sum" else min(bounds, default=0)
        elif lenient:
            most = "unbounded"
        else:
            raise self._unsupported(name, "a sum without bound, unless always_accept is there too,")
        update = {"score_aggregation": together if lenient else "pass-fail", "max_score": most}
        return self._requiring_samples(self._options(_SECRET).model_copy(update=update), samples)

    def _requiring_samples(self, secret: GroupYaml, samples: Sequence[Group]) -> GroupYaml:
        """Samples score nothing here; where the root grader does not ignore them, they must be passed."""
        _, root = self._nearest("data")
        if not samples or "ignore_sample" in root.grader_flags:
            return secret
        if self._nearest(f"data/{SAMPLE}")[1].accept_score:
            reason = "samples that score are not supported: set accept_score 0, or ignore_sample in data/testdata.yaml"
            raise self.folder.error(f"data/{SAMPLE}/{GROUP_FILE}", reason, "accept_score")
        return secret if _modes(root)[0] else secret.model_copy(update={"require_pass": (SAMPLE,)})

    def _upper_end(self, name: str, found: LegacyGroupYaml, together: str) -> int | Literal["unbounded"]:
        """The greatest score that a validator may give. A sum has no bound, for a case's own bound is not known."""
        ends = found.range.split()
        try:
            lower, upper = map(float, ends)
        except ValueError as exc:
            raise self.folder.error(name, "must be two numbers, such as '0 40'", "range") from exc
        if lower > upper:
            raise self.folder.error(name, "the second number must not be less than the first", "range")
        bounded = together == "min" and upper != float("inf")
        return self._whole(name, upper, "range") if bounded else "unbounded"

    def _whole(self, name: str, score: float, key: str) -> int:
        if score != int(score) or score < 0:
            raise self.folder.error(name, f"makes a greatest score of {score:g}; it must be a whole number", key)
        return int(score)

    def _unsupported(self, name: str, what: str) -> PackageError:
        return self.folder.error(name, f"{what} is not supported by this judge", "grader_flags")


def _modes(found: LegacyGroupYaml) -> tuple[bool, str]:
    """Whether a group counts though something in it is wrong, and how its scores go together; the last flag wins."""
    verdicts = [flag for flag in found.grader_flags if flag in _STRICT | {"always_accept"}]
    lenient = verdicts[-1:] == ["always_accept"] or "accept_if_any_accepted" in found.grader_flags
    return lenient, next((flag for flag in reversed(found.grader_flags) if flag in ("sum", "min")), "sum")
