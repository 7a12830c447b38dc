"""A package's files: which of them count, what they hold, and their hash."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from judge.errors import PackageError
from judge.package import yaml_text

M = TypeVar("M", bound=BaseModel)
MOST_BYTES = 200 << 20
_CONSTANT = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}")


@dataclass(frozen=True)
class PackageFolder:
    """A package on disk. Names are relative to it, as messages say them; constants are put into texts on request."""

    path: Path
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.path.name

    def error(self, name: str, reason: str, key: str | None = None, line: int | None = None) -> PackageError:
        return PackageError(self.slug, name, reason, key=key, line=line)

    def name(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()

    def has(self, name: str) -> bool:
        return (self.path / name).is_file()

    def children(self, name: str) -> list[Path]:
        """What lies in that folder, by name, without what does not count; nothing where there is no such folder."""
        folder = self.path / name
        return sorted(path for path in folder.iterdir() if counts(path.name)) if folder.is_dir() else []

    def bytes(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            raise self.error(name, "the file is missing") from None
        except OSError as exc:
            raise self.error(name, f"cannot be read: {exc.strerror}") from exc

    def text(self, name: str) -> str:
        try:
            text = self.bytes(name).decode("utf-8")
        except UnicodeDecodeError as exc:
            raise self.error(name, f"is not UTF-8 (byte {exc.start})") from exc
        if text.startswith("\ufeff"):
            raise self.error(name, "begins with a byte-order mark; save it as UTF-8 without one")
        return text

    def text_with_constants(self, name: str) -> str:
        return _CONSTANT.sub(lambda found: self.constants.get(found[1], found[0]), self.text(name))

    def yaml(self, name: str, model: type[M], *, constants: bool = False) -> M:
        """The file as that model. An empty file holds no keys."""
        text = self.text_with_constants(name) if constants else self.text(name)
        try:
            return yaml_text.parse(text, model)
        except yaml_text.YamlFault as exc:
            raise self.error(name, exc.reason, exc.key, exc.line) from exc

    def yaml_if_there(self, name: str, model: type[M], *, constants: bool = False) -> M | None:
        return self.yaml(name, model, constants=constants) if self.has(name) else None


def package_files(folder: Path) -> Iterator[Path]:
    """The files that make the package what it is, as paths in a fixed order. What cannot be sent on is refused."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not all(map(counts, relative.parts)):
            continue
        if reason := _why_no_file(path):
            raise PackageError(folder.name, ascii(str(relative))[1:-1], reason)
        if path.is_file():
            yield relative


def _why_no_file(path: Path) -> str | None:
    if path.is_symlink():
        return "a package may not hold symbolic links"
    if not path.name.isprintable():
        return "a file's name must be text without control characters, in UTF-8"
    return None if path.is_file() or path.is_dir() else "is neither a file nor a folder"


def check_files(folder: Path) -> None:
    """Refuse a package that cannot be sent on as it is, before anything in it is opened."""
    size = sum((folder / path).stat().st_size for path in package_files(folder))
    if size > MOST_BYTES:
        raise PackageError(folder.name, "", f"holds {size >> 20} MiB; at most {MOST_BYTES >> 20} can be judged with")


def hash_folder(folder: Path) -> str:
    """SHA-256 over every file's name and bytes."""
    digest = hashlib.sha256()
    for path in package_files(folder):
        name, data = path.as_posix().encode(), (folder / path).read_bytes()
        digest.update(b"%d %s %d " % (len(name), name, len(data)))
        digest.update(data)
    return digest.hexdigest()


def counts(name: str) -> bool:
    """What begins with a period or a dash is by the format as if it were not there; so is what Python leaves."""
    return not name.startswith((".", "-")) and name != "__pycache__"
