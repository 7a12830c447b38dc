"""The keys of a 2025-09 problem.yaml, all of them. What follows from them for the groups is said in one place here."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from judge.package.schema import MOST_MEMORY_MIB, GroupYaml, Strict, Texts, Unsupported, listed, unsupported

STDIO_MEMORY_MIB = 1024  # whole programs read whole inputs; the format's own usual default is 2048
_TYPES, _UNSUPPORTED_TYPES = ("pass-fail", "scoring", "interactive"), ("multi-pass", "submit-answer")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_CONSTANT = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def _one_kind(kinds: Texts) -> Texts:
    for kind in kinds:
        if kind in _UNSUPPORTED_TYPES:
            raise ValueError(f"{kind} is not supported by this judge")
        if kind not in _TYPES:
            raise ValueError(f"unknown type {kind!r}; there is: {', '.join(_TYPES)}")
    if len(set(kinds)) != len(kinds) or not kinds:
        raise ValueError("must name at least one type, and none of them twice")
    if {"pass-fail", "scoring"} <= set(kinds):
        raise ValueError("pass-fail and scoring exclude each other")
    return kinds


def _in_english(value: Any) -> Any:
    return {"en": value} if isinstance(value, str) else value


def _names(names: dict[str, str]) -> dict[str, str]:
    for language, name in names.items():
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is no language code, such as en or pt-BR")
        if not name.strip():
            raise ValueError("must not be empty")
    if not names:
        raise ValueError("must not be empty")
    return names


def _python_among(value: Any) -> Any:
    codes = listed(value)
    if isinstance(codes, list) and "all" not in codes and "python3" not in codes:
        raise ValueError("python3 is not among them, and no other language is offered here")
    return codes


def _only_false(value: bool) -> bool:
    return unsupported(value) if value else value


class Person(Strict):
    name: str
    email: str = ""
    orcid: str = ""
    kattis: str = ""


def _person_list(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


Persons = Annotated[list[Person | str], BeforeValidator(_person_list), Field(min_length=1)]


class Credits(Strict):
    authors: Persons | None = None
    contributors: Persons | None = None
    testers: Persons | None = None
    translators: dict[str, Persons] = Field({})
    packagers: Persons | None = None
    acknowledgements: Persons | None = None


def _author(value: Any) -> Any:
    return {"authors": value} if isinstance(value, str) else value


class Source(Strict):
    name: str
    url: str = ""


class TimeMultipliers(Strict):
    ac_to_time_limit: float = Field(2.0, ge=1, le=100)
    time_limit_to_tle: float = Field(1.5, ge=1)


class PackageLimits(Strict):
    """Limits of the whole package, in the units of the format. Those for validators are this judge's own."""

    memory: int = Field(256, gt=0, le=MOST_MEMORY_MIB, description="MiB")
    output: int = Field(8, gt=0, le=64, description="MiB")
    time_multipliers: TimeMultipliers = TimeMultipliers()
    time_limit: float | None = Field(None, gt=0, le=60, description="s")
    time_resolution: float = Field(1.0, gt=0, description="s")
    code: int = Field(128, gt=0, description="KiB")
    compilation_time: int = Field(60, gt=0, description="s")
    compilation_memory: int = Field(2048, gt=0, description="MiB")
    validation_time: int = Field(60, gt=0, description="s")
    validation_memory: int = Field(2048, gt=0, description="MiB")
    validation_output: int = Field(8, gt=0, description="MiB")
    validation_passes: Unsupported = None


License = Literal["unknown", "public domain", "cc0", "cc by", "cc by-sa", "educational", "permission"]
Constant = StrictStr | StrictInt | StrictFloat


class ProblemYaml(Strict):
    problem_format_version: Literal["2025-09", "legacy", "legacy-icpc"]
    type: Annotated[Texts, BeforeValidator(listed), AfterValidator(_one_kind)] = ("pass-fail",)
    name: Annotated[dict[str, str], BeforeValidator(_in_english), AfterValidator(_names)]
    uuid: str = ""
    version: str = ""
    credits: Annotated[Credits, BeforeValidator(_author)] = Credits()
    source: Annotated[tuple[Source | str, ...], BeforeValidator(_person_list)] = ()
    license: License = "unknown"
    rights_owner: str = ""
    embargo_until: datetime | date | None = None
    limits: PackageLimits = PackageLimits()
    keywords: Texts = ()
    languages: Annotated[Texts, BeforeValidator(_python_among)] = ("all",)
    allow_file_writing: Annotated[StrictBool, AfterValidator(_only_false)] = False
    constants: dict[str, Constant] = Field({})

    @model_validator(mode="after")
    def _rights_are_clear(self) -> "ProblemYaml":
        if self.license == "public domain" and self.rights_owner:
            raise ValueError("a work in the public domain has no 'rights_owner'")
        owner = self.rights_owner or self.credits.authors or self.source
        if self.license not in ("unknown", "public domain") and not owner:
            raise ValueError(f"the license {self.license!r} needs a 'rights_owner', or 'credits' or a 'source'")
        if wrong := next((name for name in self.constants if not _CONSTANT.fullmatch(name)), None):
            raise ValueError(f"a constant cannot be named {wrong!r}")
        return self

    @property
    def group_defaults(self) -> GroupYaml:
        """What a group has that says nothing else: the time limit is never below the one the package states."""
        given: dict[str, Any] = {}
        if "time_multipliers" in self.limits.model_fields_set:
            given["cpu_multiplier"] = self.limits.time_multipliers.ac_to_time_limit
        if self.limits.time_limit is not None:
            given["cpu_floor_s"] = self.limits.time_limit
        return GroupYaml(**given)

    def for_stdio(self) -> "ProblemYaml":
        """With the memory of a whole program, unless the package says how much."""
        if "memory" in self.limits.model_fields_set:
            return self
        return self.model_copy(update={"limits": self.limits.model_copy(update={"memory": STDIO_MEMORY_MIB})})
