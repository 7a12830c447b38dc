"""Runs the measurements. To add one: a function that yields Figures (or lines of text), and its name here."""

from collections.abc import Callable, Iterator

from judge.bench import Figure
from judge.bench.boxes import against_no_wall, docker_against_local, two_boxes, walls
from judge.bench.busy import busy
from judge.bench.million import million
from judge.bench.packages import packages
from judge.bench.service import service
from judge.bench.soak import soak
from judge.bench.streams import streams

Measurement = Callable[[Callable[[str], None]], Iterator[Figure | str]]
MEASUREMENTS: dict[str, Measurement] = {
    "wall": against_no_wall,
    "walls": walls,
    "local": docker_against_local,
    "boxes": two_boxes,
    "service": service,
    "busy": busy,
    "streams": streams,
    "packages": packages,
    "million": million,
    "soak": soak,
}
LONG = frozenset({"soak"})  # an hour, and no figure of speed: only when it is named


def run(names: list[str], say: Callable[[str], None]) -> Iterator[Figure | str]:
    for name in names or [name for name in MEASUREMENTS if name not in LONG]:
        yield from MEASUREMENTS[name](say)
