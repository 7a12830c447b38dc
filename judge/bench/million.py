"""Figures of a service with a long past: what is looked at most, with a million submissions stored."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from judge.bench import Figure
from judge.bench.postgresql import binaries, private_server
from judge.errors import MachineFault

_ROWS = 1_000_000
_GOAL_MS = 20


def million(say: Callable[[str], None]) -> Iterator[Figure | str]:
    """On SQLite, and on PostgreSQL where it is installed."""
    programs = binaries()
    if programs is None:
        yield "no PostgreSQL is installed: measured on SQLite only"
    for name in ("SQLite", "PostgreSQL") if programs else ("SQLite",):
        with _empty_database(name, programs) as url:
            say(f"{_ROWS:,} submissions on {name}")
            for asked, times_ms in _measured(url).items():
                quartiles = statistics.quantiles(times_ms)
                yield Figure.at_most(f"{asked}, {name}", quartiles, "ms", _GOAL_MS, f"quartiles, {_ROWS:,} stored")


@contextmanager
def _empty_database(name: str, programs: Path | None) -> Iterator[str]:
    if name == "SQLite":
        with tempfile.TemporaryDirectory(prefix="judge-bench-") as folder:
            yield f"sqlite:///{folder}/judge.sqlite3"
    else:
        assert programs
        with private_server(programs) as server:
            yield f"{server}&dbname=postgres"


def _measured(url: str) -> dict[str, list[float]]:
    """The API's own program does it: this library knows no SQL."""
    command = [sys.executable, "-m", "api.bench", url, str(_ROWS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MachineFault(f"the database was not measured: {done.stderr.strip()[-300:]}")
    times_ms: dict[str, list[float]] = json.loads(done.stdout)
    return times_ms
