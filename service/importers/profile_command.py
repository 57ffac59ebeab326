"""`kuntokanta profile`: a municipality's own mapping profiles, kept in the register."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
import orjson

from service.catalogues import LANGUAGES
from service.importers.command_database import register_of_environment
from service.importers.profile_file import profile_names
from service.importers.proposals.vocabulary import PROPOSED_TARGETS
from service.importers.propose_command import print_proposal, text_of
from service.importers.stored_profiles import checked_text, shipped_text
from service.operations.import_profiles import (
    add_profile,
    find_profile,
    list_profiles,
    read_profile,
    remove_profile,
    replace_profile,
)

MOST_LISTED = 10_000
of_municipality = click.option("--municipality", metavar="CODE", required=True, help="Three digits.")


@click.group("profile")
def profile_group() -> None:
    """Mapping profiles: how files become assets."""


@profile_group.command("list")
@click.option("--municipality", metavar="CODE", help="Also its own; without it those of all municipalities.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_command(municipality: str | None, as_json: bool) -> None:
    """List the profiles that come with the service and those that are kept."""
    with register_of_environment() as database:
        own = list_profiles(database, municipality, None, MOST_LISTED)
    found = [{"municipality_code": None, "name": name} for name in profile_names()]
    found += [{name: each[name] for name in ("municipality_code", "name", "title", "changed_by")} for each in own]
    if as_json:
        click.echo(orjson.dumps(found))
    else:
        click.echo("\n".join(f"{each['municipality_code'] or '   '} {each['name']}" for each in found))


@profile_group.command("store")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@of_municipality
def store_command(file: Path, municipality: str) -> None:
    """Keep the profile in FILE (YAML) for a municipality; one of the same name is replaced."""
    with register_of_environment() as database:
        profile, _ = checked_text(text_of(file))
        by = getpass.getuser()
        is_new = find_profile(database, municipality, profile.name) is None
        if is_new:
            add_profile(database, municipality, profile, changed_by=by)
        else:
            replace_profile(database, municipality, profile, expected=None, changed_by=by)
    click.echo(f"The profile {profile.name} of {municipality} is {'kept' if is_new else 'replaced'}.")


@profile_group.command("show")
@click.argument("name")
@click.option("--municipality", metavar="CODE", help="Its own; without it, one that comes with the service.")
def show_command(name: str, municipality: str | None) -> None:
    """Print a profile as YAML."""
    with register_of_environment() as database:
        own = None if municipality is None or name in profile_names() else read_profile(database, municipality, name)
        click.echo(shipped_text(name) if own is None else own["document"], nl=False)


@profile_group.command("delete")
@click.argument("name")
@of_municipality
def delete_command(name: str, municipality: str) -> None:
    """Remove a municipality's profile; what was imported by it stays."""
    with register_of_environment() as database:
        remove_profile(database, municipality, name, expected=None)
    click.echo(f"The profile {name} of {municipality} is removed.")


@profile_group.command("propose")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--municipality", metavar="CODE", help="Where the rows lie, three digits.")
@click.option("--layer", metavar="NAME", help="Layer or sheet, where the file has several.")
@click.option("--class", "asset_class", type=click.Choice(PROPOSED_TARGETS), metavar="CLASS", help="What the rows are.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fi", show_default=True, help="Of the comments.")
@click.option("--json", "as_json", is_flag=True, help="Print all that was found out of every column as JSON.")
def propose_command(
    file: Path, municipality: str | None, layer: str | None, asset_class: str | None, lang: str, as_json: bool
) -> None:
    """Propose a profile for FILE and print it as YAML, for a person to edit."""
    known = {"layer": layer, "asset_class": asset_class, "municipality_code": municipality}
    print_proposal(file, lang, as_json=as_json, **known)
