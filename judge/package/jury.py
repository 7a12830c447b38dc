"""submissions/ becomes the jury's submissions, each with what it must earn."""

from collections.abc import Iterator
from pathlib import Path

from judge.languages import languages
from judge.models import Verdict
from judge.package.files import PackageFolder
from judge.package.model import Expected, JurySubmission

# In the format's words a program that takes too much memory or prints too much crashes.
CRASHES = frozenset({Verdict.RTE, Verdict.MLE, Verdict.OLE})
_FAULTS = frozenset({Verdict.WA, Verdict.TLE}) | CRASHES
_ALL = _FAULTS | {Verdict.AC}


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


def read_jury(folder: PackageFolder) -> tuple[tuple[JurySubmission, ...], tuple[str, ...]]:
    """The submissions that can be judged here, and the names of those that cannot."""
    jury, foreign = [], []
    for path in _programs(folder):
        expected = FOLDER_VERDICTS[path.parent.name]
        name = folder.name(path)
        if path.is_file() and path.suffix.removeprefix(".") in _extensions():
            jury.append(JurySubmission(path, folder.text_with_constants(name), expected))
        else:
            foreign.append(name.removeprefix("submissions/"))
    return tuple(jury), tuple(foreign)


def _programs(folder: PackageFolder) -> Iterator[Path]:
    for path in folder.children("submissions"):
        if path.name not in FOLDER_VERDICTS:
            known = ", ".join(FOLDER_VERDICTS)
            raise folder.error(folder.name(path), f"no verdict is named so; known: {known}")
        yield from folder.children(folder.name(path))


def _extensions() -> set[str]:
    return {extension for language in languages().values() for extension in language.extensions}
