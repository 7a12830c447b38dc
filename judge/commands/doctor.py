"""judge doctor: what the judge needs of this machine, what is degraded, and how to mend it."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from judge.cli import EXIT_NOT_ACCEPTED, EXIT_OK
from judge.commands import BOXES, problems_folder
from judge.commands.doctor_attack import attack
from judge.commands.tables import plain, table, wide_console
from judge.errors import BoxUnavailable, JudgeError
from judge.languages import languages
from judge.package import load_packages
from judge.sandbox import AUTO, BoxOptions, canary, start_box
from judge.sandbox.base import Box
from judge.sandbox.docker import connect
from judge.stack import redis_server

_STATES = {"ok": "green", "degraded": "yellow", "missing": "red"}
_CONTAINER_LIMITS = {"memory": "MemoryLimit", "processes": "PidsLimit"}  # and the key of `docker info` for it
_SMOKE_RUNS, _COARSE_NS = 5, 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says how to mend what is not ok."""

    what: str
    state: Literal["ok", "degraded", "missing"]
    found: str
    remedy: str = ""


@click.command(
    epilog="""\b
Examples:
  judge doctor
  judge doctor --json
  judge doctor --attack --box docker

\b
Exit codes: 0 solutions can be judged here (or all attacks were held), 1 they cannot, 3 no such box."""
)
@click.option("--attack", "attacked", is_flag=True, help="Instead, fire some hundred attacks at a box: under a minute.")
@click.option("--box", type=BOXES, default=AUTO, show_default=True, help="Which box to attack.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of {what, state, found, remedy}, or of attacks.")
def command(attacked: bool, box: str, as_json: bool) -> int:
    """Check everything the judge needs on this machine."""
    if attacked:
        return attack(box, as_json)
    findings = [finding for check in CHECKS for finding in check()]
    if as_json:
        keys = ("what", "state", "found", "remedy")
        click.echo(json.dumps([{key: getattr(finding, key) for key in keys} for finding in findings], indent=2))
    else:
        result = table("what", "state", "found", "how to mend it")
        for finding in findings:
            state = f"[{_STATES[finding.state]}]{finding.state}[/]"
            result.add_row(finding.what, state, plain(finding.found), plain(finding.remedy))
        wide_console().print(result)
    judges = any(finding.what.startswith("box ") and finding.state != "missing" for finding in findings)
    broken = any(finding.state == "missing" and not finding.what.startswith("box ") for finding in findings)
    return EXIT_OK if judges and not broken else EXIT_NOT_ACCEPTED


def _python() -> list[Finding]:
    return [Finding("Python", "ok", sys.version.split()[0])]


def _user() -> list[Finding]:
    if os.geteuid() == 0:
        return [Finding("user", "ok", "root: local boxes give every child a uid of its own and a root without files")]
    lost = "not root: local boxes can give a child neither a uid nor a root of its own; below is what stands instead"
    return [Finding("user", "degraded", lost, "Use docker boxes, or run the worker as root.")]


def _clocks() -> list[Finding]:
    """The kernel's CPU clock of another process, and that it is fine enough to time a case."""
    clock = (~os.getpid() << 3) | 2
    try:
        first = time.clock_gettime_ns(clock)
        while time.clock_gettime_ns(clock) == first:
            pass
        step_ns = time.clock_gettime_ns(clock) - first
    except OSError as exc:
        reason = f"no CPU clock of a process: {exc.strerror}"
        return [Finding("clocks", "missing", reason, "Use a Linux kernel with POSIX CPU clocks.")]
    return [Finding("clocks", "ok", f"a process's CPU clock moves in steps of {step_ns / 1000:.1f} us or less")]


def _kernel() -> list[Finding]:
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    if not actions.exists() or "errno" not in actions.read_text():
        remedy = "Use a kernel with CONFIG_SECCOMP_FILTER."
        return [Finding("seccomp", "missing", "this kernel has no syscall filters", remedy)]
    return [Finding("seccomp", "ok", f"Linux {os.uname().release}, {os.uname().machine}")]


def _redis() -> list[Finding]:
    if os.environ.get("JUDGE_REDIS_URL"):
        return [Finding("Redis", "ok", "JUDGE_REDIS_URL is set; /readyz of the API says whether it answers")]
    try:
        return [Finding("Redis", "ok", f"a private server can be started: {Path(redis_server()).name}")]
    except JudgeError as exc:
        return [Finding("Redis", "missing", str(exc), "apt-get install redis-server")]


def _disk() -> list[Finding]:
    free_mib = shutil.disk_usage(tempfile.gettempdir()).free >> 20
    if free_mib < 512:
        return [Finding("disk", "degraded", f"{free_mib} MiB free for temporary files", "Make room.")]
    return [Finding("disk", "ok", f"{free_mib} MiB free for temporary files")]


def _docker() -> list[Finding]:
    try:
        client = connect()
    except BoxUnavailable as exc:
        return [Finding("Docker", "degraded", f"{exc.reason} Solutions run in local boxes.", exc.remedy)]
    try:
        version, info = client.version(), client.info()
    finally:
        client.close()
    known = ", ".join(sorted(info.get("Runtimes", {})))
    runtimes = f"container runtimes: {known}; by default {info.get('DefaultRuntime')}"
    found = f"{version.get('Version')}, API {version.get('ApiVersion')}, {runtimes}"
    unlimited = [what for what, limit in _CONTAINER_LIMITS.items() if not info.get(limit)]
    if unlimited:
        lost = f"{found}; cannot limit a container's {' and '.join(unlimited)}: only the jail's own limits hold"
        return [Finding("Docker", "degraded", lost, "A rootless daemon needs cgroup v2 and its controllers delegated.")]
    return [Finding("Docker", "ok", found)]


def _problems() -> list[Finding]:
    try:
        return [Finding("problems", "ok", f"{len(load_packages(problems_folder()))} packages")]
    except JudgeError as exc:
        return [Finding("problems", "missing", str(exc), "Mend the package, or set JUDGE_PROBLEMS_DIR.")]


def _boxes() -> list[Finding]:
    """Start every backend and run every language's smoke program in it."""
    found = []
    for backend in ("docker", "local"):
        for language in languages().values():
            name = f"box {backend}, {language.name}"
            try:
                box = start_box(backend, BoxOptions(language))
            except BoxUnavailable as exc:
                found.append(Finding(name, "missing", exc.reason, exc.remedy))
                continue
            except JudgeError as exc:
                found.append(Finding(name, "missing", str(exc)))
                continue
            try:
                found.append(_smoke(name, box, language.smoke_source))
            except JudgeError as exc:
                found.append(Finding(name, "missing", str(exc), "Look at the machine's log: it has killed the box."))
            finally:
                box.close()
    return found


def _smoke(name: str, box: Box, source: str) -> Finding:
    result = canary.smoke(box, source, _SMOKE_RUNS)
    if wrong := canary.fault(result):
        return Finding(name, "missing", f"the smoke program fails: {wrong}", "Build the image anew: judge image build")
    under = f"under {box.info.container_runtime}, " if box.info.container_runtime else ""
    facts = f"{under}{box.info.runtime}, walls: {', '.join(box.info.walls)}"
    if lost := box.info.lost_walls():
        remedy = "Run as root, or use docker boxes; Landlock needs Linux 5.13."
        without = "; ".join(f"without {wall}: {what}" for wall, what in lost.items())
        return Finding(name, "degraded", f"{facts}; {without}", remedy)
    if all(round(run.cpu_time_s * 1e9) % _COARSE_NS == 0 for run in result.runs):
        coarse = "its CPU clock moves in whole milliseconds: short times are told as 0"
        return Finding(name, "degraded", f"{facts}; {coarse}", "Let no limit or growth rest on times below 0.1 s.")
    return Finding(name, "ok", facts)


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    _python,
    _user,
    _kernel,
    _clocks,
    _disk,
    _redis,
    _problems,
    _docker,
    _boxes,
)
