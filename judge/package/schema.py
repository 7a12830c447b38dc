"""The keys of the YAML files in data/ and generators/, 2025-09 and ours. Whatever is not here is refused.

What the format knows and this judge cannot do is here too, to be refused for what it is: Unsupported.
"""

from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def unsupported(value: Any) -> NoReturn:
    raise ValueError("not supported by this judge")


def listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _without_secret(value: Any) -> Any:
    """Groups by the names that they have here: `secret/small` is `small`."""
    names = listed(value)
    if not isinstance(names, list):
        return names
    return [name.removeprefix("secret/") if isinstance(name, str) else name for name in names]


# A box has 3 GiB for everything in it, so what one program may take has to stay well below.
MOST_MEMORY_MIB = 2048
Unsupported = Annotated[Any, BeforeValidator(unsupported)]
Texts = tuple[str, ...]


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
    memory_mib: int | None = Field(None, gt=0, le=MOST_MEMORY_MIB)
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
