"""`kuntokanta export`: the register of a municipality, or a part of it, as a file for other systems."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click
import orjson
from tqdm import tqdm

from models.registry import ASSET_CLASSES
from service.catalogues import LANGUAGES
from service.commands.plain import open_database, plainly
from service.operations.archives import restore_archive
from service.operations.export_requests import FORMAT_NAMES, ExportRequest
from service.operations.exports import ExportSummary, Progress, write_export
from service.operations.templates import TEMPLATE_FORMATS, TemplateRequest, write_template


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--municipality", required=True, metavar="CODE", help="Three digits.")
@click.option("--format", "form", type=click.Choice(FORMAT_NAMES), required=True)
@click.option(
    "--class", "classes", multiple=True, type=click.Choice(list(ASSET_CLASSES)), help="Several times at will."
)
@click.option("--district", metavar="CODE", help="Only assets of this district.")
@click.option("--filter", "condition", metavar="CQL2", help='E.g. "condition_index < 0.4 AND built_year < 1980".')
@click.option("--records/--no-records", default=None, help="Components, assessments …: unless classes are named.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fi", help="Of headings, styles and explanations.")
@click.option("--srid", type=int, metavar="EPSG", help="3067 (the default, GeoJSON 4326), 4326, 3873 … 3885.")
@click.option("--for-excel", is_flag=True, help="CSV with semicolons and decimal commas.")
@click.option("--coordinates", is_flag=True, help="CSV with easting and northing of points instead of WKT.")
@click.option("--runs/--no-runs", default=True, help="Whether an archive holds runs with their results.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Assets as they were at the end of this day, with the figures of then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@plainly
def export_command(
    file: Path,
    municipality: str,
    form: str,
    classes: tuple[str, ...],
    district: str | None,
    condition: str | None,
    records: bool | None,
    lang: str,
    srid: int | None,
    for_excel: bool,
    coordinates: bool,
    runs: bool,
    as_of: datetime.datetime | None,
    as_json: bool,
) -> None:
    """Write a municipality's register into FILE; several tables of a format that holds one go into a ZIP archive."""
    request = ExportRequest(
        municipality_code=municipality,
        format=form,
        classes=classes,
        district_code=district,
        filter=condition,
        with_records=records,
        language=lang,
        srid=srid,
        for_excel=for_excel,
        as_columns=coordinates,
        with_runs=runs,
        as_of=None if as_of is None else as_of.date().isoformat(),
    )
    with open_database() as database, tqdm(unit=" rows", disable=as_json or None, leave=False) as bar:
        summary = write_export(database, request, file, _progress(bar))
    click.echo(orjson.dumps(summary.as_dict()) if as_json else _told(summary, file))


@click.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--class", "asset_class", type=click.Choice(list(ASSET_CLASSES)), required=True)
@click.option("--format", "form", type=click.Choice(TEMPLATE_FORMATS), default="xlsx", help="CSV comes as a ZIP.")
@click.option("--municipality", metavar="CODE", help="Fill it with the municipality's assets of the class.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fi")
@click.option("--for-excel", is_flag=True, help="CSV with semicolons and decimal commas.")
@plainly
def template_command(
    file: Path, asset_class: str, form: str, municipality: str | None, lang: str, for_excel: bool
) -> None:
    """Write a form of a class into FILE; filled in, it is imported by the profile kuntokanta_records."""
    with open_database() as database:
        count = write_template(database, TemplateRequest(asset_class, form, lang, municipality, for_excel), file)
    click.echo(f"{file.name}: {count} assets")


@click.command("restore-archive")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
@plainly
def restore_command(file: Path, as_json: bool) -> None:
    """Put the municipality of FILE, an archive, into a register that has nothing of it: all of it or nothing."""
    with open_database() as database, tqdm(unit=" tables", disable=as_json or None, leave=False) as bar:
        restored = restore_archive(database, file, progress=_progress(bar))
    if as_json:
        click.echo(orjson.dumps(vars(restored)))
        return
    told = f"{sum(restored.rows.values())} rows of {len(restored.rows)} tables in {restored.seconds:.1f} s"
    click.echo(f"Municipality {restored.municipality_code} is restored: {told}.")
    for table, count in restored.other_national.items():
        click.echo(f"  {count} rows of {table} differ from the register's, which keeps its own")


def _progress(bar: Any) -> Progress:
    def told(step: str, done: int, total: int) -> None:
        bar.set_description(step, refresh=False)
        bar.total, bar.n = total, done
        bar.refresh()

    return told


def _told(summary: ExportSummary, file: Path) -> str:
    lines = [f"{file.name}: {sum(summary.rows.values())} rows of {len(summary.rows)} tables in {summary.seconds:.1f} s"]
    lines += [f"  {count:>9} {table}" for table, count in summary.rows.items()]
    return "\n".join([*lines, *(f"  not held: {each}" for each in summary.losses)])
