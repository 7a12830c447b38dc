"""What a solution must offer: interface.yaml, its types, and whether a value fits them.

The types are those of JSON, written as in Python: int, float, str, bool, none, any, list[T]. A value's type is checked
exactly: True is no int, 1 is no bool; an int will do where a float is wanted.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_ATOMS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
    "bool": (bool,),
    "none": (type(None),),
}
_LIST = re.compile(r"list\[(.+)\]")


def _known_type(text: str) -> str:
    inner = text
    while match := _LIST.fullmatch(inner):
        inner = match[1]
    if inner not in (*_ATOMS, "any"):
        raise ValueError(f"unknown type {text!r}; there is: {', '.join(_ATOMS)}, any, list[...]")
    return text


TypeName = Annotated[str, AfterValidator(_known_type)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Strict):
    name: Identifier
    type: TypeName


class Method(_Strict):
    parameters: list[Parameter] = []
    returns: TypeName = "none"


class Unordered(_Strict):
    """Lists are compared without regard to order; `depth` 2 also disregards it one level down."""

    depth: Literal[1, 2] = 1


class FloatTolerance(_Strict):
    """Numbers may differ by either tolerance."""

    absolute: float = Field(1e-9, ge=0)
    relative: float = Field(1e-9, ge=0)


class CheckerOptions(_Strict):
    unordered: Unordered | None = None
    float: FloatTolerance | None = None


class Interface(_Strict):
    """The contract of an interface problem: one function, or one class with its methods."""

    function: Identifier | None = None
    class_: Identifier | None = Field(None, alias="class")
    parameters: list[Parameter] = []
    returns: TypeName = "none"
    constructor: list[Parameter] = []
    methods: dict[Identifier, Method] = {}
    checker: Literal["exact", "unordered", "float"] | CheckerOptions = "exact"

    @model_validator(mode="after")
    def _one_of_both(self) -> "Interface":
        if (self.function is None) == (self.class_ is None):
            raise ValueError("give either 'function' or 'class'")
        if self.class_ and (not self.methods or self.parameters):
            raise ValueError("a class needs 'methods', and its parameters are named 'constructor'")
        if self.function and (self.methods or self.constructor):
            raise ValueError("'methods' and 'constructor' belong to a class")
        return self

    @property
    def entry(self) -> dict[str, Any]:
        """What the driver in the box needs to know: names and numbers of parameters."""
        if self.function:
            return {"kind": "function", "name": self.function, "parameters": len(self.parameters)}
        methods = {name: len(method.parameters) for name, method in self.methods.items()}
        return {"kind": "class", "name": self.class_, "parameters": len(self.constructor), "methods": methods}

    @property
    def signature(self) -> str:
        """The contract as Python stubs, to be shown to people."""
        if self.function:
            return _stub(self.function, self.parameters, self.returns)
        lines = [f"class {self.class_}:", "    " + _stub("__init__", self.constructor, "none", method=True)]
        for name, method in self.methods.items():
            lines.append("    " + _stub(name, method.parameters, method.returns, method=True))
        return "\n".join(lines)

    def why_not_input(self, value: Any) -> str | None:
        """None when the value is an input of this problem, else the reason it is not."""
        if not isinstance(value, list):
            return "the input must be a JSON array"
        if self.function:
            return _why_not_arguments(self.function, self.parameters, value)
        for place, operation in enumerate(value):
            if not isinstance(operation, list) or not operation or not isinstance(operation[0], str):
                return f"operation {place} must be an array that begins with a name"
            name = operation[0]
            parameters = self.constructor if place == 0 else self._method_parameters(name)
            if parameters is None or (place == 0 and name != self.class_):
                allowed = [self.class_] if place == 0 else list(self.methods)
                return f"operation {place} is {name!r}; it must be {' or '.join(map(str, allowed))}"
            if reason := _why_not_arguments(f"operation {place}, {name}", parameters, operation[1:]):
                return reason
        return None if value else f"the first operation must construct {self.class_}"

    def why_not_output(self, value: Any) -> str | None:
        """None when the value has the declared type, else what it has instead."""
        if self.function:
            return why_not(self.returns, value, "the result")
        return None if isinstance(value, list) else f"the results are {type_name(value)}, not a list"

    def _method_parameters(self, name: str) -> list[Parameter] | None:
        method = self.methods.get(name)
        return method.parameters if method else None


def why_not(type_text: str, value: Any, what: str) -> str | None:
    """None when the value has that type, else a sentence that names the first place where it has not."""
    if type_text == "any":
        return None
    if match := _LIST.fullmatch(type_text):
        if not isinstance(value, list):
            return f"{what} is {type_name(value)}, not {type_text}"
        reasons = (why_not(match[1], item, f"{what}[{index}]") for index, item in enumerate(value))
        return next((reason for reason in reasons if reason), None)
    return None if type(value) in _ATOMS[type_text] else f"{what} is {type_name(value)}, not {type_text}"


def type_name(value: Any) -> str:
    """The name of a JSON value's type, as interface.yaml would write it."""
    return "none" if value is None else "dict" if isinstance(value, dict) else type(value).__name__


def _why_not_arguments(what: str, parameters: list[Parameter], values: list[Any]) -> str | None:
    if len(values) != len(parameters):
        names = ", ".join(parameter.name for parameter in parameters)
        return f"{what} takes {len(parameters)} arguments ({names}), not {len(values)}"
    pairs = zip(parameters, values, strict=True)
    reasons = (why_not(parameter.type, value, f"{what}: {parameter.name}") for parameter, value in pairs)
    return next((reason for reason in reasons if reason), None)


def _stub(name: str, parameters: list[Parameter], returns: str, method: bool = False) -> str:
    listed = ["self"] * method + [f"{parameter.name}: {parameter.type}" for parameter in parameters]
    return f"def {name}({', '.join(listed)}) -> {'None' if returns == 'none' else returns}: ..."
