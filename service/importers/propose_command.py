"""`kuntokanta import --propose` and `--profile-file`: a profile for an unseen file, printed, edited and used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import orjson

from service.importers.command_database import errors_in_words, register_of_environment
from service.importers.profile import Profile
from service.importers.profile_file import parse_profile
from service.importers.proposals.answer import proposed


def print_proposal(file: Path, language: str, *, as_json: bool, **known: str | None) -> None:
    """Print a proposed profile as YAML, or all that was found out as JSON; the register is asked where there is one.

    Args:
        file: The file.
        language: Of reasons and comments.
        as_json: Whether to print everything.
        known: `layer`, `asset_class` and `municipality_code`, as far as they are known.
    """
    if os.environ.get("KUNTOKANTA_DATABASE_URL"):
        with register_of_environment() as database:
            found = proposed(database, file, language=language, **known)
    else:
        with errors_in_words():
            found = proposed(None, file, language=language, **known)
    if as_json:
        click.echo(orjson.dumps(found, default=str))
    else:
        sys.stdout.write(found["yaml"])


def profile_in(file: Path) -> Profile:
    """Return the profile in a YAML file; ends the command with every fault of one that is not valid."""
    with errors_in_words():
        return parse_profile(text_of(file))


def text_of(file: Path) -> str:
    """Return a text file's content; raises `click.ClickException` for one that is not UTF-8."""
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The file {file.name} is not text in UTF-8.") from error
