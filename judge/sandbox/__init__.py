"""Boxes: where foreign code runs. BACKENDS is the one list of them; adding one means a file here and a line there."""

from collections.abc import Callable

from judge.errors import BoxUnavailable, UnknownName
from judge.sandbox import canary, docker, fake, local
from judge.sandbox.base import Box
from judge.sandbox.boxes import RECYCLE_AFTER, Boxes
from judge.sandbox.keeper import Census
from judge.sandbox.launched import BoxOptions

BACKENDS: dict[str, Callable[[BoxOptions], Box]] = {"docker": docker.start, "local": local.start, "fake": fake.start}
AUTO = "auto"


__all__ = ["AUTO", "BACKENDS", "Box", "BoxOptions", "Boxes", "Census", "choose_backend", "start_box", "start_boxes"]


def start_box(backend: str, options: BoxOptions) -> Box:
    """Start a box. Raises UnknownName or BoxUnavailable."""
    if backend not in BACKENDS:
        raise UnknownName("box", backend, [AUTO, *BACKENDS])
    return BACKENDS[backend](options)


def start_boxes(backend: str, options: BoxOptions, recycle_after: int = RECYCLE_AFTER) -> Boxes:
    """Start what judging needs: boxes that can judge. Raises UnknownName or BoxUnavailable."""
    return Boxes(lambda: canary.tried(start_box(backend, options), options.language), recycle_after)


def choose_backend(wanted: str, options: BoxOptions) -> tuple[str, str]:
    """(backend, why) for what the settings say; `auto` takes docker where daemon and image are at hand, else local."""
    if wanted != AUTO:
        if wanted not in BACKENDS:
            raise UnknownName("box", wanted, [AUTO, *BACKENDS])
        return wanted, "as the settings say"
    try:
        start_box("docker", options).close()
    except BoxUnavailable as exc:
        return "local", f"{exc.reason} {local.NOTE}"
    return "docker", "a Docker daemon answers and has the sandbox image"
