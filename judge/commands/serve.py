"""judge serve: everything on this machine, until Ctrl-C."""

import os
import signal
import threading
from contextlib import closing
from pathlib import Path
from types import FrameType

import click

from judge.commands import BOXES, problems_folder
from judge.languages import get_language
from judge.package import load_packages
from judge.sandbox import BoxOptions, choose_backend, start_box
from judge.stack import Stack, StackOptions

_LOOK_EVERY_S = 1.0


@click.command(
    epilog="""\b
Examples:
  judge serve
  judge serve --port 9000 --box local --data /srv/judge

\b
Settings from the environment: JUDGE_REDIS_URL and JUDGE_DATABASE_URL take the place of
the private Redis server and the SQLite file."""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
              help="Where the database and the logs are kept.")  # fmt: skip
@click.option(
    "--problems", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The folder of packages."
)
@click.option("--box", type=BOXES, default="auto", show_default=True, help="Where solutions run.")
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default="one per core",
              help="How many submissions are judged at once.")  # fmt: skip
def command(host: str, port: int, data: Path, problems: Path | None, box: str, workers: int) -> None:
    """Start a private Redis server, the API and a worker, and stay until Ctrl-C."""
    folder = (problems or problems_folder()).absolute()
    count = len(load_packages(folder))
    backend, why = choose_backend(box, BoxOptions(get_language("python")))
    walls = _lost_walls(backend)
    stop = threading.Event()

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    options = StackOptions(data.absolute(), folder, backend, port, host, workers)
    with Stack(options) as stack:
        click.echo(f"box: {backend} ({why})")
        for wall, lost in walls.items():
            click.echo(f"without the wall {wall}: {lost} (docs/hardening.md)")
        click.echo(f"judge serves {count} problems at {stack.url} (docs: {stack.url}/docs)")
        _show_key(stack)
        while not stop.wait(_LOOK_EVERY_S):
            stack.watch()
        click.echo("stopping")


def _lost_walls(backend: str) -> dict[str, str]:
    with closing(start_box(backend, BoxOptions(get_language("python")))) as box:
        return box.info.lost_walls()


def _show_key(stack: Stack) -> None:
    key = stack.create_key("first", only_if_none=True)
    if not key:
        click.echo("An API key exists already; make another: python -m api.manage create-key NAME")
        return
    click.echo(f"API key (shown only now): {key}\n\nTry it:\n")
    click.echo(f"""curl -s '{stack.url}/api/v1/submissions?wait=30' \\
  -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
  -d '{{"problem": "two-sum", "language": "python", "source": "def two_sum(nums, target):\\n    seen = {{}}\\n    \
for i, n in enumerate(nums):\\n        if target - n in seen:\\n            return [seen[target - n], i]\\n        \
seen[n] = i\\n"}}'
""")
