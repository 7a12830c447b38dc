"""Faults at random under load, and whether anything was lost:  python tests/chaos/run.py --help

Every submission that was accepted must come to exactly one verdict, the one it gets undisturbed. The same seed gives
the same faults in the same order (not at the same instants: the machine has a say in that). Exit code 1: something was
lost, doubled or judged differently, or the service did not recover.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from faults import Fault, possible
from load import PROGRAMS, Client, send_steadily
from parts import ROOT
from service import Service, connected, started
from sqlalchemy import func, select

from api.store import Database
from api.store.tables import JUDGED, JudgingRow, SubmissionRow
from judge.sandbox.docker import OWNER

_VERDICTS_WITHIN_S = 120.0


@dataclass
class Result:
    """What came of a run. `recoveries`: seconds from a fault's end to the next verdict of what was posted after it."""

    seed: int
    recovers_within_s: float
    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    different: list[str] = field(default_factory=list)
    orphans: int = 0
    inconsistent: list[str] = field(default_factory=list)  # what `judge db check` says, leaderboards among it
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)

    @property
    def slowest_s(self) -> float:
        return max((seconds for each in self.recoveries.values() for seconds in each), default=0.0)

    @property
    def is_sound(self) -> bool:
        wrong = self.lost or self.doubled or self.different or self.orphans or self.inconsistent
        return not wrong and self.slowest_s <= self.recovers_within_s


@dataclass
class Run:
    service: Service
    client: Client
    prober: Client  # a client of its own: its turn is the next one, however many of the other's wait
    rng: random.Random
    result: Result
    say: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)

    def disturb(self, every_s: float, ended: threading.Event) -> None:
        """A fault every so many seconds, each kind once before any comes again."""
        bag: list[Fault] = []
        probes = []
        while not ended.is_set():
            if not bag:
                bag = possible(self.service, self.client, self.rng)
                self.rng.shuffle(bag)
            fault, began = bag.pop(), time.monotonic()
            with fault.during():
                time.sleep(fault.seconds)
            probes.append(threading.Thread(target=self._probe, args=(fault,)))
            probes[-1].start()
            ended.wait(max(0.0, began + every_s - time.monotonic()))
        for probe in probes:
            probe.join()

    def _probe(self, fault: Fault) -> None:
        began = time.monotonic()
        sent = self.prober.submit("AC")
        verdict, _ = self.prober.verdict(sent.id, _VERDICTS_WITHIN_S)
        seconds = time.monotonic() - began if verdict else float("inf")
        self.result.recoveries.setdefault(fault.name, []).append(seconds)
        self.say(f"{time.monotonic() - self.began:6.1f} {fault.name}: {seconds:.1f} s until the next verdict")

    def judge_undisturbed(self) -> None:
        """What each program gets when nothing is in the way."""
        for kind in PROGRAMS:
            verdict, _ = self.client.verdict(self.client.submit(kind).id, 60)
            assert verdict == kind, f"undisturbed, {kind} gets {verdict}"

    def settle(self) -> None:
        """Every verdict, in the end, and what the database says of them."""
        accepted = [*self.client.sent, *self.prober.sent]
        for sent in accepted:
            verdict, error = self.client.verdict(sent.id, _VERDICTS_WITHIN_S)
            if verdict is None:
                self.result.lost.append(sent.id)
            elif verdict != sent.expected:
                self.result.different.append(f"{sent.id}: {verdict} ({error}), not {sent.expected}")
        self.result.accepted = len(accepted)
        self._count()
        self._check()

    def _check(self) -> None:
        """Whether what is stored agrees with itself, and the leaderboards with their recomputation."""
        environment = {**self.service.parts["api"].environment, "JUDGE_DATABASE_URL": self.service.database_url}
        command = [sys.executable, "-m", "api.manage", "db", "check"]
        checked = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        if checked.returncode:
            self.result.inconsistent = (checked.stdout + checked.stderr).splitlines()

    def _count(self) -> None:
        database = Database(self.service.database_url)
        judged = select(JudgingRow.submission_id).where(JudgingRow.state == JUDGED, JudgingRow.rejudging_id.is_(None))
        twice = judged.group_by(JudgingRow.submission_id).having(func.count() > 1)
        with database.reading() as connection:
            rows = connection.execute(select(func.count()).select_from(SubmissionRow)).scalar_one()
            self.result.doubled = rows - self.result.accepted + len(connection.execute(twice).all())
            last = select(func.max(JudgingRow.attempt)).group_by(JudgingRow.submission_id)
            for attempt in connection.execute(last).scalars():
                self.result.attempts[attempt] = self.result.attempts.get(attempt, 0) + 1
        database.close()


def run(options: argparse.Namespace, say: Callable[[str], None]) -> Result:
    rng, result = random.Random(options.seed), Result(options.seed, options.recovers_within)
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)  # PostgreSQL is another user
        try:
            with started(path, options.box, options.database) as service:
                client, prober = (Client(service.url, _new_key(service), random.Random(options.seed)) for _ in "12")
                one = Run(service, client, prober, rng, result, say)
                one.judge_undisturbed()
                say(f"seed {options.seed}: {options.submissions} submissions, a fault every {options.every:g} s")
                _under_load(one, options)
                one.settle()
                service.parts["worker"].stop()
                result.orphans = _orphans(service)
        finally:
            if options.logs:
                _keep_logs(path, options.logs)
    return result


def _under_load(one: Run, options: argparse.Namespace) -> None:
    ended = threading.Event()
    disturber = threading.Thread(target=one.disturb, args=(options.every, ended))
    disturber.start()
    try:
        send_steadily(one.client, options.submissions, options.rate)
    finally:
        ended.set()
        disturber.join()


def _new_key(service: Service) -> str:
    environment = {**service.parts["api"].environment, "JUDGE_DATABASE_URL": service.database_url}
    command = [sys.executable, "-m", "api.manage", "create-key", "chaos"]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _orphans(service: Service) -> int:
    """Boxes that are still there when the worker is not. A container ends by itself a moment after its worker."""
    if service.box != "docker":
        return 0
    with closing(connected(service)) as client:
        deadline = time.monotonic() + 20
        while (left := len(client.api.containers(filters={"label": OWNER}))) and time.monotonic() < deadline:
            time.sleep(0.5)
        return left


def _keep_logs(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        (target / log.name).write_bytes(log.read_bytes())


def table(result: Result) -> str:
    """As it stands in docs/chaos.md."""
    lines = ["| fault | times | recovery, median | longest |", "|---|---|---|---|"]
    for name, seconds in sorted(result.recoveries.items()):
        median = sorted(seconds)[len(seconds) // 2]
        lines.append(f"| {name} | {len(seconds)} | {median:.1f} s | {max(seconds):.1f} s |")
    faults = sum(map(len, result.recoveries.values()))
    again = sum(count for attempt, count in result.attempts.items() if attempt > 1)
    lines += [
        "",
        f"Seed {result.seed}: {result.accepted} submissions accepted, {faults} faults; {len(result.lost)} lost, "
        f"{result.doubled} doubled, {len(result.different)} judged differently, "
        f"{len(result.inconsistent)} inconsistencies in the database, {result.orphans} orphaned containers; "
        f"{again} needed more than one attempt; the slowest recovery took {result.slowest_s:.1f} s.",
    ]
    return "\n".join(lines + [f"- {one}" for one in (*result.lost, *result.different, *result.inconsistent)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--every", type=float, default=3.0, help="seconds from one fault to the next")
    parser.add_argument("--rate", type=float, default=10.0, help="submissions sent a second")
    parser.add_argument("--box", choices=("docker", "local"), default="docker")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--recovers-within", type=float, default=15.0, help="seconds; more is a failure")
    parser.add_argument("--logs", type=Path, help="keep the parts' logs in this folder")
    options = parser.parse_args()
    result = run(options, lambda text: print(text, file=sys.stderr, flush=True))
    print(table(result))
    sys.exit(0 if result.is_sound else 1)


if __name__ == "__main__":
    main()
