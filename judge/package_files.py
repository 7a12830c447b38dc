"""Reads a package's files, and says of a broken one which file, line and key, why, and what was probably meant."""

import difflib
import re
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from judge.errors import PackageError

M = TypeVar("M", bound=BaseModel)


def read_yaml(slug: str, folder: Path, path: Path, model: type[M]) -> M:
    name = str(path.relative_to(folder))
    text = read_text(slug, folder, path)
    try:
        data = yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        raise PackageError(slug, name, f"is no YAML: {exc.problem}", line=line) from exc
    if not isinstance(data, dict):
        raise PackageError(slug, name, "must hold keys and values")
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        raise _first_error(slug, name, text, model, exc) from exc


def _first_error(slug: str, name: str, text: str, model: type[BaseModel], exc: ValidationError) -> PackageError:
    """The first fault as file, line, key and reason; an unknown key comes with the nearest one that exists."""
    error = exc.errors()[0]
    key = ".".join(str(part) for part in error["loc"])
    last = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    line = next(
        (n for n, row in enumerate(text.splitlines(), 1) if re.match(rf"[\s\-{{]*{re.escape(last)}\s*:", row)), None
    )
    reason = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        known = [field.alias or field_name for field_name, field in model.model_fields.items()]
        near = difflib.get_close_matches(last, known, n=1)
        reason = "unknown key" + (f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}")
    return PackageError(slug, name, reason, key=key or None, line=line if last else None)


def read_text(slug: str, folder: Path, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackageError(slug, str(path.relative_to(folder)), "the file is missing") from None
    except UnicodeDecodeError as exc:
        raise PackageError(slug, str(path.relative_to(folder)), f"is not UTF-8 (byte {exc.start})") from exc
