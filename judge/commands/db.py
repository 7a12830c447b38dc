"""judge db: the operator's commands on the database. They are the API's own, run as a program of its package."""

import subprocess
import sys

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Upgrade and look after the database that JUDGE_DATABASE_URL or JUDGE_DATA_DIR names."""
    return subprocess.run([sys.executable, "-m", "api.manage", "db", *arguments], check=False).returncode
