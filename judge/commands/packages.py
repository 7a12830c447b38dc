"""What the commands about several packages share: which are meant, and work on all of them at the same time."""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from judge.commands import find_problem, problems_folder
from judge.crew import Crew
from judge.languages import get_language
from judge.package import Problem
from judge.sandbox import BoxOptions, choose_backend

T = TypeVar("T")


def all_slugs() -> list[str]:
    return sorted(path.parent.name for path in problems_folder().glob("*/problem.yaml"))


def load(names: Iterable[str]) -> list[Problem]:
    """Raises UnknownName or PackageError."""
    return [find_problem(name) for name in names]


@contextmanager
def crew_for(box: str) -> Iterator[Crew]:
    """A process for each core, with boxes of that kind."""
    backend, _ = choose_backend(box, BoxOptions(get_language("python")))
    with Crew(backend) as crew:
        yield crew


def for_each(problems: list[Problem], work: Callable[[Problem], T], crew: Crew) -> list[T]:
    """The work's values for all packages, done at the same time: each waits for the crew in a thread of its own."""
    with ThreadPoolExecutor(max(1, len(problems))) as pool, _interruptible(crew):
        try:
            return list(pool.map(work, problems))
        except CancelledError:
            raise KeyboardInterrupt from None
        except BaseException:
            crew.give_up()  # else the other threads would go on to their end
            raise


@contextmanager
def _interruptible(crew: Crew) -> Iterator[None]:
    """Have Ctrl-C end the crew's work itself: an exception alone is lost where the interpreter may not raise one."""

    def end(*_: object) -> NoReturn:
        crew.give_up()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on the terminal, on stderr; call the function after each step with what is being done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=total)
        yield lambda doing: bar.update(task, advance=1, description=doing)
