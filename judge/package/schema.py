"""The keys of a package's YAML files, 2025-09, and ours in test_group.yaml. Whatever is not here is refused.

What the format knows and this judge cannot do is here too, to be refused for what it is: Unsupported.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _refuse(value: Any) -> Any:
    raise ValueError("not supported by this judge")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _without_secret(value: Any) -> Any:
    """Groups by the names that they have here: `secret/small` is `small`."""
    listed = _listed(value)
    if not isinstance(listed, list):
        return listed
    return [name.removeprefix("secret/") if isinstance(name, str) else name for name in listed]


def _one_kind(kinds: tuple[str, ...]) -> tuple[str, ...]:
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


_TYPES, _UNSUPPORTED_TYPES = ("pass-fail", "scoring", "interactive"), ("multi-pass", "submit-answer")
Unsupported = Annotated[Any, BeforeValidator(_refuse)]
Texts = tuple[str, ...]


class PackageLimits(Strict):
    """Limits of the whole package, in the units of the format."""

    memory: int = Field(256, gt=0, le=4096, description="MiB")
    output: int = Field(8, gt=0, le=64, description="MiB")


class Credits(Strict):
    authors: list[str] = []


class ProblemYaml(Strict):
    problem_format_version: Literal["2025-09"]
    type: Annotated[Texts, BeforeValidator(_listed), AfterValidator(_one_kind)] = ("pass-fail",)
    name: dict[str, str] | str
    uuid: str = ""
    version: str = ""
    license: str = ""
    credits: Credits = Credits()
    keywords: list[str] = []
    limits: PackageLimits = PackageLimits()


class Growth(Strict):
    """The group's cases grow: `size` names the generator's argument that says how large a case is."""

    size: str
    max_exponent: float | None = Field(None, gt=0, le=10)


class GroupYaml(Strict):
    """test_group.yaml. The time limit is a multiple of the slowest accepted reference, never below the floor.

    None stands for the format's default, which is another one for `secret`, for `sample` and for a group.
    """

    description: str = ""
    max_score: Annotated[int, Field(ge=0)] | Literal["unbounded"] | None = None
    score_aggregation: Literal["pass-fail", "sum", "min"] | None = None
    require_pass: Annotated[Texts, BeforeValidator(_without_secret)] = ()
    output_validator_args: Texts = ()
    input_validator_args: Texts | dict[str, Texts] = ()
    input_visualizer_args: Texts = ()
    output_visualizer_args: Texts = ()
    full_feedback: bool | None = None
    args: Unsupported = None
    static_validation_score: Unsupported = None
    static_validator_args: Unsupported = None

    cpu_multiplier: float = Field(4.0, ge=1, le=100)
    cpu_floor_s: float = Field(0.25, gt=0, le=60)
    memory_mib: int | None = Field(None, gt=0, le=4096)
    growth: Growth | None = None

    def inheriting(self, parent: "GroupYaml") -> "GroupYaml":
        """With what the parent gives and these leave open. Scores, requirements and growth are a group's own."""
        own, given = self.model_fields_set, parent.model_fields_set
        return self.model_copy(update={key: getattr(parent, key) for key in _INHERITED & given - own})


_INHERITED = {
    "output_validator_args",
    "input_validator_args",
    "input_visualizer_args",
    "output_visualizer_args",
    "full_feedback",
    "cpu_multiplier",
    "cpu_floor_s",
    "memory_mib",
}


class CaseYaml(Strict):
    """<case>.yaml beside a case."""

    output_validator_args: Texts | None = None
    input_validator_args: Texts | dict[str, Texts] = ()
    input_visualizer_args: Texts = ()
    output_visualizer_args: Texts = ()
    hint: str = ""
    description: str = ""
    args: Unsupported = None
    full_feedback: Unsupported = None


class Recipe(BaseModel):
    """One generated case: `make` names a function of generate.py, the rest are its arguments."""

    model_config = ConfigDict(frozen=True, extra="allow")
    make: str


class GeneratorsYaml(Strict):
    solution: str
    data: dict[str, dict[str, Recipe]]
