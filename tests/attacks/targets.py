"""What the attacks are fired at: a box of each backend, kept for the whole session, with a look into it."""

from dataclasses import dataclass

from leaks import child_processes
from look import Inside, State, inside_of

from judge.attack_check import Range
from judge.languages import get_language
from judge.sandbox import Boxes, BoxOptions, start_boxes


@dataclass
class Target:
    """A range with the look into its present box."""

    boxes: Boxes
    range: Range
    inside: Inside
    first: State


class Targets:
    """A target of each backend; one whose box broke is replaced."""

    def __init__(self, containers: list[str]) -> None:
        self._containers, self._targets = containers, dict[str, Target]()

    def get(self, backend: str) -> Target:
        if backend not in self._targets:
            self._targets[backend] = self._new(backend)
        return self._targets[backend]

    def forget(self, backend: str) -> None:
        self._targets.pop(backend).boxes.close()

    def close(self) -> None:
        for target in self._targets.values():
            target.boxes.close()

    def _new(self, backend: str) -> Target:
        before, first = child_processes(), len(self._containers)

        boxes = start_boxes(backend, BoxOptions(get_language("python")), recycle_after=100_000)
        inside = inside_of(before, self._containers[first:])
        return Target(boxes, Range(boxes), inside, inside.state())
