"""judge image build: the sandbox images."""

import click

from judge.image import build_image
from judge.languages import get_language, languages
from judge.sandbox.launched import sandbox_image


@click.group(
    epilog="""\b
Example:
  judge image build"""
)
def command() -> None:
    """Sandbox images."""


@command.command(
    epilog="""\b
Examples:
  judge image build
  judge image build python --base debian:bookworm-slim"""
)
@click.argument("language", required=False)
@click.option("--base", help="The base image; it needs Python 3.11 or apt-get. By default a public one, or, where no "
              "registry answers, one made from Debian packages.")  # fmt: skip
def build(language: str | None, base: str | None) -> None:
    """Build the sandbox image of LANGUAGE, or of all languages."""
    for chosen in [get_language(language)] if language else languages().values():
        image_id = build_image(chosen, base, click.echo)
        click.echo(f"{sandbox_image(chosen)}: {image_id}")
