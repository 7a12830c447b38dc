"""What must hold between the files of a package. Each check raises PackageError for the first fault it finds."""

import re

import msgspec

from judge import default_validator
from judge.package.groups import GROUP_FILE
from judge.package.model import SAMPLE, SECRET, Group, Problem
from judge.package.schema import Growth, Recipe

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FEWEST_SIZES = 3


def check_whole(problem: Problem) -> None:
    if not problem.accepted:
        raise problem.error(
            "submissions/accepted", "there is no accepted solution that runs here to take the limits from"
        )
    if not problem.groups:
        raise problem.error("data", "there are no cases")
    _check_kind(problem)
    _check_generators(problem)
    for group in problem.groups:
        _check_names(problem, group)
        _check_arguments(problem, group)
        _check_texts(problem, group)
        _check_growth(problem, group)
    _check_scores(problem)


def place_of(group: Group) -> str:
    """The folder of a group's cases."""
    return f"data/{group.name}" if group.name in (SAMPLE, SECRET) else f"data/{SECRET}/{group.name}"


def _recipes(problem: Problem, group: Group) -> dict[str, Recipe]:
    return problem.generators.data.get(group.name, {}) if problem.generators else {}


def _check_kind(problem: Problem) -> None:
    if problem.interactive and problem.interface:
        raise problem.error("problem.yaml", "an interactive problem is a stdio problem: remove interface.yaml", "type")
    if problem.interactive and not problem.validator:
        raise problem.error("problem.yaml", "an interactive problem needs an output validator", "type")


def _check_generators(problem: Problem) -> None:
    if not problem.generators:
        return
    file = "generators/generators.yaml"
    if SAMPLE in problem.generators.data:
        raise problem.error(file, "samples are files, so that everybody can read them", f"data.{SAMPLE}")
    if problem.generators.solution not in {submission.name for submission in problem.accepted}:
        raise problem.error(file, "is no accepted submission", "solution")
    if not (problem.folder / "generators" / "generate.py").is_file():
        raise problem.error("generators/generate.py", "the file is missing")


def _check_names(problem: Problem, group: Group) -> None:
    names, recipes = {case.name for case in group.cases}, _recipes(problem, group)
    if not names and not recipes:
        raise problem.error(place_of(group), "the group has no cases")
    if doubled := names & set(recipes):
        raise problem.error(
            "generators/generators.yaml", f"there is a file of this name too: {min(doubled)}", f"data.{group.name}"
        )


def _check_arguments(problem: Problem, group: Group) -> None:
    """What is said to no validator of the package's own: a checker takes no arguments, the default validator few."""
    if problem.validator:
        return
    for args in {group.options.output_validator_args, *(case.validator_args for case in group.cases)}:
        if reason := _why_not_arguments(problem, args):
            raise problem.error(f"{place_of(group)}/{GROUP_FILE}", reason, "output_validator_args")


def _why_not_arguments(problem: Problem, args: tuple[str, ...]) -> str | None:
    if problem.interface:
        return "a checker takes none: say what is right in interface.yaml, or by an output validator" if args else None
    try:
        default_validator.parse(args)
    except ValueError as exc:
        return f"the default validator: {exc}"
    return None


def _check_texts(problem: Problem, group: Group) -> None:
    """The cases of an interface problem are JSON of the declared types; what is shown is text."""
    for case in group.cases:
        for ending, content in (("in", case.input), ("ans", case.answer)):
            file = f"{place_of(group)}/{case.name}.{ending}"
            if problem.interface is None:
                reason = _why_no_text(content) if group.full_feedback else None
            else:
                reason = _why_no_json(content)
                if reason is None and ending == "in":
                    reason = problem.interface.why_not_input(msgspec.json.decode(content))
            if reason:
                raise problem.error(file, reason)


def _why_no_text(content: bytes) -> str | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as exc:
        return f"is shown and therefore must be UTF-8 (byte {exc.start})"
    return None


def _why_no_json(content: bytes) -> str | None:
    try:
        msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        return f"is no JSON: {exc}"
    return None


def _check_growth(problem: Problem, group: Group) -> None:
    growth = group.options.growth
    if growth is None:
        return
    key = f"data.{group.name}"
    sizes = {_size(problem, f"{key}.{name}", recipe, growth) for name, recipe in _recipes(problem, group).items()}
    if len(sizes) < _FEWEST_SIZES:
        reason = f"needs generated cases of at least {_FEWEST_SIZES} different sizes, there are {len(sizes)}"
        raise problem.error(f"{place_of(group)}/{GROUP_FILE}", reason, "growth")


def _size(problem: Problem, key: str, recipe: Recipe, growth: Growth) -> int:
    size = (recipe.model_extra or {}).get(growth.size)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        reason = f"the group's growth is measured by {growth.size!r}, which must be a positive whole number here"
        raise problem.error("generators/generators.yaml", reason, key)
    return size


def _check_scores(problem: Problem) -> None:
    """The rules of the format for max_score, score_aggregation and require_pass."""
    options = {SECRET: problem.secret, **{group.name: group.options for group in problem.groups}}
    earlier: set[str] = {SAMPLE} if SAMPLE in options else set()
    for name in sorted(options, key=lambda name: (name != SECRET, name)):
        for key in ("max_score", "score_aggregation", "require_pass"):
            if key in options[name].model_fields_set and not problem.scoring:
                raise _wrong(problem, name, "belongs to a problem of type scoring", key)
        for required in options[name].require_pass:
            if required not in options:
                raise _wrong(problem, name, f"there is no group {required!r}", "require_pass")
            if required not in earlier:
                raise _wrong(problem, name, f"{required!r} does not come before {name!r}", "require_pass")
            if required != SAMPLE and options[required].score_aggregation not in (None, "pass-fail"):
                raise _wrong(problem, name, f"{required!r} can only be passed with pass-fail", "require_pass")
        if name != SECRET:
            earlier.add(name)
    if problem.scoring:
        _check_bounds(problem)


def _check_bounds(problem: Problem) -> None:
    secret = problem.secret
    bounded = secret.max_score != "unbounded"
    if secret.score_aggregation == "pass-fail" and not bounded:
        raise _wrong(problem, SECRET, "pass-fail needs a number here", "max_score")
    for group in problem.groups:
        options = group.options
        if group.name in (SAMPLE, SECRET):
            continue
        if secret.score_aggregation == "pass-fail" and options.score_aggregation not in (None, "pass-fail"):
            raise _wrong(problem, group.name, "all of secret is pass-fail, so this must be too", "score_aggregation")
        if options.max_score in (None, "unbounded"):
            if bounded:
                raise _wrong(problem, group.name, "must be a number, unless secret's is 'unbounded'", "max_score")
            if options.score_aggregation in (None, "pass-fail"):
                raise _wrong(problem, group.name, "pass-fail needs a number here", "max_score")


def _wrong(problem: Problem, group: str, reason: str, key: str) -> Exception:
    where = f"data/{group}" if group in (SAMPLE, SECRET) else f"data/{SECRET}/{group}"
    return problem.error(f"{where}/{GROUP_FILE}", reason, key)
