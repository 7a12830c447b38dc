"""The syscall filter, run by a small BPF machine: every number, both architectures, against language.yaml."""

import errno
import json
import os
import struct
from collections.abc import Callable

import inside
import pytest

from judge.languages import get_language

seccomp = inside.load("seccomp")

TABLES: dict[str, dict[str, int]] = json.loads((inside.FOLDER / "syscalls.json").read_text())
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = get_language("python").syscalls
ALLOW, KILL, ASK = "allow", "kill", "ask"
NEVER = {
    "fork", "vfork", "execve", "execveat", "socket", "connect", "bind", "listen", "accept", "accept4", "sendmsg",
    "recvmsg", "sendmmsg", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "tgkill",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal", "pidfd_getfd",
    "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "bpf", "keyctl", "add_key", "request_key",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "perf_event_open", "userfaultfd",
    "memfd_create", "memfd_secret", "shmget", "shmat", "semget", "msgget", "mq_open", "mknod", "mknodat",
    "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
    "symlinkat", "creat", "truncate", "ftruncate", "fallocate", "chmod", "fchmod", "fchmodat", "chown",
    "fchown", "fchownat", "openat2", "open_by_handle_at", "setuid", "setgid", "setresuid", "setresgid",
    "setreuid", "setregid", "setgroups", "setfsuid", "prctl", "seccomp", "capset", "personality", "setsid",
    "setpgid", "sched_setaffinity", "sched_setscheduler", "setpriority", "inotify_init1",
    "fanotify_init", "init_module", "finit_module", "kexec_load", "reboot", "swapon", "iopl", "ioperm",
    "modify_ldt", "arch_prctl", "clock_settime", "settimeofday", "sethostname", "quotactl", "acct",
    "syslog", "kcmp", "name_to_handle_at", "process_madvise",
}  # fmt: skip

_CLONE_THREAD = 0x00010000
ENOSYS, EPERM = errno.ENOSYS, errno.EPERM
Run = Callable[..., str | int]


def interpret(program: bytes, number: int, architecture: int, arguments: tuple[int, ...] = ()) -> str | int:
    """Run a classic BPF program on a struct seccomp_data; ALLOW, KILL, or the errno it answers."""
    values = (*arguments, *[0] * 6)[:6]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *values)
    code = list(struct.iter_unpack("=HBBI", program))
    accumulator = position = 0
    while True:
        opcode, if_true, if_false, operand = code[position]
        position += 1
        if opcode == 0x20:  # load a word
            (accumulator,) = struct.unpack_from("=I", data, operand)
        elif opcode == 0x05:  # jump always
            position += operand
        elif opcode in (0x15, 0x35, 0x45):
            true = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: bool(accumulator & operand)}[
                opcode
            ]
            position += if_true if true else if_false
        elif opcode == 0x06:
            action = operand & 0xFFFF0000
            return {0x7FFF0000: ALLOW, 0x80000000: KILL, 0x7FC00000: ASK}.get(action) or (
                operand & 0xFFFF if action == 0x00050000 else "other"
            )
        else:
            raise AssertionError(f"unknown instruction {opcode:#x}")


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def run(machine: str) -> Run:
    program = seccomp.compile_filter(ALLOWED, machine)
    return lambda number, *arguments: interpret(program, number, ARCHITECTURES[machine], arguments)


def call(run: Run, machine: str, name: str, *arguments: int) -> str | int:
    return run(TABLES[machine][name], *arguments)


SPECIAL = {
    "clone", "open", "openat", "ioctl", "fcntl", "mmap", "socketpair", "clock_gettime", "clock_getres",
    "clock_nanosleep", "prlimit64", "sched_getaffinity",
}  # fmt: skip


def test_every_number_does_what_the_list_promises(run: Run, machine: str):
    names = {number: name for name, number in TABLES[machine].items()}
    for number in range(601):
        name = names.get(number)
        if name in SPECIAL:
            continue  # depends on the arguments; below
        expected: str | int = ENOSYS if name == "clone3" else ALLOW if name in ALLOWED else EPERM
        assert run(number) == expected, name or number


def test_arguments_do_not_change_a_plain_permission(run: Run, machine: str):
    for arguments in ((2**64 - 1,) * 6, (1,) * 6):
        assert call(run, machine, "read", *arguments) == ALLOW
        assert call(run, machine, "execve", *arguments) == EPERM


def test_the_dangerous_ones_are_not_on_the_list(machine: str):
    assert not NEVER & set(ALLOWED)
    assert NEVER & set(TABLES[machine])


@pytest.mark.parametrize("number", [601, 1000, 0x3FFFFFFF])
def test_numbers_nobody_knows_are_refused(run: Run, number: int):
    assert run(number) == EPERM


@pytest.mark.parametrize("number", [0, 1, 39, 59, 520, 0x3FFFFFFF])
def test_x32_numbers_kill(run: Run, number: int):
    assert run(0x40000000 + number) == KILL


@pytest.mark.parametrize("architecture", [0x40000003, 0xC000003E ^ 1, 0, 0x40000028])
def test_another_architecture_kills_whatever_the_number(machine: str, architecture: int):
    program = seccomp.compile_filter(ALLOWED, machine)
    assert {interpret(program, number, architecture) for number in range(601)} == {KILL}


def test_each_machines_filter_refuses_the_other():
    for one, other in (("x86_64", "aarch64"), ("aarch64", "x86_64")):
        assert interpret(seccomp.compile_filter(ALLOWED, one), 0, ARCHITECTURES[other]) == KILL


# ---- arguments ---------------------------------------------------------------------------------------------------

CLONE_THREAD, THREAD_FLAGS = 0x10000, 0x3D0F00


def test_clone_makes_threads_but_no_processes(run: Run, machine: str):
    assert call(run, machine, "clone", THREAD_FLAGS) == ALLOW
    for flags in (0, 17, 0x01200011, THREAD_FLAGS & ~CLONE_THREAD, 0x10000000 | 17, 0x7E020000):
        assert call(run, machine, "clone", flags) == EPERM
    assert call(run, machine, "clone", CLONE_THREAD << 32) == EPERM  # the high half of the argument is no flag


READING = (os.O_RDONLY, os.O_RDONLY | os.O_CLOEXEC, os.O_DIRECTORY | os.O_CLOEXEC, os.O_NOFOLLOW, os.O_NONBLOCK)
WRITING = (
    os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    os.O_TMPFILE, 0o20000000,
    os.O_TMPFILE | os.O_RDWR, 3,
)  # fmt: skip


@pytest.mark.parametrize(("name", "place"), [("openat", 2), ("open", 1)])
def test_opening_is_for_reading_only(run: Run, machine: str, name: str, place: int):
    if name not in TABLES[machine]:
        return  # aarch64 has no open
    before = (0,) * place
    assert {call(run, machine, name, *before, flags) for flags in READING} == {ALLOW}
    assert {call(run, machine, name, *before, flags) for flags in WRITING} == {EPERM}
    # The other arguments have no say.
    assert call(run, machine, name, *[os.O_RDWR] * place, os.O_RDONLY) == ALLOW


def test_ioctl_only_asks(run: Run, machine: str):
    for request in (0x5401, 0x5421, 0x5450, 0x5451):
        assert call(run, machine, "ioctl", 0, request) == ALLOW
    for request in (0x5412, 0x5402, 0x540E, 0x541B, 0, 0xFFFFFFFF):  # TIOCSTI, TCSETS, TIOCSCTTY, FIONREAD...
        assert call(run, machine, "ioctl", 0, request) == EPERM


def test_fcntl_copies_and_flags_descriptors_and_names_nobody_for_their_signals(run: Run, machine: str):
    for command in (0, 1, 2, 3, 4, 1030):  # F_DUPFD to F_SETFL, F_DUPFD_CLOEXEC
        assert call(run, machine, "fcntl", 5, command) == ALLOW
    for command in (5, 6, 7, 8, 10, 15, 37, 38, 1024, 1026, 1031, 1033):  # locks, F_SETOWN, F_SETSIG, F_SETOWN_EX...
        assert call(run, machine, "fcntl", 5, command) == EPERM


def test_memory_is_mapped_but_not_shared(run: Run, machine: str):
    for flags in (0x02, 0x22, 0x20022):  # private, private and anonymous, a stack
        assert call(run, machine, "mmap", 0, 4096, 3, flags) == ALLOW
    for flags in (0x01, 0x21, 0x03):  # shared, shared and anonymous, MAP_SHARED_VALIDATE
        assert call(run, machine, "mmap", 0, 4096, 3, flags) == EPERM


def test_a_pair_of_sockets_is_a_stream(run: Run, machine: str):
    for kind in (1, 1 | os.O_CLOEXEC, 1 | os.O_CLOEXEC | os.O_NONBLOCK):
        assert call(run, machine, "socketpair", 1, kind) == ALLOW
    for kind in (2, 3, 4, 5, 6, 10, 2 | os.O_CLOEXEC):
        assert call(run, machine, "socketpair", 1, kind) == EPERM


@pytest.mark.parametrize("name", ["clock_gettime", "clock_getres", "clock_nanosleep"])
def test_clocks_are_ones_own(run: Run, machine: str, name: str):
    assert {call(run, machine, name, clock) for clock in range(12)} == {ALLOW}
    for pid in (1, 1234, 1 << 21):
        for which in (0, 1, 2, 4, 6):
            assert call(run, machine, name, ((~pid << 3) | which) & 0xFFFFFFFF) == EPERM


@pytest.mark.parametrize("name", ["prlimit64", "sched_getaffinity"])
def test_limits_and_cores_are_asked_of_oneself_only(run: Run, machine: str, name: str):
    assert call(run, machine, name, 0, 7, 1, 1) == ALLOW
    for pid in (1, 4321, 0xFFFFFFFF):
        assert call(run, machine, name, pid, 7, 1, 1) == EPERM


# ---- the compiler ------------------------------------------------------------------------------------------------


def test_a_name_that_no_machine_knows_is_an_error():
    with pytest.raises(KeyError, match="raed"):
        seccomp.compile_filter(["read", "raed"], "x86_64")


def test_a_name_that_only_another_machine_knows_is_left_out():
    assert len(seccomp.compile_filter(["read", "open"], "aarch64")) > 0


def test_a_machine_without_a_table_is_not_supported():
    with pytest.raises(seccomp.Unsupported, match="known: aarch64, x86_64"):
        seccomp.compile_filter(["read"], "riscv64")


def test_an_empty_list_allows_nothing(machine: str):
    program = seccomp.compile_filter([], machine)
    assert {interpret(program, number, ARCHITECTURES[machine]) for number in range(601)} == {EPERM, ENOSYS}


@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_any_list_is_compiled_to_what_it_says(machine: str, step: int):
    """Also lists so long and scattered that jumps need more than eight bits."""
    names = sorted(set(TABLES[machine]) - SPECIAL - {"clone3"})[::step]
    program = seccomp.compile_filter(names, machine)
    numbers = {TABLES[machine][name] for name in names}
    for number in range(601):
        expected = ALLOW if number in numbers else ENOSYS if number == TABLES[machine]["clone3"] else EPERM
        assert interpret(program, number, ARCHITECTURES[machine]) == expected


def test_the_two_programs_of_the_asking_filter_are_together_the_plain_one(machine: str):
    """Of two installed filters the stricter answer counts. Where the plain one says EPERM somebody is asked first."""
    architecture = ARCHITECTURES[machine]
    plain = seccomp.compile_filter(ALLOWED, machine)
    asking, last = seccomp.compile_asking(ALLOWED, machine)
    last_steps = {TABLES[machine]["sendmsg"], TABLES[machine]["prctl"]}
    for number in (*range(700), 0x40000000, 0xFFFFFFFF):
        for arguments in ((), (0xFFFFFFFF,) * 6, (_CLONE_THREAD,) * 6):
            expected = interpret(plain, number, architecture, arguments)
            first = interpret(asking, number, architecture, arguments)
            if number in last_steps:
                assert (expected, first, interpret(last, number, architecture)) == (EPERM, ALLOW, EPERM)
            else:
                assert first == (ASK if expected == EPERM else expected)
                assert interpret(last, number, architecture) == ALLOW


def test_the_program_fits_the_kernel(machine: str):
    program = seccomp.compile_filter(ALLOWED, machine)
    assert len(program) % 8 == 0
    assert len(program) // 8 <= 4096


def test_the_tables_have_no_number_twice(machine: str):
    numbers = list(TABLES[machine].values())
    assert len(numbers) == len(set(numbers))
    assert max(numbers) < 600


@pytest.mark.parametrize(
    "name", ["read", "openat", "clone", "clone3", "execve", "io_uring_setup", "landlock_restrict_self"]
)
def test_the_tables_agree_with_the_kernels_own(name: str):
    """The numbers from asm-generic, common to all newer architectures, and the well-known ones of x86-64."""
    known = {
        "read": (0, 63), "openat": (257, 56), "clone": (56, 220), "clone3": (435, 435), "execve": (59, 221),
        "io_uring_setup": (425, 425), "landlock_restrict_self": (446, 446),
    }  # fmt: skip
    assert (TABLES["x86_64"][name], TABLES["aarch64"][name]) == known[name]
