"""What a solution must offer: interface.yaml, and whether a case fits it. The types: judge/value_types.py.

A function with typed parameters and a result; a class whose methods are called in turn (or by several threads at once);
or stages: functions that run one after another in processes of their own, each fed with what the one before returned.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from judge.value_types import known_type, node_parameter, type_name, why_not

CONCURRENTLY = "concurrently"  # the operation of a concurrent class that runs lists of operations in a thread each
_MAX_THREADS = 64

TypeName = Annotated[str, AfterValidator(known_type)]
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


class Stage(_Strict):
    """One function, run in a process of its own; all but the first take the result of the one before."""

    function: Identifier
    parameters: list[Parameter]
    returns: TypeName


class Interface(_Strict):
    """The contract of an interface problem: one function, one class with its methods, or stages."""

    function: Identifier | None = None
    class_: Identifier | None = Field(None, alias="class")
    parameters: list[Parameter] = []
    returns: TypeName = "none"
    in_place: Identifier | None = Field(None, description="the result is this parameter's value after the call")
    constructor: list[Parameter] = []
    methods: dict[Identifier, Method] = {}
    concurrent: bool = False
    stages: list[Stage] = []
    checker: Literal["exact", "unordered", "float"] | CheckerOptions = "exact"

    @model_validator(mode="after")
    def _one_kind(self) -> "Interface":
        if self.stages:
            return self._check_stages()
        if (self.function is None) == (self.class_ is None):
            raise ValueError("give either 'function' or 'class'")
        if self.class_ and (not self.methods or self.parameters or self.in_place):
            raise ValueError("a class needs 'methods', and its parameters are named 'constructor'")
        if self.function and (self.methods or self.constructor or self.concurrent):
            raise ValueError("'methods', 'constructor' and 'concurrent' belong to a class")
        self._check_names()
        return self

    def _check_stages(self) -> "Interface":
        if self.function or self.methods or self.constructor or self.parameters or self.in_place or self.concurrent:
            raise ValueError("with 'stages' the only other key is 'class' (and 'checker')")
        if len(self.stages) < 2:
            raise ValueError("one stage is a 'function'")
        for before, stage in zip(self.stages, self.stages[1:], strict=False):
            if [parameter.type for parameter in stage.parameters] != [before.returns]:
                raise ValueError(f"{stage.function} must take one parameter, the {before.returns} of {before.function}")
        return self

    def _check_names(self) -> None:
        types = {parameter.name: parameter.type for parameter in self.parameters}
        if self.in_place and (self.in_place not in types or self.returns != "none"):
            raise ValueError("'in_place' names a parameter, and then nothing is returned")
        head = node_parameter(self.returns)
        if head and types.get(head) != "list_node":
            raise ValueError(f"{self.returns!r} must name a parameter of type list_node")

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What the driver in the box needs to know, one entry for each process that a case runs in."""
        if self.stages:
            return [
                _function_entry(stage.function, stage.parameters, stage.returns) | {"holder": self.class_}
                for stage in self.stages
            ]
        if self.function:
            return [_function_entry(self.function, self.parameters, self.returns) | self._where_the_result_is()]
        methods = {
            name: {"parameters": _types(method.parameters), "returns": method.returns}
            for name, method in self.methods.items()
        }
        return [{"kind": "class", "name": self.class_, "parameters": _types(self.constructor), "methods": methods}]

    def _where_the_result_is(self) -> dict[str, Any]:
        names = [parameter.name for parameter in self.parameters]
        if self.in_place:
            return {"in_place": names.index(self.in_place), "returns": self._result_type}
        head = node_parameter(self.returns)
        return {"node_of": names.index(head)} if head else {}

    @property
    def _result_type(self) -> str:
        if self.stages:
            return self.stages[-1].returns
        if self.in_place:
            return next(parameter.type for parameter in self.parameters if parameter.name == self.in_place)
        return self.returns

    @property
    def signature(self) -> str:
        """The contract as Python stubs, to be shown to people."""
        if self.function:
            return _stub(self.function, self.parameters, self.returns)
        if self.stages:
            stubs = [_stub(one.function, one.parameters, one.returns, bool(self.class_)) for one in self.stages]
            lines = [f"class {self.class_}:", *("    " + stub for stub in stubs)] if self.class_ else stubs
            return "\n".join(lines)
        lines = [f"class {self.class_}:", "    " + _stub("__init__", self.constructor, "none", method=True)]
        for name, method in self.methods.items():
            lines.append("    " + _stub(name, method.parameters, method.returns, method=True))
        return "\n".join(lines)

    def why_not_input(self, value: Any) -> str | None:
        """None when the value is an input of this problem, else the reason it is not."""
        if not isinstance(value, list):
            return "the input must be a JSON array"
        if self.function or self.stages:
            name = self.function or self.stages[0].function
            parameters = self.stages[0].parameters if self.stages else self.parameters
            return _why_not_arguments(name, parameters, value)
        if not value:
            return f"the first operation must construct {self.class_}"
        reasons = (self._why_not_operation(place, operation) for place, operation in enumerate(value))
        return next((reason for reason in reasons if reason), None)

    def why_not_output(self, value: Any) -> str | None:
        """None when the value has the declared type, else what it has instead."""
        if self.class_ and not self.stages:
            return None if isinstance(value, list) else f"the results are {type_name(value)}, not a list"
        return why_not(self._result_type, value, "the result")

    def why_not_between(self, stage: int, value: Any) -> str | None:
        """The same for what a stage that is not the last has returned."""
        return why_not(self.stages[stage].returns, value, f"the result of {self.stages[stage].function}")

    def _why_not_operation(self, place: int, operation: Any) -> str | None:
        if not isinstance(operation, list) or not operation or not isinstance(operation[0], str):
            return f"operation {place} must be an array that begins with a name"
        name = operation[0]
        if place and self.concurrent and name == CONCURRENTLY:
            return self._why_not_threads(place, operation[1:])
        method = self.methods.get(name)
        parameters = self.constructor if place == 0 else method.parameters if method else None
        if parameters is None or (place == 0 and name != self.class_):
            allowed = [self.class_] if place == 0 else list(self.methods)
            return f"operation {place} is {name!r}; it must be {' or '.join(map(str, allowed))}"
        return _why_not_arguments(f"operation {place}, {name}", parameters, operation[1:])

    def _why_not_threads(self, place: int, arguments: list[Any]) -> str | None:
        threads = arguments[0] if len(arguments) == 1 else None
        if not isinstance(threads, list) or not 1 <= len(threads) <= _MAX_THREADS:
            return f"operation {place}, {CONCURRENTLY}, takes one array of 1 to {_MAX_THREADS} arrays of operations"
        for thread in threads:
            if not isinstance(thread, list):
                return f"operation {place}, {CONCURRENTLY}: a thread is an array of operations"
            for operation in thread:
                if isinstance(operation, list) and operation[:1] == [CONCURRENTLY]:
                    return f"operation {place}, {CONCURRENTLY}: a thread starts no threads"
                if reason := self._why_not_operation(place, operation):
                    return reason
        return None


def _function_entry(name: str, parameters: list[Parameter], returns: str) -> dict[str, Any]:
    return {"kind": "function", "name": name, "parameters": _types(parameters), "returns": returns}


def _types(parameters: list[Parameter]) -> list[str]:
    return [parameter.type for parameter in parameters]


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
