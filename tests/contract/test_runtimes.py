"""A box runs under the container runtime that the settings name, or there is none, and the reason is said."""

from types import SimpleNamespace
from typing import Any

import pytest
from boxes import options
from runtimes import further_runtimes

from judge.errors import BoxUnavailable
from judge.sandbox import start_box
from judge.sandbox.docker import _runtime_of, connect


def test_a_box_says_which_runtime_it_is_under(require, monkeypatch: pytest.MonkeyPatch, leak_detector: None):
    require("image")
    require("runtime")
    runtime = further_runtimes()[0]
    monkeypatch.setenv("JUDGE_DOCKER_RUNTIME", runtime)
    box = start_box("docker", options())
    assert box.info.container_runtime == runtime
    box.close()


def test_without_a_setting_it_is_the_daemons_default(require, monkeypatch: pytest.MonkeyPatch, leak_detector: None):
    require("image")
    client = connect()
    default = client.info()["DefaultRuntime"].rpartition("/")[2]
    client.close()
    monkeypatch.setenv("JUDGE_DOCKER_RUNTIME", "")
    box = start_box("docker", options())
    assert box.info.container_runtime == default
    box.close()


def test_an_unknown_runtime_is_named_with_those_there_are(
    require, monkeypatch: pytest.MonkeyPatch, leak_detector: None
):
    require("image")
    monkeypatch.setenv("JUDGE_DOCKER_RUNTIME", "there-is-no-such-runtime")
    with pytest.raises(BoxUnavailable) as caught:
        start_box("docker", options())
    assert "there-is-no-such-runtime" in caught.value.reason
    assert "runc" in caught.value.reason


def podman(default: str) -> Any:
    """What Podman's Docker API tells of every container, whatever runtime was asked for."""
    api = SimpleNamespace(inspect_container=lambda container_id: {"HostConfig": {"Runtime": "oci"}})
    return SimpleNamespace(api=api, info=lambda: {"DefaultRuntime": default})


def test_a_daemon_that_does_not_do_as_it_is_asked_is_found_out():
    assert _runtime_of(podman("/usr/bin/crun"), "id", None) == "crun"
    assert _runtime_of(podman("crun"), "id", "crun") == "crun"
    with pytest.raises(BoxUnavailable, match=r"under runsc, .* but under crun"):
        _runtime_of(podman("/usr/bin/crun"), "id", "runsc")
