"""Attacks a local box whose kernel gives no listener for denied calls; prints what came of it. See test_mute.py.

    mute.py WHY    "busy": a listener listens already, so the kernel refuses a second one
                   "unknown": the call is answered as by a kernel that knows no listeners

Both are done with a filter around this process, which its box is then behind too. It can never be taken away again,
and so this is a program of its own.
"""

import ctypes
import errno
import json
import os
import struct
import sys
from contextlib import closing

from judge.attack_check import Range, load_attacks
from judge.languages import get_language
from judge.models import Limits
from judge.sandbox import BoxOptions, start_boxes
from judge.sandbox.base import Input, Job
from judge.sandbox.launched import INSIDE

SECCOMP = json.loads((INSIDE / "syscalls.json").read_text())[os.uname().machine]["seccomp"]
NO_NEW_PRIVS, SET_MODE_FILTER, NEW_LISTENER = 38, 1, 1 << 3
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
ALLOW_ALL = [(RETURN, 0, 0, ALLOW)]
NO_LISTENERS = [
    (LOAD, 0, 0, 0),  # the call's number
    (EQUAL, 0, 3, SECCOMP),
    (LOAD, 0, 0, 16 + 8),  # its second argument: the flags
    (ANY_BIT, 0, 1, NEW_LISTENER),
    (RETURN, 0, 0, REFUSE | errno.EINVAL),
    (RETURN, 0, 0, ALLOW),
]
DENIED = {
    "fork": "import os\n    os.fork()",
    "socket": "import socket\n    socket.socket()",
    "a new file": "open('/x', 'w')",
}


def surround(program: list[tuple[int, int, int, int]], flags: int) -> None:
    """Put this process, and all that it starts, behind a filter."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in program))
    header = struct.pack("@HP", len(program), ctypes.addressof(code))
    libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.syscall(SECCOMP, SET_MODE_FILTER, flags, header) < 0:
        sys.exit(f"no filter can be had here: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    surround(*((ALLOW_ALL, NEW_LISTENER) if sys.argv[1] == "busy" else (NO_LISTENERS, 0)))
    with closing(start_boxes("local", BoxOptions(get_language("python")))) as boxes:
        box, entry = boxes.submissions, {"kind": "function", "name": "f", "parameters": ["int"], "returns": "any"}
        limits = Limits(cpu_time_s=2, wall_time_s=30, memory_mib=256, output_mib=1)
        jobs = {
            name: Job(f"def f(n):\n    {body}\n", entry, [Input.of(b"[1]")], limits) for name, body in DENIED.items()
        }
        runs = {name: box.run(job).runs[0] for name, job in jobs.items()}
        fired_at = Range(boxes)
        attacks = [attack for attack in load_attacks() if "seccomp" in attack.header.missing_walls]
        outcomes = {attack.id: fired_at.fire(attack) for attack in attacks}
        told = {
            "walls": box.info.walls,
            "failed": {name: run.failure and run.failure.type for name, run in runs.items()},
            "denied": {name: run.denied for name, run in runs.items()},
            "tried": len(outcomes),
            "not held": [name for name, outcome in outcomes.items() if not outcome.held],
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
