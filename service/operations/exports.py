"""Exports: the register of a municipality, or a part of it, as a file of one snapshot."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.exporters.contents import ExportTerms, TableRows
from service.exporters.explanations import told_losses
from service.exporters.formats import FORMATS, TM35FIN, ZIP
from service.operations.export_requests import ARCHIVE, ExportRequest, check_request, format_of, selections
from service.queries.export_rows import Rows, look_at_rows, read_export_rows
from service.queries.export_tables import export_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from service.database import Database
    from service.exporters.formats import ExportFormat
    from service.operations.export_requests import Asked
    from service.queries.export_rows import ExportSelection

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ExportSummary:
    """What was exported.

    Attributes:
        format: Name of the format.
        file_name: What the file is to be called.
        media_type: What it is.
        rows: Number of rows by table.
        losses: What the format does not hold, in the language of the request.
        seconds: How long it took.
    """

    format: str
    file_name: str
    media_type: str
    rows: dict[str, int] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return dict(vars(self))


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far the export is."""


def write_export(
    database: Database, request: ExportRequest, path: Path, progress: Progress = no_progress
) -> ExportSummary:
    """Write an export into a file and return what is in it; everything is read from one snapshot.

    Args:
        database: The register.
        request: What is asked for.
        path: The file; what is there is replaced, by a whole file or not at all.
        progress: Told the step (`write`), rows done and rows in all.

    Raises:
        InvalidData: The request is faulty, with every fault.
    """
    started = time.monotonic()
    ending = "zip" if request.format not in FORMATS else FORMATS[request.format].ending
    part = path.with_name(f".{path.name}.part.{ending}")
    try:
        if request.format == ARCHIVE:
            summary = _archive(database, request, part, progress)
        else:
            with database.reading() as connection:
                summary = _write(connection, request, part, progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    seconds = round(time.monotonic() - started, 3)
    return ExportSummary(**{**vars(summary), "seconds": seconds})


def _archive(database: Database, request: ExportRequest, path: Path, progress: Progress) -> ExportSummary:
    from service.operations.archives import write_archive  # noqa: PLC0415 -- Alembic, only where it is needed

    with database.reading() as connection:
        check_request(connection, request)
    code = request.municipality_code
    rows = write_archive(database, code, path, with_runs=request.with_runs, progress=progress)
    return ExportSummary(ARCHIVE, f"{code}_kuntokanta_archive.zip", ZIP, rows)


def _write(connection: Connection, request: ExportRequest, path: Path, progress: Progress) -> ExportSummary:
    asked = check_request(connection, request)
    form = format_of(request)
    terms = _terms(request, form, asked)
    tables = _tables(connection, asked, request, terms, progress)
    form.write(path, tables, terms)
    is_plain = form.has_one_file or len(tables) == 1
    name = f"{request.municipality_code}_{tables[0].table.code if len(tables) == 1 else 'kuntokanta'}"
    return ExportSummary(
        form.name,
        f"{name}.{form.ending if is_plain else f'{form.name}.zip'}",
        form.media_type if is_plain else ZIP,
        {each.table.code: each.content.rows for each in tables},
        told_losses(terms),
    )


def _terms(request: ExportRequest, form: ExportFormat, asked: Asked) -> ExportTerms:
    srid = request.srid or form.srid
    losses = [*form.losses]
    losses += ["projection"] if srid != TM35FIN else []
    losses += ["points_only"] if request.as_columns else []
    return ExportTerms(
        municipality=asked.names[request.language],
        language=request.language,
        srid=srid,
        for_excel=request.for_excel,
        as_columns=request.as_columns,
        with_explanations=False,
        losses=tuple(losses),
        written_on=datetime.datetime.now(datetime.UTC).date(),
    )


def _tables(
    connection: Connection, asked: Asked, request: ExportRequest, terms: ExportTerms, progress: Progress
) -> list[TableRows]:
    """Return the tables that have rows, and those of the classes that were named."""
    chosen = selections(connection, request, asked.filters)
    looked = [(each, look_at_rows(connection, each)) for each in chosen]
    kept = [(each, found) for each, found in looked if found.rows or each.table in request.classes]
    counter = _Counter(sum(found.rows for _, found in kept), progress)
    return [
        TableRows(export_tables()[each.table], found, _reader(connection, each, terms.srid, counter))
        for each, found in kept
    ]


class _Counter:
    """Counts the rows that were read and tells of them."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def counted(self, batches: Iterator[Rows]) -> Iterator[Rows]:
        """Give batches on, telling how many rows there were."""
        for batch in batches:
            yield batch
            self.done = min(self.done + len(batch), self.total)
            self.progress("write", self.done, self.total)


def _reader(
    connection: Connection, selection: ExportSelection, srid: int, counter: _Counter
) -> Callable[[], Iterator[Rows]]:
    return lambda: counter.counted(read_export_rows(connection, selection, f"EPSG:{srid}"))
