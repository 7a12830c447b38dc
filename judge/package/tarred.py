"""A package as the API sends it: an uncompressed tar of plain files, whose hash is known beforehand."""

import io
import tarfile
from pathlib import Path, PurePosixPath


def unpack_tar(data: bytes, folder: Path) -> None:
    """Write the archive's files below the folder. Raises TarError for all that is not a plain file in its place.

    By hand, for the standard library's own filter is younger than Debian 12's Python.
    """
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or path.is_absolute() or ".." in path.parts:
                raise tarfile.TarError(f"{member.name!r} is no file of a package")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
