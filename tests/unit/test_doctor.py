"""What `judge doctor` says of a box: under which runtime it is, and what it cannot do."""

from dataclasses import replace

import pytest
from scripted import INFO, ScriptedBox, ended, ok

from judge.commands import doctor
from judge.errors import BoxBroken, BoxUnavailable
from judge.sandbox.base import BoxInfo, Job, JobResult, RunResult

SOUND = BoxInfo("docker", ("chroot", "rlimits", "seccomp", "uid"), "Python 3.11.0", "sha256:1", "runsc")
RIGHT = replace(ok(b"[10000,6]"), cpu_time_s=0.003_123_4)


def finding(run: RunResult = RIGHT, info: BoxInfo = SOUND) -> doctor.Finding:
    return doctor._smoke("box docker, Python 3", ScriptedBox(lambda job: [run] * len(job.inputs), info), "source")


def test_a_sound_box_is_told_with_its_runtime_and_its_walls():
    found = finding()
    assert (found.state, found.found) == ("ok", "under runsc, Python 3.11.0, walls: chroot, rlimits, seccomp, uid")


def test_a_box_without_a_container_has_no_runtime():
    found = finding(info=replace(INFO, container_runtime=None)).found
    assert found.startswith("Python 3.11.0, walls: paper; without ")


@pytest.mark.parametrize("cpu_time_s", [0.0, 0.01])
def test_a_clock_that_moves_in_large_steps_is_told(cpu_time_s: float):
    found = finding(replace(RIGHT, cpu_time_s=cpu_time_s))
    assert found.state == "degraded"
    assert "its CPU clock moves in whole milliseconds" in found.found


def test_a_smoke_program_that_fails_says_how():
    assert finding(ended("died")).found == "the smoke program fails: died"


@pytest.mark.parametrize("fault", [BoxUnavailable("No box.", "Mend it."), BoxBroken("the container ended")])
def test_a_box_that_cannot_be_had_or_breaks_is_a_finding_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    def breaks(job: Job) -> JobResult:
        raise fault

    def start(backend: str, options: object) -> ScriptedBox:
        if isinstance(fault, BoxUnavailable):
            raise fault
        return ScriptedBox(breaks, SOUND)

    monkeypatch.setattr(doctor, "start_box", start)
    found = doctor._boxes()
    assert [one.state for one in found] == ["missing", "missing"]
    assert found[0].found == ("No box." if isinstance(fault, BoxUnavailable) else "the container ended")
    assert found[0].remedy
