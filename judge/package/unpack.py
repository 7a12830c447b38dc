"""A stranger's archive or folder becomes plain files in a folder of ours, or is refused with the entry and the reason.

Nothing outside the target is written, no link is followed out of the source, and every size is counted while the bytes
come out: what an archive says of itself is not believed. Does not look into the files; load_package does.
"""

import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from judge.errors import PackageError
from judge.package.files import MOST_BYTES, counts

MOST_FILES, MOST_DEPTH, MOST_RATIO = 20_000, 12, 500
_SMALL = 10 << 20  # however well it is packed, this much is no bomb
_CHUNK = 1 << 20
_ENCRYPTED, _STRONGLY_ENCRYPTED, _UTF_8 = 0x1, 0x40, 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_JUNK = "__MACOSX"


def unpack(archive: Path, target: Path) -> None:
    """Write the archive's package into the folder. Raises PackageError."""
    if archive.stat().st_size > MOST_BYTES:
        raise PackageError(archive.name, "", f"is larger than {MOST_BYTES >> 20} MiB")
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _checked(archive.name, opened.infolist())
            root = _root(archive.name, list(entries))
            left = MOST_BYTES
            for path, entry in entries.items():
                if _is_taken(path):
                    left -= _extract(opened, entry, target / path.relative_to(root), left)
    except UnicodeDecodeError as exc:
        raise PackageError(archive.name, "", "a name in it is said to be UTF-8 and is not") from exc
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zlib.error) as exc:
        raise PackageError(archive.name, "", f"is no sound ZIP archive: {exc}") from exc


def copy(source: Path, target: Path) -> None:
    """Write a folder's package into another folder. A link to a file of the package becomes a copy of that file."""
    left = MOST_BYTES
    inside = source.resolve()
    for number, path in enumerate(_walk(source)):
        name = path.relative_to(source).as_posix()
        if number >= MOST_FILES:
            raise PackageError(source.name, "", f"has more than {MOST_FILES:,} files")
        if not path.resolve().is_relative_to(inside) or not path.is_file():
            raise PackageError(source.name, name, "is no file of the package, and no link to one")
        left -= path.stat().st_size
        if left < 0:
            raise PackageError(source.name, "", f"is larger than {MOST_BYTES >> 20} MiB")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)


def _walk(folder: Path) -> Iterator[Path]:
    """All that is in the folder and counts, but folders; a link is not gone into."""
    for path in sorted(folder.iterdir()):
        if counts(path.name):
            if path.is_dir() and not path.is_symlink():
                yield from _walk(path)
            else:
                yield path


def _checked(archive: str, entries: list[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files by path. Raises PackageError for the first entry that could do harm or be misread."""
    if len(entries) > MOST_FILES:
        raise PackageError(archive, "", f"has more than {MOST_FILES:,} entries")
    files: dict[PurePosixPath, zipfile.ZipInfo] = {}
    folded: dict[str, str] = {}
    for entry in entries:
        shown = ascii(entry.orig_filename)[1:-1]
        if reason := _why_no_entry(entry):
            raise PackageError(archive, shown, reason)
        path = PurePosixPath(entry.filename)
        if (other := folded.setdefault(entry.filename.rstrip("/").casefold(), shown)) != shown:
            raise PackageError(archive, shown, f"has the same name as {other}, but for upper and lower case")
        if path in files:
            raise PackageError(archive, shown, "is in it twice")
        if not entry.is_dir():
            files[path] = entry
    for path in files:
        if parent := next((parent for parent in path.parents if parent in files), None):
            raise PackageError(archive, str(path), f"lies in {parent}, which is a file")
    return files


def _why_no_entry(entry: zipfile.ZipInfo) -> str | None:
    """None for a plain file or folder with a plain name, else why not. Not all that made archives say how."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        return "is encrypted"
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is neither a file nor a folder"
    if entry.compress_type not in _METHODS:
        return "is packed by a method that is not taken; use deflate"
    return _why_no_name(entry.orig_filename, utf_8=bool(entry.flag_bits & _UTF_8))


def _why_no_name(name: str, *, utf_8: bool) -> str | None:
    parts = name.removesuffix("/").split("/")
    if not name.isascii() and not utf_8:
        return "its name is not in ASCII and not marked as UTF-8"
    if not name.isprintable():
        return "its name holds control characters"
    if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name):
        return "its name must be relative, with forward slashes"
    if any(part in ("", ".", "..") for part in parts):
        return "its name must not lead out of the archive or be empty in parts"
    if len(parts) > MOST_DEPTH or max(len(part.encode()) for part in parts) > 255:
        return f"its name is longer than 255 bytes in a part, or deeper than {MOST_DEPTH} folders"
    return None


def _root(archive: str, paths: list[PurePosixPath]) -> PurePosixPath:
    """Where the package is in the archive: at its top, or in the one folder at its top."""
    tops = {path.parts[0] for path in paths if _is_taken(path)}
    root = PurePosixPath() if PurePosixPath("problem.yaml") in paths or len(tops) != 1 else PurePosixPath(min(tops))
    if root / "problem.yaml" not in paths:
        raise PackageError(archive, "problem.yaml", "is neither at the top of the archive nor in a single folder there")
    return root


def _is_taken(path: PurePosixPath) -> bool:
    return all(map(counts, path.parts)) and path.parts[0] != _JUNK


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file; returns its size. Counts what really comes out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(entry) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            name = archive.filename and Path(archive.filename).name
            if size > left:
                raise PackageError(str(name), "", f"unpacks to more than {MOST_BYTES >> 20} MiB")
            if size > _SMALL and size > MOST_RATIO * entry.compress_size:
                raise PackageError(str(name), entry.filename, f"unpacks to more than {MOST_RATIO} times its size")
            file.write(chunk)
    return size
