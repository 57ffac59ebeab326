"""`kuntokanta import`: the import on the command line, with a progress bar and exit codes that scripts can trust."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never

import click
import orjson
from environs import EnvError
from tqdm import tqdm

from service.database import Database
from service.errors import KuntokantaError
from service.importers.pipeline import import_file
from service.importers.profile_file import profile_names
from service.operations.import_report import ImportFault, ImportReport
from service.operations.imports import Progress
from service.settings import settings_from_environment

EXIT_FAULTS, EXIT_USAGE = 1, 2
SHOWN_FAULTS = 50


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", required=True, metavar="NAME", help="Mapping profile; --list names them.")
@click.option("--municipality", metavar="CODE", help="Three digits; needed where the file does not name it.")
@click.option("--dry-run", is_flag=True, help="Check and count, write nothing.")
@click.option("--accept-partial", is_flag=True, help="Write the good rows although others are faulty.")
@click.option("--layer", metavar="NAME", help="Layer or sheet, where the file has several.")
@click.option("--crs", metavar="CODE", help="Coordinate system of the file, such as EPSG:3878, whatever it says.")
@click.option("--confirm-crs", is_flag=True, help="Take the system that the coordinates look like, if none is told.")
@click.option("--json", "as_json", is_flag=True, help="Print the check report as JSON.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *given: _list_profiles(given),
    help="List the profiles.",
)
def import_command(
    file: Path, *, profile: str, municipality: str | None, accept_partial: bool, as_json: bool, **options: Any
) -> None:
    """Import FILE into the register by a mapping profile.

    Exit code 0: imported, or a dry run without faults; 1: faults; 2: wrong usage.
    """
    try:
        database = Database(settings_from_environment().database_url, pool_size=1)
    except EnvError as error:
        raise click.UsageError(f"{error} (the database is named by KUNTOKANTA_DATABASE_URL)") from error
    try:
        options["accept_partial"] = accept_partial
        report = _imported(database, file, profile, municipality, options, quiet=as_json)
    except KuntokantaError as error:
        raise click.UsageError(error.detail) from error
    finally:
        database.close()
    click.echo(orjson.dumps(report.as_dict()) if as_json else _summary(report))
    if report.errors and not (report.applied and accept_partial):
        raise click.exceptions.Exit(EXIT_FAULTS)


def _imported(
    database: Database,
    file: Path,
    profile: str,
    municipality: str | None,
    options: Mapping[str, Any],
    *,
    quiet: bool,
) -> ImportReport:
    with tqdm(unit=" rows", disable=True if quiet else None, leave=False) as bar:
        return import_file(
            database,
            file,
            profile,
            municipality,
            **options,
            changed_by=getpass.getuser(),
            progress=_progress(bar),
        )


def _progress(bar: tqdm[Never]) -> Progress:
    def told(step: str, done: int, total: int) -> None:
        bar.set_description(step, refresh=False)
        bar.total, bar.n = total, done
        bar.refresh()

    return told


def _list_profiles(given: tuple[object, ...]) -> None:
    context, _, wanted = given
    if wanted and isinstance(context, click.Context):
        click.echo("\n".join(profile_names()))
        context.exit()


def _summary(report: ImportReport) -> str:
    what = "dry run, nothing written" if report.dry_run else "written" if report.applied else "nothing written"
    lines = [f"{report.file_name} by {report.profile}: {what}; {report.rows_read} rows in {report.seconds:.1f} s"]
    for name, counts in report.targets.items():
        told = f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged, {counts.faulty} faulty"
        lines.append(f"  {name}: {told}")
    if report.rows_skipped:
        lines.append(f"  {report.rows_skipped} rows left out by the profile or of other municipalities")
    lines += [_fault_line(fault) for fault in report.faults[:SHOWN_FAULTS]]
    hidden = len(report.faults) - SHOWN_FAULTS
    return "\n".join([*lines, f"  … and {hidden} more; --json shows all"] if hidden > 0 else lines)


def _fault_line(fault: ImportFault) -> str:
    place = " ".join(filter(None, [f"row {fault.row}" if fault.row else "", fault.column or ""]))
    return f"  {fault.severity}: {place + ': ' if place else ''}{fault.detail}"
