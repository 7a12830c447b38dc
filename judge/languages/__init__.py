"""Languages are data: a folder here with a language.yaml, a Dockerfile for its sandbox image and a smoke program."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from judge.errors import PackageError, UnknownName

_FOLDER = Path(__file__).parent


class Language(BaseModel):
    """What the judge must know of a language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    extensions: list[str]
    image: str
    smoke: str
    syscalls: list[str]

    @property
    def folder(self) -> Path:
        return _FOLDER / self.id

    @property
    def smoke_source(self) -> str:
        return (self.folder / self.smoke).read_text(encoding="utf-8")


@cache
def languages() -> dict[str, Language]:
    """Every language, by id. Raises PackageError when a language.yaml is broken."""
    found = {}
    for path in sorted(_FOLDER.glob("*/language.yaml")):
        try:
            language = Language.model_validate({"id": path.parent.name, **yaml.safe_load(path.read_text("utf-8"))})
        except (ValidationError, yaml.YAMLError, TypeError) as exc:
            raise PackageError(f"languages/{path.parent.name}", path.name, str(exc)) from exc
        found[language.id] = language
    return found


def language_of_file(path: Path) -> Language | None:
    """The language that the file's extension means, if it is one of ours."""
    extension = path.suffix.removeprefix(".")
    return next((language for language in languages().values() if extension in language.extensions), None)


def get_language(language_id: str) -> Language:
    """Raises UnknownName, which lists the languages there are."""
    try:
        return languages()[language_id]
    except KeyError:
        raise UnknownName("language", language_id, languages()) from None
