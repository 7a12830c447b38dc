"""What a submission cannot do in a box that has walls, and that each of these attacks bites where its wall is missing.

After each test the same box must judge a clean submission (the fixture `box` sees to it).
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from boxes import LIMITS, Caller, WarmBoxes, function

SECRET = "a-secret-of-the-workers-environment"

REFUSED = {
    # processes
    "fork": "import os; return os.fork()",
    "vfork and exec": "import subprocess; return subprocess.run(['/bin/true']).returncode",
    "posix_spawn": "import os; return os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "import os; os.execv('/bin/true', ['true'])",
    "clone": "import ctypes, os; c = ctypes.CDLL(None, use_errno=True); r = c.syscall(56, 17, 0, 0, 0, 0)\n"
    "if r < 0: raise OSError(ctypes.get_errno())",
    # the network
    "an internet socket": "import socket; socket.socket()",
    "a datagram socket": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a unix socket": "import socket; socket.socket(socket.AF_UNIX)",
    # files
    "a new file": "open('/left-behind', 'w')",
    "a new file in /tmp": "open('/tmp/left-behind', 'w')",
    "a file in /dev/shm": "open('/dev/shm/left-behind', 'w')",
    "a folder": "import os; os.mkdir('/left-behind')",
    "a link": "import os; os.symlink('/etc/passwd', '/left-behind')",
    "a file in memory": "import os; os.memfd_create('x')",
    "a temporary file": "import tempfile; tempfile.TemporaryFile()",
    "changing the standard library": "import os; open('/os.py' if os.path.exists('/os.py') else os.__file__, 'a')",
    # what others hold
    "the password file": "open('/etc/passwd').read()",
    "another process": "open('/proc/self/environ').read()",
    "the parent's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "the launcher": "open('/judge/launcher.py').read()",
    "the launcher by its module": "import sys; open(sys.modules['jail'].__file__).read()",
    # other processes
    "a signal to the parent": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "a signal to process 1": "import os, signal; os.kill(1, signal.SIGKILL)",
    "a signal to all": "import os, signal; os.kill(-1, signal.SIGKILL)",
    "stopping the parent": "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)",
    # the kernel
    "chroot": "import os; os.chroot('/')",
    "setuid": "import os; os.setuid(0)",
    "nice": "import os; os.nice(-5)",
    "another core": "import os; os.sched_setaffinity(0, {0})",
    "more memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "more files": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
}
SYSCALLS = {
    "ptrace": 101, "mount": 165, "unshare": 272, "setns": 308, "keyctl": 250, "bpf": 321, "io_uring_setup": 425,
    "perf_event_open": 298, "userfaultfd": 323, "process_vm_readv": 310, "pidfd_open": 434, "clone3": 435,
    "shmget": 29, "msgget": 68, "mq_open": 240, "personality": 135, "setsid": 112, "prctl": 157, "socket": 41,
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _secret_in_the_workers_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDGE_WORKER_TOKEN", SECRET)
        yield


def error_of(body: str) -> str:
    """A body that returns how the attack ended: the error's name, or "done"."""
    tried = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"try:\n{tried}    return 'done'\nexcept (OSError, ValueError) as exc:\n    return type(exc).__name__"


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_an_error_the_program_can_see(box: Caller, what: str):
    run = box.one(function(error_of(REFUSED[what])))
    assert run.ended == "ok", run
    assert run.output != b'"done"', run
    assert run.output.strip(b'"') in {
        b"PermissionError", b"FileNotFoundError", b"OSError", b"BlockingIOError", b"ValueError",
    }  # fmt: skip


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64")
@pytest.mark.parametrize("name", SYSCALLS)
def test_the_kernels_dangerous_doors_are_shut(box: Caller, name: str):
    body = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall({SYSCALLS[name]}, 0, 0, 0, 0, 0, 0)
return [result, errno.errorcode.get(ctypes.get_errno())]"""
    assert box.value(body) in (b'[-1,"EPERM"]', b'[-1,"ENOSYS"]')


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 belongs to x86-64")
def test_an_x32_syscall_kills(box: Caller):
    run = box.one(function("import ctypes\nreturn ctypes.CDLL(None).syscall(0x40000000 + 39)"))
    assert (run.ended, run.signal) == ("died", 31)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="int 0x80 belongs to x86-64")
def test_a_32_bit_syscall_kills_or_is_refused(box: Caller):
    # mov eax, 20 (getpid of i386); int 0x80; ret
    body = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)  # read, write, execute
page.write(bytes.fromhex('b814000000cd80c3'))
return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()"""
    run = box.one(function(body))
    if run.ended == "ok":
        assert int(run.output) < 0  # gVisor takes it for the 64-bit call of that number, which is denied
        return
    assert run.ended == "died"
    assert run.signal in (31, 11)  # a kernel without 32-bit support answers with a fault


def test_only_the_standard_library_is_to_be_seen(box: Caller):
    if "chroot" not in box.walls:
        pytest.skip("without root the jail has no root of its own (Landlock: see test_non_root.py)")
    names = json.loads(box.value("import os; return sorted(os.listdir('/'))"))
    assert {"os.py", "json", "lib-dynload"} <= set(names)
    assert not {"etc", "proc", "home", "root", "tmp", "usr", "judge", "problems"} & set(names)


def test_the_environment_holds_nothing_of_the_workers(box: Caller):
    assert os.environ["JUDGE_WORKER_TOKEN"] == SECRET
    body = """
import os, ctypes
seen = [f'{key}={value}' for key, value in os.environ.items()]
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')
return seen + [environ[k].decode() for k in range(len(seen))]"""
    seen = box.value(body)
    assert SECRET.encode() not in seen
    assert b"JUDGE" not in seen


def test_only_the_channel_is_open(box: Caller):
    body = """
import os
found = []
for fd in range(1024):
    try:
        os.fstat(fd)
    except OSError:
        continue
    found.append(fd)
return found"""
    assert box.value(body) == b"[0,1,2,3]"


def test_every_job_has_a_user_of_its_own_that_is_not_root(box: Caller):
    if "uid" not in box.walls:
        pytest.skip("without root every child has the user of the worker")
    body = "import os; return [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]"
    ids = [json.loads(box.value(body)) for _ in range(3)]
    assert all(len(set(mine)) == 1 for mine in ids)
    assert len({mine[0] for mine in ids}) == 3
    assert 0 not in {mine[0] for mine in ids}


def test_a_group_goes_on_as_another_user_after_a_crash(box: Caller):
    if "uid" not in box.walls:
        pytest.skip("without root every child has the user of the worker")
    source = function("import os\nif n == 1: os._exit(1)\nreturn os.getuid()")
    first, _, third = box.job(source, b"[0]", b"[1]", b"[2]").runs
    assert first.output != third.output


def test_threads_are_counted(box: Caller):
    body = """
import threading
stop = threading.Event()
started = 0
try:
    while started < 500:
        threading.Thread(target=stop.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
stop.set()
return started"""
    if "uid" not in box.walls:
        pytest.skip("threads are counted by user, and without root a child has none of its own")
    roomy = LIMITS.model_copy(
        update={"memory_mib": 2048}
    )  # for the threads' stacks, so that it is not memory that ends it
    assert int(box.value(body, limits=roomy)) < 130


def test_open_files_are_counted(box: Caller):
    assert box.raised("import os\nopened = [os.dup(0) for _ in range(200)]") == "OSError"


def test_no_core_is_dumped_and_no_memory_is_locked(box: Caller):
    limits = "r.RLIMIT_CORE, r.RLIMIT_FSIZE, r.RLIMIT_MEMLOCK"
    body = f"import resource as r\nreturn [r.getrlimit(which) for which in ({limits})]"
    assert box.value(body) == b"[[0,0],[0,0],[0,0]]"


def test_nothing_of_another_case_of_the_group_is_known_beforehand(box: Caller):
    """The inputs lie with the supervisor; a child holds one at a time."""
    body = """
import gc, sys
frame, found = sys._getframe(), []
while frame:
    found += [str(value) for value in (*frame.f_locals.values(), *frame.f_globals.values())]
    frame = frame.f_back
found += [str(thing) for thing in gc.get_objects() if isinstance(thing, (bytes, str, list, dict, bytearray))]
return sum('MARK' + 'ER-TWO' in text for text in found)"""
    result = box.job(function(body), b'["first"]', b'["MARKER-TWO"]')
    assert result.runs[0].output == b"0"


# ---- each wall is there for something: taken away, the attack bites -----------------------------------------------

Bites = tuple[tuple[str, ...], str, Callable[[Any], bool]]
BITES: dict[str, Bites] = {
    "chroot: files": (("chroot",), "return open('/etc/passwd').read()[:5]", lambda seen: b"root:" in seen),
    "chroot: processes": (("chroot",), "return open('/proc/self/status').read()[:5]", lambda seen: b"Name:" in seen),
    "chroot: the whole tree": (("chroot",), "import os; return os.listdir('/')", lambda seen: b'"etc"' in seen),
    "seccomp: a process": (("seccomp",), "import os\npid = os.fork()\nif not pid: os._exit(0)\nreturn pid > 0",
                           lambda seen: seen == b"true"),
    "seccomp: a socket": (("seccomp",), "import socket\nwith socket.socket() as s: return s.fileno() > 2",
                          lambda seen: seen == b"true"),
    "seccomp: a memory file": (("seccomp",), "import os\nreturn os.memfd_create('x') > 2",
                               lambda seen: seen == b"true"),
    "seccomp: ptrace": (("seccomp",), "import ctypes\nreturn ctypes.CDLL(None).syscall(157, 3, 0, 0, 0, 0)",
                        lambda seen: seen == b"0"),
    "uid: root": (("uid",), "import os; return os.getuid()", lambda seen: seen == b"0"),
    "rlimits: open files": (("rlimits",), "import os\nreturn len([os.dup(0) for _ in range(200)])",
                            lambda seen: seen == b"200"),
    "uid and seccomp: another user": (("uid", "seccomp"), "import os\nos.setuid(12345)\nreturn os.getuid()",
                                      lambda seen: seen == b"12345"),
}  # fmt: skip


@pytest.mark.parametrize("what", BITES)
def test_without_its_wall_the_attack_bites_and_with_it_not(backend: str, warm_boxes: WarmBoxes, what: str):
    without, body, bitten = BITES[what]
    whole, open_box = Caller(warm_boxes.get(backend)), Caller(warm_boxes.get(backend, without))
    if not set(without) <= set(whole.walls):
        pytest.skip(f"this box has no such wall to take away: {', '.join(without)}")
    assert set(without).isdisjoint(open_box.walls)
    assert bitten(open_box.value(body))
    run = whole.one(function(body))
    assert not (run.ended == "ok" and bitten(run.output))
    assert run.cpu_time_s < LIMITS.cpu_time_s
