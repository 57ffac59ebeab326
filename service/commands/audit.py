"""`kuntokanta audit`: what was written as a file, and pseudonyms instead of names once their time is over."""

from __future__ import annotations

import datetime
from typing import IO

import click

from service.commands.plain import open_database, plainly
from service.operations.audit import AUDIT_FILES, all_entries
from service.operations.audit_retention import redact_audit
from service.queries.asset_key import parse_asset_key
from service.queries.audit_reading import VIA, AuditQuery
from service.settings import settings_from_environment

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("audit")
def audit_group() -> None:
    """Who wrote what, when, by which way and from where."""


@audit_group.command("export")
@click.argument("file", type=click.File("wb", atomic=True))
@click.option("--municipality", required=True, metavar="CODE", help="Three digits; 000 has what is national.")
@click.option("--format", "form", type=click.Choice(list(AUDIT_FILES)), default="csv")
@click.option("--table", help="Only writes of this table; asset has those of all classes.")
@click.option("--record", help="Only of this record of the table.")
@click.option("--asset", metavar="ID", help="Only of this asset and what belongs to it.")
@click.option("--by", help="Only by this one.")
@click.option("--via", type=click.Choice(VIA), help="Only by this way.")
@click.option("--since", type=_DAY, metavar="DAY", help="Not before this day, in Finnish time.")
@click.option("--until", type=_DAY, metavar="DAY", help="Not after this day, in Finnish time.")
@plainly
def export_command(
    file: IO[bytes],
    municipality: str,
    form: str,
    table: str | None,
    record: str | None,
    asset: str | None,
    by: str | None,
    via: str | None,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
) -> None:
    """Write the audit of a municipality into FILE (- is standard output), the newest first."""
    key = None if asset is None else parse_asset_key(asset)
    if asset is not None and (key is None or key.municipality_code != municipality):
        raise click.UsageError(f"{asset} is no asset of municipality {municipality}.")
    query = AuditQuery(
        municipality,
        table,
        record,
        None if key is None else key.asset_id,
        by,
        via,
        None if since is None else since.date(),
        None if until is None else until.date(),
    )
    with open_database() as database:
        for part in AUDIT_FILES[form][1](all_entries(database, query)):
            file.write(part)


@audit_group.command("redact")
@click.option("--days", type=click.IntRange(0), help="Keep names for so many days: KUNTOKANTA_AUDIT_PERSONAL_DAYS.")
@plainly
def redact_command(days: int | None) -> None:
    """Put pseudonyms in the place of names, and remove addresses, in what is older than names are kept."""
    settings = settings_from_environment()
    kept = settings.audit_personal_days if days is None else days
    if kept is None:
        raise click.UsageError("For how many days are names kept? Set KUNTOKANTA_AUDIT_PERSONAL_DAYS, or give --days.")
    counts = redact_audit(settings.migration_url or settings.database_url, kept)
    for table, count in counts.items():
        click.echo(f"{count:>9} {table}")
    click.echo(f"No names older than {kept} days are left.")
