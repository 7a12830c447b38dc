"""YAML text becomes a model, or a fault: which key, on which line, why, and what was probably meant.

Stricter than YAML: a key given twice is refused, not overwritten, and so is a file whose aliases make it huge. The line
is that of the node itself, at any depth; a key nobody knows comes with the nearest one known in that place.
"""

import difflib
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_NODES = 1_000_000
_PLAINER = {
    "string_type": "must be text; put it in quotes",
    "missing": "is missing",
    "dict_type": "must hold keys and values",
}


class YamlFault(Exception):
    """Raised for the first thing that is wrong with a text."""

    def __init__(self, reason: str, key: str | None = None, line: int | None = None) -> None:
        self.reason, self.key, self.line = reason, key, line
        super().__init__(reason)


class _Place(NamedTuple):
    """How far a pydantic location could be followed into the file: the parts that are in it, and the last node."""

    parts: tuple[str, ...]
    line: int | None


def parse(text: str, model: type[M]) -> M:
    """Raises YamlFault."""
    root, data = _read(text)
    if not isinstance(data, dict):
        raise YamlFault("must hold keys and values")
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        raise _most_telling(exc, root, model) from exc
    except RecursionError as exc:
        raise YamlFault("is nested too deeply") from exc


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The nearest known name as half a sentence; all of them where none is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _read(text: str) -> tuple[yaml.Node | None, Any]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, {}
        _measure(root, (), {})
        return root, loader.construct_document(root)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        raise YamlFault(f"is no YAML: {exc.problem}", line=line) from exc
    except (yaml.YAMLError, ValueError) as exc:  # a character, or a date, that cannot be
        raise YamlFault(f"is no YAML: {str(exc).splitlines()[0]}") from exc
    except RecursionError as exc:
        raise YamlFault("is nested too deeply") from exc
    finally:
        loader.dispose()


def _measure(node: yaml.Node, path: tuple[str, ...], sizes: dict[int, int]) -> int:
    """How many nodes there are with every alias written out. Refuses keys given twice, loops, and far too many."""
    if id(node) in sizes:
        if not sizes[id(node)]:
            raise YamlFault("an alias stands inside what it repeats", line=_line(node))
        return sizes[id(node)]
    sizes[id(node)] = 0
    size = 1
    if isinstance(node, yaml.MappingNode):
        _refuse_doubled_keys(node, path)
        for key, value in node.value:
            size += _measure(key, path, sizes) + _measure(value, (*path, _name(key)), sizes)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            size += _measure(item, (*path, str(index)), sizes)
    if size > _MOST_NODES:
        raise YamlFault(f"is too large: its aliases stand for more than {_MOST_NODES:,} values", line=_line(node))
    sizes[id(node)] = size
    return size


def _refuse_doubled_keys(node: yaml.MappingNode, path: tuple[str, ...]) -> None:
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault("a key must be a single word", ".".join(path) or None, _line(key))
        if (key.tag, key.value) in seen:
            raise YamlFault("the key is given twice", ".".join((*path, key.value)), _line(key))
        seen.add((key.tag, key.value))


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _name(key: yaml.Node) -> str:
    return str(key.value)


def _most_telling(exc: ValidationError, root: yaml.Node | None, model: type[BaseModel]) -> YamlFault:
    """Of all faults the one that lies deepest: where several forms are allowed, it is about the form that was meant."""
    placed = [(error, _place(root, error["loc"])) for error in exc.errors()]
    error, place = max(placed, key=lambda pair: (len(pair[1].parts), pair[0]["type"] == "extra_forbidden"))
    key = ".".join(place.parts)
    if error["type"] == "missing":
        # What is missing has no line; its place is named all the same.
        return YamlFault("is missing", ".".join((*place.parts, str(error["loc"][-1]))), _line_of_parent(place))
    return YamlFault(_reason(error, model), key or None, place.line)


def _line_of_parent(place: _Place) -> int | None:
    return place.line if place.parts else None


def _place(root: yaml.Node | None, loc: Sequence[str | int]) -> _Place:
    """Follow the location; its parts that name a form rather than a key are in no file and are stepped over."""
    node, parts, line = root, [], None
    for part in loc:
        if part == "[key]":
            continue
        step = next(((key, value) for key, value in _children(node) if key[0] == str(part)), None)
        if step:
            (name, line), node = step
            parts.append(name)
    return _Place(tuple(parts), line)


def _children(node: yaml.Node | None) -> Iterator[tuple[tuple[str, int], yaml.Node]]:
    """Everything directly below, with its name and line; merged mappings included."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (str(index), _line(item)), item
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (_name(key), _line(key)), value


def _reason(error: ErrorDetails, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        known = list(dict.fromkeys(name for found in _models_at([model], error["loc"][:-1]) for name in _keys(found)))
        return f"unknown key; {did_you_mean(str(error['loc'][-1]), known)}"
    return _PLAINER.get(error["type"]) or error["msg"].removeprefix("Value error, ")


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_at(annotations: Sequence[Any], loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that may stand at this location, below values of these types."""
    forms = [form for annotation in annotations for form in _forms(annotation)]
    if not loc:
        return [form for form in forms if _is_model(form)]
    below = [found for form in forms for found in _below(form, loc[0])]
    return _models_at(below or forms, loc[1:])


def _forms(annotation: Any) -> Iterator[Any]:
    """The single types that an annotation allows."""
    if get_origin(annotation) is Annotated:
        yield from _forms(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _forms(one)
    elif _is_model(annotation) and issubclass(annotation, RootModel):
        yield from _forms(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _below(form: Any, part: str | int) -> Iterator[Any]:
    """The type of what stands under this key of a model or a dict, or in this place of a list."""
    if _is_model(form):
        fields = {field.alias or name: field for name, field in form.model_fields.items()}
        if part in fields:
            yield fields[str(part)].annotation
    elif get_origin(form) is dict:
        yield get_args(form)[1]
    elif get_origin(form) in (list, tuple) and isinstance(part, int):
        yield get_args(form)[0]


def _is_model(form: Any) -> bool:
    return isinstance(form, type) and issubclass(form, BaseModel)
