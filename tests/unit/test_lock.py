"""The lock files hold what every Python we promise needs, not only the one that they were made with."""

import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11.0", "3.11.2", "3.11.9", "3.12.4", "3.13.1")


def locked(name: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_is_missing_from_the_lock(python: str):
    """`pip install --require-hashes` refuses the whole file when one requirement is not pinned in it."""
    names = locked("requirements.lock")
    environment = {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    missing = set()
    for name in names:
        try:
            wanted = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another Python than this
        for requirement in map(Requirement, wanted):
            applies = requirement.marker is None or requirement.marker.evaluate(environment)
            if applies and canonicalize_name(requirement.name) not in names:
                missing.add(f"{name} needs {requirement}")
    assert not missing


@pytest.mark.parametrize("tools", ["requirements-dev.lock", "requirements-fuzz.lock"])
def test_tools_build_on_the_same_versions(tools: str):
    runtime, with_tools = (
        dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", tools)
    )
    assert runtime.items() < with_tools.items()
