"""The problems that are offered: loaded and packed once at start, unchanged until the next.

A package is sent to workers as a tar whose bytes depend on nothing but the package's files, made at the moment its hash
is taken: a file edited on the disk later cannot slip in under the old hash.
"""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import judge
from judge.package import Problem, load_packages, package_files

# A language is a folder of data (see judge/languages); its name is all the API must know.
LANGUAGES = sorted(path.parent.name for path in (Path(judge.__file__).parent / "languages").glob("*/language.yaml"))


@dataclass(frozen=True)
class Catalogue:
    problems: dict[str, Problem]
    tars: dict[str, bytes]
    hashes: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Raises PackageError for the first package that is broken."""
        problems = load_packages(folder)
        hashes = {slug: problem.hash for slug, problem in problems.items()}
        return cls(problems, {hashes[slug]: tar_of(problem.folder) for slug, problem in problems.items()}, hashes)


def tar_of(folder: Path) -> bytes:
    """The package's files, uncompressed, in a fixed order, without owners, modes or times of this machine."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in package_files(folder):
            data = (folder / path).read_bytes()
            entry = tarfile.TarInfo(path.as_posix())
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
