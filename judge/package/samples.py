"""What is shown of the samples in a statement: by default their files, but the format lets other texts stand in."""

from collections.abc import Iterable, Iterator

from judge.package.files import PackageFolder
from judge.package.model import SAMPLE, Case, ShownSample

_WHERE = f"data/{SAMPLE}"
_INPUTS, _OUTPUTS = (".in.statement",), (".ans.statement", ".out")  # instead of .in and .ans; the first that is there


def read_shown(folder: PackageFolder, cases: Iterable[Case], *, interactive: bool) -> Iterator[ShownSample]:
    """An interactive problem shows the protocols that are there, and never what only its validator reads."""
    protocols = {path.stem for path in folder.children(_WHERE) if path.suffix == ".interaction"}
    for case in cases:
        if case.name not in protocols and not interactive:
            yield ShownSample(
                case.name,
                _text(folder, case.name, _INPUTS, case.input),
                _text(folder, case.name, _OUTPUTS, case.answer),
            )
    for name in sorted(protocols):
        beside = [ending for ending in (*_INPUTS, *_OUTPUTS) if folder.has(f"{_WHERE}/{name}{ending}")]
        if beside:
            raise folder.error(f"{_WHERE}/{name}{beside[0]}", f"{name}.interaction is shown, so this cannot be")
        yield ShownSample(name, interaction=folder.text(f"{_WHERE}/{name}.interaction"))


def _text(folder: PackageFolder, case: str, endings: Iterable[str], usual: bytes) -> str:
    given = [name for ending in endings if folder.has(name := f"{_WHERE}/{case}{ending}")]
    if len(given) > 1:
        raise folder.error(given[1], f"{given[0].rpartition('/')[2]} is shown, so this cannot be")
    return folder.text(given[0]) if given else usual.decode("utf-8", "replace")
