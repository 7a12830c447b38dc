"""The `judge` command. One file a sub-command in judge/commands/, imported when it is called.

Exit codes, for all of them: 0 all is well (a verdict AC), 1 another verdict or a failed check, 2 wrong use,
3 the judge itself is at fault (JE, no box, no server).
"""

import importlib
import keyword
import sys
from typing import Any

import click

from judge.errors import JudgeError, PackageError, WrongUse
from judge.terminal import harmless

EXIT_OK, EXIT_NOT_ACCEPTED, EXIT_USAGE, EXIT_JUDGE_ERROR = 0, 1, 2, 3
COMMANDS = (
    "bench", "check", "db", "demo", "doctor", "image", "import", "mutate", "new", "replay", "serve", "submit",
    "verify",
)  # fmt: skip


class LazyGroup(click.Group):
    """Sub-commands by file name: `judge check` is the object `command` in judge/commands/check.py."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = f"{name}_" if keyword.iskeyword(name) else name
        command: click.Command = importlib.import_module(f"judge.commands.{module}").command
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="judge")
def judge() -> None:
    """Judge solutions of coding challenges.

    \b
    Exit codes: 0 accepted or all well, 1 another verdict or a failed check,
                2 wrong use, 3 the judge itself is at fault.

    \b
    Examples:
      judge check two-sum solution.py       judge a local file, no server needed
      judge serve                           start everything on this machine
      judge submit two-sum solution.py      send to a server, wait for the verdict
      judge replay ID                       judge again what a server judged, and compare
      judge new word-count --stdio          a package of your own to begin with
      judge doctor                          what this machine lacks, and how to mend it
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; every JudgeError becomes one sentence and an exit code."""
    try:
        sys.exit(judge.main(arguments, standalone_mode=False) or EXIT_OK)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as exc:
        exc.show()
        sys.exit(EXIT_USAGE)
    except (WrongUse, PackageError) as exc:
        _complain(exc)
        sys.exit(EXIT_USAGE)
    except JudgeError as exc:
        _complain(exc)
        sys.exit(EXIT_JUDGE_ERROR)


def _complain(exc: Exception) -> None:
    click.echo(f"judge: {harmless(str(exc))}", err=True)  # it may quote a package, a server, a path


if __name__ == "__main__":
    main()
