"""Builds a package's generated cases: inputs by its generate.py, answers by its reference solution, both in a box.

Built once per content of the package and kept in the cache. Everything a generator returns is checked against the
interface, like any stranger's input.
"""

import hashlib
from dataclasses import replace
from typing import NamedTuple

import msgspec

from judge.cache import Cache
from judge.errors import PackageError
from judge.models import Limits
from judge.package import Case, Group, Problem, Recipe
from judge.runs import Terms, run
from judge.sandbox.base import Boxes, Input, Job, JobResult, RunResult

LIMITS = Limits(cpu_time_s=30, wall_time_s=60, memory_mib=1024, output_mib=64)
_FILE = "generators/generate.py"


class _Built(NamedTuple):
    """A generated case as the cache keeps it; the digest too, for it takes as long as reading the case."""

    name: str
    input: bytes
    answer: bytes
    digest: str


_decode = msgspec.msgpack.Decoder(dict[str, list[_Built]]).decode


def build(problem: Problem, boxes: Boxes, cache: Cache) -> Problem:
    """The problem with all its cases. Raises PackageError where the generator or the reference fails."""
    if problem.generators is None:
        return problem
    built = _decode(cache.get_or_make("cases", f"{problem.hash}-2", lambda: _encode(_generate(problem, boxes))))
    return replace(problem, groups=tuple(_with(problem, group, built.get(group.name, [])) for group in problem.groups))


_encode = msgspec.msgpack.Encoder().encode


def _with(problem: Problem, group: Group, built: list[_Built]) -> Group:
    assert problem.generators
    recipes = problem.generators.data.get(group.name, {})
    cases = [*group.cases, *(group.generated_case(*case, recipes[case.name]) for case in built)]
    return replace(group, cases=tuple(sorted(cases, key=lambda case: case.name)))


def _generate(problem: Problem, boxes: Boxes) -> dict[str, list[_Built]]:
    assert problem.generators
    source = (problem.folder / _FILE).read_text(encoding="utf-8")
    built: dict[str, list[_Built]] = {}
    for group, named in problem.generators.data.items():
        inputs = _make_inputs(problem, group, named, source, boxes)
        answers = _make_answers(problem, group, inputs, boxes)
        digests = [hashlib.sha256(data).hexdigest() for data in inputs]
        built[group] = [_Built(*case) for case in zip(named, inputs, answers, digests, strict=True)]
    return built


def _make_inputs(problem: Problem, group: str, named: dict[str, Recipe], source: str, boxes: Boxes) -> list[bytes]:
    recipes = [Input.of(msgspec.json.encode(recipe.model_dump())) for recipe in named.values()]
    result = boxes.jury.run(Job(source, {"kind": "recipe"}, recipes, LIMITS, show=True, max_timeouts=1))
    outputs = _outputs(problem, _FILE, list(named), result)
    return [_input(problem, f"{group}/{name}", output) for name, output in zip(named, outputs, strict=True)]


def _input(problem: Problem, place: str, output: bytes) -> bytes:
    """What the generator returned as a case's input: JSON of the declared types, or a whole program's text."""
    try:
        value = msgspec.json.decode(output)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise problem.error(_FILE, f"{place}: what it returned is no JSON: {exc}") from exc
    if problem.interface is None:
        if not isinstance(value, str):
            raise problem.error(_FILE, f"{place}: must return the input's text, not {type(value).__name__}")
        return value.encode("utf-8", "surrogatepass")
    if reason := problem.interface.why_not_input(value):
        raise problem.error(_FILE, f"{place}: {reason}")
    return output


def _make_answers(problem: Problem, group: str, inputs: list[bytes], boxes: Boxes) -> list[bytes]:
    assert problem.generators
    if problem.interactive:
        return [b""] * len(inputs)
    name = problem.generators.solution
    reference = next(submission for submission in problem.accepted if submission.name == name)
    names = [f"{group}/{case}" for case in problem.generators.data[group]]
    cases = [Case.of(case, data, b"") for case, data in zip(names, inputs, strict=True)]
    return _outputs(
        problem,
        f"submissions/{name}",
        names,
        run(problem, reference.source, cases, Terms(LIMITS, max_timeouts=1), boxes.jury),
    )


def _outputs(problem: Problem, file: str, names: list[str], result: JobResult) -> list[bytes]:
    if result.compile_error:
        raise problem.error(file, result.compile_error.message)
    for name, one in zip(names, result.runs, strict=False):
        if one.ended != "ok":
            raise problem.error(file, f"{name}: {_what_happened(one)}")
    if len(result.runs) != len(names):
        raise PackageError(problem.slug, file, "stopped before the last case")
    return [one.output for one in result.runs]


def _what_happened(run: RunResult) -> str:
    if run.failure is None:
        return {"cpu_limit": "took more than 30 s", "wall_limit": "took more than 60 s"}.get(run.ended, run.ended)
    where = f" ({run.failure.traceback[-1]})" if run.failure.traceback else ""
    return f"{run.failure.type or run.failure.kind}: {run.failure.message}{where}"
