"""Fuzzes the wire, guided by coverage (atheris): python tests/fuzz/wire_fuzzer.py [--seconds N] [TARGET...]

Each target of wire_targets.py has a process of its own, and all run at the same time, as long as they are told; one
more, `real`, sends to real launchers what the others have found. They begin with sessions recorded just now and with
what earlier runs have kept below .fuzz/corpus. An input at which something does not hold is written to .fuzz/crashes,
and the command that shows it again is printed:

    python tests/fuzz/wire_fuzzer.py TARGET --reproduce FILE       (needs no atheris)
"""

import argparse
import contextlib
import hashlib
import io
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wire_targets import Target

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".fuzz"
HERE = Path(__file__).parent
_TIMEOUT_S = 10  # for one input, which takes milliseconds
# What reads hostile bytes, or what was made of them; to instrument more takes time at the start.
_INSTRUMENTED = [
    "judge.checkers", "judge.checking", "judge.measuring", "judge.pipeline", "judge.runs", "judge.sandbox.docker",
    "judge.sandbox.local", "judge.sandbox.protocol", "judge.sandbox.said", "judge.verdicts",
    "channel", "denials", "jobs", "launcher", "running", "supervisor", "wire", "wire_planted",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the wire, guided by coverage.")
    parser.add_argument("targets", nargs="*", help="all when none is named")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of corpus and crashes")
    parser.add_argument("--reproduce", type=Path, metavar="FILE", help="feed this to the one target that is named")
    parser.add_argument("--here", action="store_true", help="fuzz the one target that is named in this process")
    asked = parser.parse_args()
    if asked.reproduce:
        _target(asked.targets[0])(asked.reproduce.read_bytes())
        print("everything held")
        return 0
    if asked.here:
        fuzz = _fuzz_real if asked.targets == ["real"] else _fuzz
        return fuzz(asked.targets[0], asked.seconds, asked.folder)
    return _fuzz_each(asked.targets or ["worker", "launcher", "child", "real"], asked.seconds, asked.folder)


def _target(name: str) -> "Target":
    if name == "planted":
        from wire_planted import planted

        return planted
    from wire_real import launched_for_real
    from wire_targets import TARGETS

    return {**TARGETS, "real": launched_for_real}[name]


def _fuzz_each(names: Sequence[str], seconds: int, folder: Path) -> int:
    """Each in a process of its own; says how to see again what they found."""
    _write_seeds(folder)
    known = set((folder / "crashes").iterdir())
    command = [sys.executable, __file__, "--here", "--seconds", str(seconds), "--folder", str(folder)]
    running = [subprocess.Popen([*command, name]) for name in names]
    try:
        failed = [process.wait() for process in running]
    finally:
        for process in running:
            process.kill()
    for path in sorted(set((folder / "crashes").iterdir()) - known):
        print(f"fuzz: see it again: {sys.executable} {__file__} {path.name.partition('-')[0]} --reproduce {path}")
    print("fuzz: not everything held" if any(failed) else "fuzz: everything held")
    return int(any(failed))


def _write_seeds(folder: Path) -> None:
    from wire_sessions import seeds

    (folder / "crashes").mkdir(parents=True, exist_ok=True)
    for name, found in {**seeds(), "planted": [b"seed"]}.items():
        corpus = folder / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        for data in found:
            (corpus / _named(data)).write_bytes(data)


def _named(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()  # as libFuzzer names them


def _fuzz(name: str, seconds: int, folder: Path) -> int:
    """One target, guided; the fuzzer itself ends this process."""
    import atheris

    with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=_INSTRUMENTED):
        target = _target(name)
    from wire_mutation import Mutator
    from wire_targets import MAX_BYTES, MAX_MORE_KIB, held

    corpus = folder / "corpus" / name
    mutator = Mutator([path.read_bytes() for path in sorted(corpus.iterdir())[:500]], of_children=name == "child")

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        changed = mutator.mutate(data, random.Random(seed), lambda text: atheris.Mutate(text, len(text) + 16))
        return changed[:most]

    options = {
        "max_total_time": seconds,
        "max_len": MAX_BYTES,
        "timeout": _TIMEOUT_S,
        "artifact_prefix": f"{folder / 'crashes' / name}-",
        "rss_limit_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + MAX_MORE_KIB) >> 10,
        "print_final_stats": 1,
        "verbosity": 0,
    }
    arguments = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)]
    knows_the_form = {} if name == "planted" else {"custom_mutator": mutate}
    atheris.Setup(arguments, lambda data: held(target, data), **knows_the_form)
    atheris.Fuzz()
    return 0


def _fuzz_real(name: str, seconds: int, folder: Path) -> int:
    """Real launchers, sent what is in the corpus of the target "launcher", a little changed."""
    from wire_mutation import Mutator, changed_bytes

    deadline, tried, rng = time.monotonic() + seconds, 0, random.Random()
    corpus = folder / "corpus" / "launcher"
    mutator = Mutator([path.read_bytes() for path in sorted(corpus.iterdir())[:500]], of_children=False)
    while time.monotonic() < deadline:
        data = mutator.mutate(rng.choice(list(corpus.iterdir())).read_bytes(), rng, changed_bytes(rng))
        try:
            _target(name)(data)
        except BaseException:
            (folder / "crashes" / f"{name}-crash-{_named(data)}").write_bytes(data)
            raise
        tried += 1
    print(f"fuzz: {tried} real launchers")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.exit(main())
