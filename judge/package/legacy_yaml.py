"""The keys of the format before 2025-09, and what they mean in the words of today."""

import re
import shlex
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from judge.package.problem_yaml import Credits, License, PackageLimits, ProblemYaml, TimeMultipliers
from judge.package.schema import MOST_MEMORY_MIB, Strict, Texts, unsupported

_SCORE_FROM_VALIDATOR, _INTERACTIVE = "score", "interactive"


class LegacyStrict(Strict):
    """A key without a value is as if it were not there: packages are often begun from a form."""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


def _arguments(value: Any) -> Any:
    """A line of flags, or a map with a validator's name and its flags, as single arguments."""
    flags = value.get("flags", "") if isinstance(value, dict) and set(value) <= {"name", "flags"} else value
    if isinstance(flags, int | float):
        flags = str(flags)
    return shlex.split(flags) if isinstance(flags, str) else flags


def _words(value: Any) -> Any:
    return value.split() if isinstance(value, str) else value


def _not_custom(value: str) -> str:
    return unsupported(value) if value == "custom" else value


def _only_max(value: str) -> str:
    return unsupported(value) if value == "min" else value


def _validation(value: str) -> str:
    first, *more = value.split() or [""]
    if first not in ("default", "custom") or not set(more) <= {_SCORE_FROM_VALIDATOR, _INTERACTIVE}:
        raise ValueError("must be 'default', or 'custom' and then perhaps 'score' and 'interactive'")
    if first == "default" and more:
        raise ValueError("only a custom validator can score or interact")
    return value


Flags = Annotated[Texts, BeforeValidator(_arguments)]


class LegacyLimits(LegacyStrict):
    time_multiplier: float = Field(5, ge=1, le=100)
    time_safety_margin: float = Field(2, ge=1)
    memory: int | None = Field(None, gt=0, le=MOST_MEMORY_MIB, description="MiB")
    output: int | None = Field(None, gt=0, le=64, description="MiB")
    code: int | None = Field(None, gt=0)
    compilation_time: float | None = Field(None, gt=0)
    compilation_memory: int | None = Field(None, gt=0)
    validation_time: float | None = Field(None, gt=0)
    validation_memory: int | None = Field(None, gt=0)
    validation_output: int | None = Field(None, gt=0)


class Grading(LegacyStrict):
    objective: Annotated[Literal["max", "min"], AfterValidator(_only_max)] = "max"
    show_test_data_groups: bool = False


class LegacyProblemYaml(LegacyStrict):
    problem_format_version: Literal["legacy", "legacy-icpc"] = "legacy"
    type: Literal["pass-fail", "scoring"] = "pass-fail"
    name: str = ""
    uuid: str = ""
    author: str = ""
    source: str = ""
    source_url: str = ""
    license: License = "unknown"
    rights_owner: str = ""
    limits: LegacyLimits = LegacyLimits()
    validation: Annotated[str, AfterValidator(_validation)] = "default"
    validator_flags: Flags = ()
    grading: Grading | None = None
    keywords: Annotated[Texts, BeforeValidator(_words)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "LegacyProblemYaml":
        if self.source_url and not self.source:
            raise ValueError("'source_url' needs a 'source'")
        if self.type != "scoring" and (self.grading or self.validator_scores):
            raise ValueError("only a problem of type scoring has a 'grading', or a validator that scores")
        return self

    @property
    def has_validator(self) -> bool:
        return self.validation.startswith("custom")

    @property
    def validator_scores(self) -> bool:
        return _SCORE_FROM_VALIDATOR in self.validation.split()

    def of_today(self, name: str) -> ProblemYaml:
        """The same as a 2025-09 problem.yaml. `name` is the problem's, where this one has none."""
        interactive = [_INTERACTIVE] if _INTERACTIVE in self.validation.split() else []
        given = self.limits.model_dump(include={"memory", "output", "code"}, exclude_none=True)
        authors = [author.strip() for author in re.split(r",|\band\b", self.author) if author.strip()]
        return ProblemYaml.model_construct(
            problem_format_version=self.problem_format_version,
            type=(self.type, *interactive),
            name={"en": self.name or name},
            uuid=self.uuid,
            license=self.license,
            rights_owner=self.rights_owner,
            limits=PackageLimits(
                time_multipliers=TimeMultipliers(ac_to_time_limit=self.limits.time_multiplier), **given
            ),
            keywords=self.keywords,
            source=(self.source,) if self.source else (),
            credits=Credits(authors=authors) if authors else Credits(),
        )


class LegacyGroupYaml(LegacyStrict):
    """testdata.yaml. It holds for its folder and for those below that have none; nothing is merged."""

    on_reject: Literal["break", "continue"] = "break"
    grading: Annotated[Literal["default", "custom"], AfterValidator(_not_custom)] = "default"
    grader_flags: Flags = ()
    input_validator_flags: Flags = ()
    output_validator_flags: Flags = ()
    accept_score: float = Field(1, ge=0)
    reject_score: float = 0
    range: str = "-inf +inf"
