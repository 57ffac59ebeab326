"""`kuntokanta import`: the import on the command line, with a progress bar and exit codes that scripts can trust."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never

import click
import orjson
from environs import EnvError
from tqdm import tqdm

from service.catalogues import LANGUAGES
from service.database import Database
from service.errors import KuntokantaError
from service.importers.fault_files import SUFFIXES, write_fault_file
from service.importers.fault_lines import fault_lines
from service.importers.geometry_repair import GEOMETRY_REPAIR, REPAIR
from service.importers.own_profiles import OWN_PROFILES
from service.importers.pipeline import import_file
from service.importers.profile import Profile
from service.importers.profile_file import profile_names
from service.importers.propose_command import print_proposal, profile_in
from service.operations.import_checks import KEEP, ON_CONFLICT
from service.operations.import_report import ImportReport, Severity
from service.operations.import_undo import UndoReport, undo_import
from service.operations.imports import Progress
from service.settings import settings_from_environment

EXIT_FAULTS, EXIT_USAGE = 1, 2
SHOWN_CONFLICTS = 50
IMPORT_ID = re.compile(r"(\d{3})-(\d{1,15})", re.ASCII)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--profile", metavar="NAME", help="Mapping profile: the municipality's, or one that --list names.")
@click.option("--profile-file", type=click.Path(path_type=Path), metavar="YAML", help="Mapping profile in a file.")
@click.option("--propose", is_flag=True, help="Print a mapping profile for FILE as YAML, to be edited.")
@click.option("--municipality", metavar="CODE", help="Three digits; needed where the file does not name it.")
@click.option("--dry-run", is_flag=True, help="Check and count, write nothing.")
@click.option("--accept-partial", is_flag=True, help="Write the good rows although others are faulty.")
@click.option("--layer", metavar="NAME", help="Layer or sheet, where the file has several.")
@click.option("--crs", metavar="CODE", help="Coordinate system of the file, such as EPSG:3878, whatever it says.")
@click.option("--confirm-crs", is_flag=True, help="Take the system that the coordinates look like, if none is told.")
@click.option(
    "--geometry-repair",
    type=click.Choice(GEOMETRY_REPAIR),
    default=REPAIR,
    show_default=True,
    help="What to do with invalid shapes: a repaired one is told with its size before and after.",
)
@click.option(
    "--on-conflict",
    type=click.Choice(ON_CONFLICT),
    default=KEEP,
    show_default=True,
    help="What to do with values that people set since the last import of this source.",
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the check report there: .xlsx, .json, or .geojson of the faulty places.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="fi",
    show_default=True,
    help="Language of the workbook, and of a proposal.",
)
@click.option(
    "--undo", metavar="ID", help="Take an import back, such as 091-17; with --dry-run, only say what it would do."
)
@click.option("--json", "as_json", is_flag=True, help="Print the check report as JSON.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *given: _list_profiles(given),
    help="List the profiles.",
)
def import_command(file: Path | None, *, profile: str | None, undo: str | None, as_json: bool, **options: Any) -> None:
    """Import FILE into the register by a mapping profile, or propose one for it, or take an import back.

    Exit code 0: imported, or a dry run without faults; undone without conflicts; 1: faults or conflicts; 2: wrong
    usage.
    """
    profile_file, proposing = options.pop("profile_file"), options.pop("propose")
    _check_usage(file, [profile, profile_file, proposing], undo, options["faults"])
    if proposing and file is not None:
        known = {"layer": options["layer"], "municipality_code": options["municipality"]}
        print_proposal(file, options["lang"], as_json=as_json, **known)
        return
    chosen = profile or (profile_in(profile_file) if profile_file else "")
    try:
        database = Database(settings_from_environment().database_url, pool_size=1)
    except EnvError as error:
        raise click.UsageError(f"{error} (the database is named by KUNTOKANTA_DATABASE_URL)") from error
    try:
        if undo is not None:
            is_good = _undo(database, undo, dry_run=options["dry_run"], as_json=as_json)
        else:
            is_good = _import(database, Path(file or ""), chosen, options, as_json=as_json)
    except KuntokantaError as error:
        raise click.UsageError(error.detail) from error
    finally:
        database.close()
    if not is_good:
        raise click.exceptions.Exit(EXIT_FAULTS)


def _check_usage(file: Path | None, profiles: list[object], undo: str | None, faults: Path | None) -> None:
    if undo is None and (file is None or sum(map(bool, profiles)) != 1):
        raise click.UsageError("An import needs FILE and --profile or --profile-file; or --propose.")
    if undo is not None and file is not None:
        raise click.UsageError("--undo takes no FILE.")
    if faults is not None and faults.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--faults takes a file named *{', *'.join(SUFFIXES)}.")


def _undo(database: Database, name: str, *, dry_run: bool, as_json: bool) -> bool:
    """Take an import back; return whether all of it could be."""
    found = IMPORT_ID.fullmatch(name)
    if found is None:
        raise click.UsageError(f"{name} is not an import's id, such as 091-17.")
    report = undo_import(database, found[1], int(found[2]), undone_by=getpass.getuser(), dry_run=dry_run)
    click.echo(orjson.dumps(report.as_dict()) if as_json else _undo_summary(report))
    return not report.conflict_count


def _undo_summary(report: UndoReport) -> str:
    what = "would be undone, nothing written" if report.dry_run else "undone"
    counts = f"{report.removed} removed, {report.restored} put back, {report.retired} retired"
    lines = [f"import {report.municipality_code}-{report.batch_id} {what}: {counts}, {report.conflict_count} left"]
    lines += [f"  {each.target} {each.key}: {each.detail}" for each in report.conflicts[:SHOWN_CONFLICTS]]
    hidden = report.conflict_count - SHOWN_CONFLICTS
    return "\n".join([*lines, f"  … and {hidden} more"] if hidden > 0 else lines)


def _import(
    database: Database, file: Path, profile: str | Profile, options: Mapping[str, Any], *, as_json: bool
) -> bool:
    """Import a file and say what came of it; return whether all is well."""
    given = {name: value for name, value in options.items() if name not in ("faults", "lang", "municipality")}
    report = _imported(database, file, profile, options["municipality"], given, quiet=as_json)
    if options["faults"] is not None:
        _write_faults(report, options["faults"], options["lang"])
    click.echo(orjson.dumps(report.as_dict()) if as_json else _summary(report))
    return not report.count(Severity.ERROR) or (report.applied and options["accept_partial"])


def _write_faults(report: ImportReport, path: Path, language: str) -> None:
    try:
        write_fault_file(report, path, language)
    except OSError as error:
        raise click.UsageError(f"The faults cannot be written: {error}.") from error


def _imported(
    database: Database,
    file: Path,
    profile: str | Profile,
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
        click.echo("\n".join([*profile_names(), *OWN_PROFILES]))
        context.exit()


def _summary(report: ImportReport) -> str:
    what = "dry run, nothing written" if report.dry_run else "written" if report.applied else "nothing written"
    lines = [f"{report.file_name} by {report.profile}: {what}; {report.rows_read} rows in {report.seconds:.1f} s"]
    for name, counts in report.targets.items():
        told = f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged, {counts.faulty} faulty"
        lines.append(f"  {name}: {told}")
        if counts.changed_fields:
            fields = ", ".join(f"{field} {count}" for field, count in counts.changed_fields.items())
            lines.append(f"    changed: {fields}")
        if counts.missing:
            lines.append(f"    {counts.missing} in the register but not in the file; they stay as they are")
    if report.rows_skipped:
        lines.append(f"  {report.rows_skipped} rows left out by the profile or of other municipalities")
    return "\n".join([*lines, *fault_lines(report)])
