"""submissions/ becomes the jury's submissions, each with what it must earn: by its folder, and by submissions.yaml."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, RootModel, model_validator

from judge.languages import language_of_file
from judge.models import Verdict
from judge.package.files import PackageFolder
from judge.package.model import Expected, JurySubmission
from judge.package.problem_yaml import Persons
from judge.package.schema import Strict, Unsupported

_FILE = "submissions.yaml"
# The format knows four verdicts: there a program that takes too much memory or prints too much crashes.
_MEANING = {
    "AC": frozenset({Verdict.AC}),
    "WA": frozenset({Verdict.WA}),
    "TLE": frozenset({Verdict.TLE}),
    "RTE": frozenset({Verdict.RTE, Verdict.MLE, Verdict.OLE}),
}
_ALL = frozenset[Verdict]().union(*_MEANING.values())
_FAULTS = _ALL - {Verdict.AC}


def _only(*verdicts: Verdict) -> Expected:
    return Expected(frozenset({*verdicts, Verdict.AC}), (frozenset(verdicts),))


FOLDER_VERDICTS = {
    "accepted": Expected(frozenset({Verdict.AC}), ()),
    "partially_accepted": Expected(_ALL, ()),
    "rejected": Expected(_ALL, (_FAULTS,)),
    "brute_force": Expected(_ALL - {Verdict.WA}, (_FAULTS - {Verdict.WA},)),
    "wrong_answer": _only(Verdict.WA),
    "time_limit_exceeded": _only(Verdict.TLE),
    "memory_limit_exceeded": _only(Verdict.MLE),
    "output_limit_exceeded": _only(Verdict.OLE),
    "run_time_error": _only(Verdict.RTE),
    "compile_error": Expected(frozenset({Verdict.CE}), (frozenset({Verdict.CE}),)),
}
# Before 2025-09 a program that is too slow may be wrong as well.
LEGACY_FOLDERS = {
    "time_limit_exceeded": Expected(frozenset({Verdict.AC, Verdict.WA, Verdict.TLE}), (frozenset({Verdict.TLE}),))
}


def _verdicts(names: Any) -> Any:
    """The format's verdicts as ours."""
    if not isinstance(names, list) or not names or not all(name in _MEANING for name in names):
        raise ValueError(f"must be a list of {', '.join(_MEANING)}")
    return frozenset[Verdict]().union(*(_MEANING[name] for name in names))


class Rule(Strict):
    """What submissions.yaml says of the submissions that a pattern matches."""

    language: str = "python3"
    entrypoint: str = ""
    authors: Persons | None = None
    model_solution: bool = False
    permitted: Annotated[frozenset[Verdict] | None, BeforeValidator(_verdicts)] = None
    required: Annotated[frozenset[Verdict] | None, BeforeValidator(_verdicts)] = None
    score: Unsupported = None
    message: Unsupported = None
    use_for_time_limit: Unsupported = None

    @model_validator(mode="before")
    @classmethod
    def _whole_submissions_only(cls, data: Any) -> Any:
        keys = map(str, data) if isinstance(data, dict) else ()
        if group := next((key for key in keys if key.startswith(("sample", "secret"))), None):
            raise ValueError(f"rules for single groups ({group}) are not supported by this judge")
        return data


class SubmissionsYaml(RootModel[dict[str, Rule]]):
    pass


def read_jury(
    folder: PackageFolder, overrides: Mapping[str, Expected]
) -> tuple[tuple[JurySubmission, ...], tuple[str, ...]]:
    """The submissions that can be judged here, and the names of those that cannot."""
    given = folder.yaml_if_there(f"submissions/{_FILE}", SubmissionsYaml)
    rules = given.root if given else {}
    folders = _folders({**FOLDER_VERDICTS, **overrides}, rules)
    jury, foreign, used = [], [], set(folders)
    for path in _programs(folder, folders):
        name = f"{path.parent.name}/{path.name}"
        matching = [pattern for pattern in rules if pattern not in folders and _matches(pattern, name)]
        used |= set(matching)
        language = {rules[pattern].language for pattern in (*matching, path.parent.name) if pattern in rules}
        if _is_offered(path) and language <= {"python3"}:
            expected = _expected(folder, folders[path.parent.name], {pattern: rules[pattern] for pattern in matching})
            jury.append(JurySubmission(path, folder.text_with_constants(folder.name(path)), expected))
        else:
            foreign.append(name)
    if unused := set(rules) - used:
        raise folder.error(f"submissions/{_FILE}", "no submission is matched by this", min(unused))
    return tuple(jury), tuple(foreign)


def _folders(known: dict[str, Expected], rules: Mapping[str, Rule]) -> dict[str, Expected]:
    """What a folder means; a rule with a folder's own name changes that."""
    folders = dict(known)
    for name, rule in rules.items():
        if "/" not in name and "*" not in name and "{" not in name and not name.endswith(".py"):
            usual = folders.get(name, Expected(_ALL, ()))
            required = usual.required if rule.required is None else (rule.required,)
            folders[name] = Expected(usual.permitted if rule.permitted is None else rule.permitted, required)
    return folders


def _programs(folder: PackageFolder, folders: Mapping[str, Expected]) -> Iterator[Path]:
    for path in folder.children("submissions"):
        if path.name == _FILE or path.name.startswith("README"):
            continue
        if path.name not in folders or not path.is_dir():
            reason = f"no verdict is named so; known: {', '.join(FOLDER_VERDICTS)}"
            raise folder.error(folder.name(path), reason)
        yield from folder.children(folder.name(path))


def _expected(folder: PackageFolder, usual: Expected, rules: Mapping[str, Rule]) -> Expected:
    """All that is said of a submission, together."""
    permitted, required = usual.permitted, usual.required
    for pattern, rule in rules.items():
        permitted = permitted if rule.permitted is None else permitted & rule.permitted
        required = required if rule.required is None else (*required, rule.required)
        if not permitted or not all(permitted & verdicts for verdicts in required):
            reason = "with what its folder says, this leaves no verdict that may be earned"
            raise folder.error(f"submissions/{_FILE}", reason, pattern)
    return Expected(permitted, required)


def _matches(pattern: str, name: str) -> bool:
    """Whether the pattern matches a submission or the folder it is in. A * stays within a name, {a,b} is a or b."""
    if braces := re.search(r"\{([^{}]*)\}", pattern):
        parts = braces[1].split(",")
        return any(_matches(pattern[: braces.start()] + part + pattern[braces.end() :], name) for part in parts)
    expression = re.escape(pattern).replace(r"\*", "[^/]*")
    return any(re.fullmatch(expression, tried) for tried in (name, name.partition("/")[0]))


def _is_offered(path: Path) -> bool:
    """Whether this is one file in a language that can be judged here. Python 2 has the same ending as Python 3."""
    if not path.is_file() or language_of_file(path) is None:
        return False
    with path.open("rb") as file:
        first = file.readline(200)
    return not (first.startswith(b"#!") and b"python2" in first)
