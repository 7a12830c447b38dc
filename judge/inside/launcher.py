"""The launcher: the one program that runs in a box. Standard library only; nobody imports it.

    launcher.py CONFIG        CONFIG is JSON: {"syscalls": [names], "timeout_decorator": folder or null,
                                               "die_with_parent": bool, "cpu": number or null, "without": [walls]}

It splits in two before it reads a byte: the *zygote*, which stays clean and forks the jailed children, and the
*supervisor* (this process), which talks to the worker over stdin and stdout, holds the inputs, feeds the children and
keeps the clock. It ends when its stdin ends. How a submission is run: supervisor.py; what holds it: jail.py.

    worker -> launcher   {"op": "run", "source_size", "entry", "limits", "show", "soft_limit", "max_timeouts",
                          "new": [[digest, size]…], "cases": [digest…], "files": [{path: digest}…], "drop": [digest…]}
                          body: source, new inputs
                         {"op": "talk", …} the same for one program that the worker talks with, and then, as often as
                         there is something: {"op": "say", "end": bool}   body: its input
    launcher -> worker   {"op": "ready", "python", "walls", "version"}   once, when the first child is jailed
                         {"op": "said"}                               body: output of a program that is talked with
                         {"op": "result", "load", "runs": [{…}]}      body: output and printed text of each run in turn
"""

import hashlib
import json
import os
import select
import socket
import sys
from typing import Any, NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import jail
import jobs
import memory
import running
import supervisor
import wire
import zygote

_EXIT_BROKEN = 70


def main() -> int:
    config = json.loads(sys.argv[1])
    stdin, stdout = _private_streams()
    if config["die_with_parent"]:
        jail.die_with_parent()
    if config["cpu"] is not None:
        os.sched_setaffinity(0, {config["cpu"]})  # one box, one core: no neighbour's load on it, and cheaper wake-ups
    walls = jail.prepare(config["syscalls"], frozenset(config["without"]))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        for fd in (stdin, stdout):
            os.close(fd)
        ours.close()
        zygote.serve(theirs, walls, config["timeout_decorator"])
    theirs.close()
    memory.begin()
    return supervise(ours, stdin, stdout, walls.walls)


def supervise(commands: socket.socket, stdin: int, stdout: int, walls: tuple[str, ...]) -> int:
    """Serve the worker until it closes the stream or something is wrong; the exit status, the reason on stderr."""
    try:
        nursery = supervisor.Nursery(commands)
        nursery.wait_for_spare()
        python = "{}.{}.{}".format(*sys.version_info)
        wire.write_frame(stdout, {"op": "ready", "python": python, "walls": walls, "version": _version()})
        _serve(stdin, stdout, nursery)
    except wire.Closed:
        return 0
    except (supervisor.BoxBroken, wire.Malformed) as exc:
        print(f"launcher: {exc}", file=sys.stderr)
        return _EXIT_BROKEN


def _version() -> str:
    """A hash of the files beside this one: the worker refuses a sandbox image built from others than its own."""
    folder = os.path.dirname(os.path.abspath(__file__))
    digest = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        if name.endswith((".py", ".json")):
            with open(os.path.join(folder, name), "rb") as file:
                digest.update(name.encode() + b"\0" + file.read())
    return digest.hexdigest()


def _private_streams() -> tuple[int, int]:
    """Move the stream away from 0 and 1, where children would inherit it, and put the null device there."""
    stdin, stdout = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return stdin, stdout


def _serve(stdin: int, stdout: int, nursery: supervisor.Nursery) -> NoReturn:
    inputs: dict[str, bytes] = {}
    asked = select.poll()
    asked.register(stdin, select.POLLIN)
    while True:
        if not asked.poll(memory.IDLE_MS):
            memory.give_back()
        _serve_one(stdin, stdout, nursery, inputs)
        memory.let_go()


def _serve_one(stdin: int, stdout: int, nursery: supervisor.Nursery, inputs: dict[str, bytes]) -> None:
    header, body = wire.read_frame(stdin)
    if header.get("op") == "say":
        jobs.ends_input(header)  # said to a program that has ended meanwhile
        return
    job = jobs.read(header, body, inputs)
    if header["op"] == "talk":
        outcome = running.talk(nursery, job, stdin, stdout)
    elif job.is_program:
        outcome = running.run(nursery, job)
    else:
        outcome = supervisor.run(nursery, job)
    _send_result(stdout, *outcome)


def _send_result(stdout: int, load: dict[str, Any], facts: list[supervisor.Fact], peaks: list[int]) -> None:
    runs = [
        {
            "ended": fact.ended,
            "cpu_ns": fact.cpu_ns,
            "wall_ns": fact.wall_ns,
            "peak_memory_kib": peak,
            "status": fact.status,
            "denied": fact.denied,
            "output_size": len(fact.output),
            "printed_size": len(fact.printed),
        }
        for fact, peak in zip(facts, peaks, strict=True)
    ]
    bodies = [part for fact in facts for part in (fact.output, fact.printed)]
    wire.write_frame(stdout, {"op": "result", "load": load, "runs": runs}, bodies)


if __name__ == "__main__":
    sys.exit(main())
