"""What lies at the top of a package: names that were meant to be others, and parts that cannot be honoured here."""

import difflib

from judge.package.files import PackageFolder

# What judging depends on. Anything else may lie there; a name that is nearly one of these may not.
_CURRENT = {
    "problem.yaml", "interface.yaml", "statement", "data", "generators", "submissions", "output_validator",
}  # fmt: skip
_LEGACY = {"problem.yaml", "interface.yaml", "problem_statement", "data", "submissions", "output_validators"}
_OTHERS = {
    "attachments", "solution", "solutions", "include", "input_validators", "input_format_validators",
    "static_validator", "input_visualizer", "output_visualizer", "graders",
}  # fmt: skip
_NEAR = 0.8


def check_entries(folder: PackageFolder, *, is_legacy: bool) -> None:
    known = _LEGACY if is_legacy else _CURRENT
    for path in folder.children("."):
        near = difflib.get_close_matches(path.name, known, n=1, cutoff=_NEAR)
        if near and path.name not in known | _OTHERS:
            raise folder.error(path.name, f"means nothing here; did you mean {near[0]!r}?")
    if not is_legacy and folder.children("static_validator"):
        raise folder.error("static_validator", "is not supported by this judge")
    for language in ("default", "python", "python3"):
        if folder.children(f"include/{language}"):
            raise folder.error(f"include/{language}", "files added to submissions are not supported by this judge")
