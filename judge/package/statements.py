"""statement/ becomes one text: Markdown or LaTeX as it was written, in English where there is a choice."""

import re
from pathlib import Path
from typing import NamedTuple

from judge.package.files import PackageFolder

_FILE = re.compile(r"problem(?:\.([a-z]{2,3}(?:-[A-Z]{2})?))?\.(md|tex|pdf)")
_TEX_CONSTANT = re.compile(r"\\constant\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TEX_NAMES = (re.compile(r"^%%\s*plainproblemname:\s*(.+?)\s*$", re.M), re.compile(r"\\problemname\{([^{}\\$]+)\}"))
_ORDER = ("md", "tex", "pdf")


class Statement(NamedTuple):
    """`name` is the problem's, where a LaTeX text gives it."""

    text: str
    languages: frozenset[str]
    name: str | None = None


def read_statement(folder: PackageFolder, where: str, *, needs_language: bool) -> Statement | None:
    """None where the folder holds no statement. `needs_language`: 2025-09 wants the language in a file's name."""
    found: dict[tuple[str, str], Path] = {}
    for path in folder.children(where):
        if match := _FILE.fullmatch(path.name):
            if needs_language and not match[1]:
                raise folder.error(folder.name(path), f"say which language it is in: problem.en.{match[2]}")
            found[match[1] or "en", match[2]] = path
    if not found:
        return None
    language, ending = min(found, key=lambda key: (key[0] != "en", key[0], _ORDER.index(key[1])))
    text = _text(folder, folder.name(found[language, ending]), ending)
    names = (match[1] for pattern in _TEX_NAMES if ending == "tex" and (match := pattern.search(text)))
    return Statement(text, frozenset(language for language, _ in found), next(names, None))


def _text(folder: PackageFolder, name: str, ending: str) -> str:
    if ending == "pdf":
        return f"The statement is a PDF file of the package: {name}"
    if ending == "md":
        return folder.text_with_constants(name)
    return _TEX_CONSTANT.sub(lambda found: folder.constants.get(found[1], found[0]), folder.text(name))
