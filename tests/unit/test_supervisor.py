"""The supervisor's clock and channel: kernel time, one message out and one reply back, every way to break that."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import inside
import pytest

channel = inside.load("channel")
denials = inside.load("denials")
jobs = inside.load("jobs")
supervisor = inside.load("supervisor")

SECOND = 1_000_000_000
LIMITS = channel.Limits(cpu_ns=5 * SECOND, wall_ns=20 * SECOND, output_bytes=1000, memory_mib=64)


def burn(cpu_s: float) -> None:
    end = time.thread_time() + cpu_s
    while time.thread_time() < end:
        pass


# ---- the clock ---------------------------------------------------------------------------------------------------


def test_a_lap_is_the_time_since_the_last():
    clock = channel.Clock(os.getpid(), LIMITS)
    burn(0.05)
    first_cpu, first_wall = clock.lap()
    second_cpu, _ = clock.lap()
    assert first_cpu >= 50_000_000
    assert first_wall >= 50_000_000
    assert second_cpu < first_cpu


def test_all_threads_of_the_process_count():
    clock = channel.Clock(os.getpid(), LIMITS)
    thread = threading.Thread(target=burn, args=(0.05,))
    thread.start()
    thread.join()
    assert clock.lap()[0] >= 50_000_000


@pytest.mark.parametrize(
    ("limits", "ended"), [({"cpu_ns": 1_000_000}, "cpu_limit"), ({"wall_ns": 1_000_000}, "wall_limit")]
)
def test_a_limit_that_is_over_is_told_by_its_name(limits: dict[str, int], ended: str):
    clock = channel.Clock(os.getpid(), LIMITS._replace(**limits))
    burn(0.01)
    with pytest.raises(channel.Misbehaved, match=ended):
        clock.wait_ms()


def test_it_never_waits_beyond_what_is_left():
    clock = channel.Clock(os.getpid(), LIMITS._replace(cpu_ns=100_000_000))
    assert 1 <= clock.wait_ms() <= 101
    assert channel.Clock(os.getpid(), LIMITS._replace(wall_ns=50_000_000)).wait_ms() <= 51


def test_a_lap_starts_the_limits_anew():
    clock = channel.Clock(os.getpid(), LIMITS._replace(cpu_ns=40_000_000))
    burn(0.03)
    clock.lap()
    burn(0.03)
    clock.wait_ms()


def test_a_process_that_is_no_more_uses_no_time():
    ended = subprocess.Popen(["true"])
    clock = channel.Clock(ended.pid, LIMITS)
    ended.wait()
    cpu_ns, wall_ns = clock.lap()
    assert cpu_ns == 0
    assert wall_ns > 0


# ---- the channel -------------------------------------------------------------------------------------------------


class Pair:
    """A channel and the child's end of it."""

    def __init__(self) -> None:
        ours, self.child = socket.socketpair()
        self.channel = channel.Channel(ours.detach(), denials.Denials())

    def exchange(self, message: bytes = b"question", limits: tuple = LIMITS) -> tuple[bytes, bytes, bytes]:
        return self.channel.exchange(message, channel.Clock(os.getpid(), limits), limits.output_bytes)


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.channel.close()
    made.child.close()


def reply(kind: bytes, payload: bytes, printed: bytes = b"") -> bytes:
    return channel.REPLY.pack(kind, len(payload), len(printed)) + payload + printed


def test_one_message_out_and_one_reply_back(pair: Pair):
    pair.child.sendall(reply(b"R", b"42", b"printed"))
    assert pair.exchange() == (b"R", b"42", b"printed")
    assert pair.child.recv(100) == channel.LENGTH.pack(8) + b"question"


def test_a_reply_in_many_pieces_is_put_together(pair: Pair):
    def send() -> None:
        for byte in reply(b"R", b"42", b"!"):
            pair.child.sendall(bytes([byte]))

    thread = threading.Thread(target=send)
    thread.start()
    assert pair.exchange() == (b"R", b"42", b"!")
    thread.join()


@pytest.mark.parametrize(
    ("sent", "ended"),
    [
        (reply(b"R", b"1") + b"x", "protocol"),
        (reply(b"R", b"1") * 2, "protocol"),
        (reply(b"Q", b"1"), "protocol"),
        (reply(b"R", b"x" * 1001), "output_limit"),
        (reply(b"F", b"x" * 65537), "output_limit"),
        (channel.REPLY.pack(b"R", 1, 4001), "output_limit"),
        (channel.REPLY.pack(b"R", 2**32 - 1, 2**32 - 1), "output_limit"),
    ],
)
def test_a_reply_that_breaks_the_rule_ends_the_case(pair: Pair, sent: bytes, ended: str):
    pair.child.sendall(sent)
    with pytest.raises(channel.Misbehaved, match=ended):
        pair.exchange()


@pytest.mark.parametrize("sent", [reply(b"R", b"x" * 1000, b"y" * 4000), reply(b"F", b"x" * 65536)])
def test_a_reply_at_its_limit_passes(pair: Pair, sent: bytes):
    pair.child.sendall(sent)
    assert len(pair.exchange()[1]) in (1000, 65536)


@pytest.mark.parametrize("sent", [b"", b"R", reply(b"R", b"1234")[:-1]])
def test_an_end_before_the_end_of_the_reply_is_a_death(pair: Pair, sent: bytes):
    pair.child.sendall(sent)
    pair.child.shutdown(socket.SHUT_WR)
    with pytest.raises(channel.Misbehaved, match="died"):
        pair.exchange()


def test_a_child_that_is_gone_is_a_death(pair: Pair):
    pair.child.close()
    with pytest.raises(channel.Misbehaved, match="died"):
        pair.exchange(b"x" * 1_000_000)


@pytest.mark.parametrize("message", [b"short", b"x" * 5_000_000])
def test_a_child_that_neither_reads_nor_writes_runs_out_of_time(pair: Pair, message: bytes):
    with pytest.raises(channel.Misbehaved, match="wall_limit"):
        pair.exchange(message, LIMITS._replace(wall_ns=50_000_000))


def test_a_child_that_writes_slowly_cannot_stretch_its_time(pair: Pair):
    stop = threading.Event()

    def drip() -> None:
        pair.child.sendall(channel.REPLY.pack(b"R", 1000, 0))
        while not stop.wait(0.005):
            pair.child.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(channel.Misbehaved, match="wall_limit"):
            pair.exchange(limits=LIMITS._replace(wall_ns=100_000_000))
    finally:
        stop.set()
        thread.join()


# ---- the nursery -------------------------------------------------------------------------------------------------


class Zygote:
    """Stands in for the zygote: does with each order what the test says."""

    def __init__(self, on_order: Callable[["Zygote"], None]) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.children: list[subprocess.Popen[bytes]] = []
        self._on_order = on_order
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def fork(self) -> int:
        mine, childs = socket.socketpair()
        stdio, childs_stdio = socket.socketpair()
        code = "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); s.recv(1 << 20)"
        with mine, childs, stdio, childs_stdio:
            child = subprocess.Popen(
                [sys.executable, "-S", "-c", code, str(childs.fileno())], pass_fds=[childs.fileno()]
            )
            self.children.append(child)
            socket.send_fds(self.theirs, [b"C" + child.pid.to_bytes(4, sys.byteorder)], [mine.fileno(), stdio.fileno()])
        return child.pid

    def close(self) -> None:
        self.ours.close()
        self._thread.join()
        self.theirs.close()
        for child in self.children:
            child.kill()
            child.wait()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the test is over
            while self.theirs.recv(1):
                self._on_order(self)


@pytest.fixture
def zygotes() -> Iterator[Callable[..., Zygote]]:
    made: list[Zygote] = []

    def make(on_order: Callable[[Zygote], None]) -> Zygote:
        made.append(Zygote(on_order))
        return made[-1]

    yield make
    for zygote in made:
        zygote.close()


def exit_message(pid: int, status: int) -> bytes:
    zygote = inside.load("zygote")
    return zygote.EXIT.pack(b"X", pid, status, 5000, 7)


def test_a_child_waits_before_it_is_needed_and_the_next_is_ordered_at_once(zygotes: Callable[..., Zygote]):
    zygote = zygotes(lambda zygote: zygote.fork())
    nursery = supervisor.Nursery(zygote.ours)
    first, second = nursery.take(), nursery.take()
    assert first.pid != second.pid
    for child in (first, second, nursery.take()):
        child.close()


def test_a_death_brings_the_kernels_last_figures(zygotes: Callable[..., Zygote]):
    zygote = zygotes(lambda zygote: zygote.fork())
    nursery = supervisor.Nursery(zygote.ours)
    child = nursery.take()
    zygote.theirs.send(exit_message(child.pid, 11))
    assert nursery.bury(child) is True
    assert (child.status, child.peak_memory_kib, child.total_cpu_ns) == (11, 5000, 7)
    nursery.take().close()


def test_of_the_buried_nothing_is_kept(zygotes: Callable[..., Zygote]):
    zygote = zygotes(lambda zygote: zygote.fork())
    nursery = supervisor.Nursery(zygote.ours)
    for _ in range(3):
        child = nursery.take()
        zygote.theirs.send(exit_message(child.pid, 0))
        nursery.bury(child)
        assert nursery._dead == {}
    nursery.take().close()


def test_a_child_that_does_not_go_is_killed(zygotes: Callable[..., Zygote], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "_EXIT_GRACE_S", 0.05)
    zygote = zygotes(lambda zygote: zygote.fork())
    nursery = supervisor.Nursery(zygote.ours)
    child = nursery.take()
    process = next(one for one in zygote.children if one.pid == child.pid)

    def report_death() -> None:
        process.wait()
        zygote.theirs.send(exit_message(child.pid, signal.SIGKILL))

    thread = threading.Thread(target=report_death)
    thread.start()
    assert nursery.bury(child) is False
    thread.join()
    assert process.returncode == -signal.SIGKILL
    nursery.take().close()


class Scripted:
    """Nursery and child in one: every child's answers are listed; None is a death."""

    def __init__(self, *children: list[tuple[bytes, bytes] | None]) -> None:
        self.children = [iter(answers) for answers in children]
        self.pid, self.channel, self.denials = os.getpid(), self, denials.Denials()
        self.status, self.peak_memory_kib, self.total_cpu_ns = 9, 1000, 0

    def take(self) -> "Scripted":
        self.answers = self.children.pop(0)
        return self

    def exchange(self, *_: object) -> object:
        answer = next(self.answers)
        if answer is None:
            raise channel.Misbehaved("died")
        return channel.Reply(*answer, b"")

    def bury(self, child: "Scripted") -> bool:
        return True

    def finish(self) -> None: ...


def test_a_source_that_has_loaded_once_is_no_compile_error_later():
    """Else a program that has seen a hidden case could choose a verdict that costs it nothing."""
    forged = (b"F", b'{"kind":"syntax_error"}')
    nursery = Scripted([(b"L", b""), (b"R", b"1"), None], [forged], [(b"L", b""), (b"R", b"4")])
    job = jobs.Job("", {}, [b"1", b"2", b"3", b"4"], LIMITS, False, False, 3, [])
    load, facts, peaks = supervisor.run(nursery, job)
    assert load == {"ok": True}
    assert [fact.ended for fact in facts] == ["ok", "died", "failed", "ok"]
    assert len(peaks) == 4
    load, facts, _ = supervisor.run(Scripted([forged]), job)
    assert not load["ok"]
    assert facts == []


class Burning:
    """Nursery and child in one: it burns, and is no more as soon as it is killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
        ours, self.theirs = socket.socketpair()
        self.pid, self.denials = self.process.pid, denials.Denials()
        self.channel = channel.Channel(ours.detach(), self.denials)
        self.status, self.peak_memory_kib, self.total_cpu_ns = 9, 1000, 0

    def take(self) -> "Burning":
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def bury(self, child: "Burning") -> bool:
        self.channel.close()
        self.theirs.close()
        return True


def test_what_ran_out_of_time_has_used_it_even_if_nothing_is_left_of_it_at_once():
    limits = LIMITS._replace(cpu_ns=SECOND // 20)
    job = jobs.Job("", {"kind": "function"}, [b"1"], limits, False, False, 1, [])
    _, facts, _ = supervisor.run(Burning(), job)
    assert [fact.ended for fact in facts] == ["cpu_limit"]
    assert facts[0].cpu_ns >= limits.cpu_ns


def test_a_zygote_that_is_gone_is_a_broken_box():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    nursery = supervisor.Nursery(ours)
    theirs.close()
    for _ in range(2):
        with pytest.raises(supervisor.BoxBroken, match="gone"):
            nursery.take()
    with pytest.raises(supervisor.BoxBroken, match="gone"):
        supervisor.Nursery(ours).take()
    ours.close()


def test_a_zygote_that_can_fork_no_more_says_why():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    nursery = supervisor.Nursery(ours)
    theirs.send(b"Eevery uid has been used")
    with pytest.raises(supervisor.BoxBroken, match="every uid has been used"):
        nursery.take()
    ours.close()
    theirs.close()


def test_a_zygote_that_does_not_answer_is_a_broken_box(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "_START_GRACE_S", 0.05)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    nursery = supervisor.Nursery(ours)
    with pytest.raises(supervisor.BoxBroken, match="does not answer"):
        nursery.take()
    ours.close()
    theirs.close()


def test_a_spare_that_died_in_its_jail_is_a_broken_box(zygotes: Callable[..., Zygote]):
    """Nothing foreign has run in it: whatever killed it is the machine's fault, not the next submission's."""
    told = threading.Event()

    def fork_and_die(zygote: Zygote) -> None:
        pid = zygote.fork()
        zygote.theirs.send(exit_message(pid, 70 << 8))
        told.set()

    nursery = supervisor.Nursery(zygotes(fork_and_die).ours)
    assert told.wait(10)
    with pytest.raises(supervisor.BoxBroken, match="died while it was jailed"):
        nursery.take().close()
