"""The two boxes of whoever judges: one for submissions, one for the jury's programs.

What a package's checkers and generators know (expected outputs above all) never enters the box that runs submissions.
The jury's box is started when it is first used: most packages need it only once, to be built.
"""

from collections.abc import Callable

from judge.sandbox.base import Box
from judge.sandbox.keeper import BoxKeeper, Census

RECYCLE_AFTER = 1000


class Boxes:
    """Both boxes, each kept ready whatever happens to it. Not for use by several threads at once."""

    def __init__(self, start: Callable[[], Box], recycle_after: int = RECYCLE_AFTER) -> None:
        self._start = start
        self.census = Census()
        self._submissions = BoxKeeper(start, recycle_after, self.census)
        self._jury: BoxKeeper | None = None

    @property
    def submissions(self) -> Box:
        return self._submissions

    @property
    def jury(self) -> Box:
        """Raises BoxUnavailable when it must be started and cannot be."""
        if self._jury is None:
            self._jury = BoxKeeper(self._start, RECYCLE_AFTER, self.census)
        return self._jury

    def ready(self) -> None:
        """Have the box for submissions running. Raises BoxUnavailable."""
        self._submissions.ready()

    def submission_ends(self) -> None:
        """Say that the next job belongs to another submission."""
        self._submissions.submission_ends()

    def give_up(self) -> None:
        """Throw away what is in doubt: both boxes, for their programs may still be waiting for each other."""
        for keeper in (self._submissions, self._jury):
            if keeper:
                keeper.give_up()

    def close(self) -> None:
        self._submissions.close()
        if self._jury:
            self._jury.close()
