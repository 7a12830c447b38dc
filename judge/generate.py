"""Builds a package's generated cases: inputs by its generate.py, answers by its reference solution, both in a box.

Built once per content of the package and kept in the cache. Everything a generator returns is checked against the
interface, like any stranger's input.
"""

from dataclasses import replace

import msgspec

from judge.cache import Cache
from judge.errors import PackageError
from judge.models import Limits
from judge.package import Case, Group, Problem, Recipe
from judge.sandbox.base import Box, Input, Job, JobResult, RunResult

LIMITS = Limits(cpu_time_s=30, wall_time_s=60, memory_mib=1024, output_mib=64)
_FILE = "generators/generate.py"

Built = dict[str, list[tuple[str, bytes, bytes]]]  # group -> (name, input, answer)


def build(problem: Problem, box: Box, cache: Cache) -> Problem:
    """The problem with all its cases. Raises PackageError where the generator or the reference fails."""
    if problem.generators is None:
        return problem
    key = f"{problem.hash}-1"
    data = cache.get_or_make("cases", key, lambda: msgspec.msgpack.encode(_generate(problem, box)))
    built = msgspec.msgpack.decode(data, type=Built)
    return replace(problem, groups=tuple(_with(group, built.get(group.name, [])) for group in problem.groups))


def _with(group: Group, built: list[tuple[str, bytes, bytes]]) -> Group:
    cases = [*group.cases, *(Case.of(*case) for case in built)]
    return replace(group, cases=tuple(sorted(cases, key=lambda case: case.name)))


def _generate(problem: Problem, box: Box) -> Built:
    assert problem.generators
    recipes = problem.generators.data
    source = (problem.folder / _FILE).read_text(encoding="utf-8")
    built: Built = {}
    for group, named in recipes.items():
        inputs = _make_inputs(problem, group, named, source, box)
        answers = _make_answers(problem, group, inputs, box)
        built[group] = list(zip(named, inputs, answers, strict=True))
    return built


def _make_inputs(problem: Problem, group: str, named: dict[str, Recipe], source: str, box: Box) -> list[bytes]:
    recipes = [Input.of(msgspec.json.encode(recipe.model_dump())) for recipe in named.values()]
    result = box.run(Job(source, {"kind": "recipe"}, recipes, LIMITS, show=True, max_timeouts=1))
    outputs = _outputs(problem, _FILE, list(named), result)
    for name, output in zip(named, outputs, strict=True):
        try:
            reason = problem.interface.why_not_input(msgspec.json.decode(output))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            reason = f"what it returned is no JSON: {exc}"
        if reason:
            raise problem.error(_FILE, f"{group}/{name}: {reason}")
    return outputs


def _make_answers(problem: Problem, group: str, inputs: list[bytes], box: Box) -> list[bytes]:
    assert problem.generators
    name = problem.generators.solution
    reference = next(submission for submission in problem.accepted if submission.name == name)
    job = Job(reference.source, problem.interface.entry, [Input.of(data) for data in inputs], LIMITS, max_timeouts=1)
    names = [f"{group}/{case}" for case in problem.generators.data[group]]
    return _outputs(problem, f"submissions/{name}", names, box.run(job))


def _outputs(problem: Problem, file: str, names: list[str], result: JobResult) -> list[bytes]:
    if result.compile_error:
        raise problem.error(file, result.compile_error.message)
    for name, run in zip(names, result.runs, strict=False):
        if run.ended != "ok":
            raise problem.error(file, f"{name}: {_what_happened(run)}")
    if len(result.runs) != len(names):
        raise PackageError(problem.slug, file, "stopped before the last case")
    return [run.output for run in result.runs]


def _what_happened(run: RunResult) -> str:
    if run.failure is None:
        return {"cpu_limit": "took more than 30 s", "wall_limit": "took more than 60 s"}.get(run.ended, run.ended)
    where = f" ({run.failure.traceback[-1]})" if run.failure.traceback else ""
    return f"{run.failure.type or run.failure.kind}: {run.failure.message}{where}"
