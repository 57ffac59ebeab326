"""The formats of exports: how each is written, what it is called, and what it does not hold."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from service.exporters.contents import ExportTerms, TableRows
from service.exporters.csv_files import write_csv, write_csv_rows
from service.exporters.explanations import about_lines, explained_codes, explained_columns

TM35FIN, WGS84 = 3067, 4326
_NEVER_HELD = ("history",)
ZIP = "application/zip"
_TEXT_FILE = "README.txt"

WriteTables = Callable[[Path, Sequence[TableRows], ExportTerms], None]
WriteTable = Callable[[Path, TableRows, ExportTerms], None]


@dataclass(frozen=True)
class ExportFormat:
    """A format.

    Attributes:
        name: Name in requests.
        ending: Ending of a file.
        media_type: Its media type.
        write: Writes the tables of an export.
        has_one_file: Whether one file holds all tables; else several tables go into a ZIP archive.
        srid: EPSG code of its coordinates where nothing else is asked for.
        losses: What it does not hold: keys of `export.loss`.
    """

    name: str
    ending: str
    media_type: str
    write: WriteTables
    has_one_file: bool
    srid: int = TM35FIN
    losses: tuple[str, ...] = _NEVER_HELD


def _zipped(write_table: WriteTable, ending: str) -> WriteTables:
    """Return a writer of several tables: one file where there is one table, else an archive of a file for each."""

    def write(path: Path, tables: Sequence[TableRows], terms: ExportTerms) -> None:
        if len(tables) == 1 and not terms.with_explanations:
            write_table(path, tables[0], terms)
            return
        with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder, _archive(path) as archive:
            for each in tables:
                part = Path(folder) / f"{each.table.code}.{ending}"
                write_table(part, each, terms)
                archive.write(part, part.name)
                part.unlink()
            _explain(archive, Path(folder), tables, terms)

    return write


def _archive(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)


def _explain(archive: zipfile.ZipFile, folder: Path, tables: Sequence[TableRows], terms: ExportTerms) -> None:
    archive.writestr(_TEXT_FILE, "\r\n".join(about_lines(tables, terms)).encode("utf-8-sig"))
    described = [each.table for each in tables]
    columns = [["" if cell is None else str(cell) for cell in row] for row in explained_columns(described, terms)]
    for name, rows in (("_columns.csv", columns), ("_codes.csv", explained_codes(described, terms))):
        write_csv_rows(folder / name, rows, terms)
        archive.write(folder / name, name)


# A process that only answers requests never loads GDAL, pyarrow and XlsxWriter, which take 100 MB.
def _write_geopackage(path: Path, tables: Sequence[TableRows], terms: ExportTerms) -> None:
    from service.exporters.geopackage import write_geopackage  # noqa: PLC0415

    write_geopackage(path, tables, terms)


def _write_flatgeobuf(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    from service.exporters.flatgeobuf import write_flatgeobuf  # noqa: PLC0415

    write_flatgeobuf(path, rows, terms)


def _write_parquet(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    from service.exporters.parquet_files import write_parquet  # noqa: PLC0415

    write_parquet(path, rows, terms)


def _write_geojson(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    from service.exporters.geojson_files import write_geojson  # noqa: PLC0415

    write_geojson(path, rows, terms)


def _write_workbook(path: Path, tables: Sequence[TableRows], terms: ExportTerms) -> None:
    from service.exporters.workbook import write_workbook  # noqa: PLC0415

    write_workbook(path, tables, terms)


_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AS_TEXT = (*_NEVER_HELD, "empty_text")

FORMATS: Mapping[str, ExportFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            ExportFormat("gpkg", "gpkg", "application/geopackage+sqlite3", _write_geopackage, has_one_file=True),
            ExportFormat("fgb", "fgb", "application/flatgeobuf", _zipped(_write_flatgeobuf, "fgb"), has_one_file=False),
            ExportFormat(
                "geoparquet",
                "parquet",
                "application/vnd.apache.parquet",
                _zipped(_write_parquet, "parquet"),
                has_one_file=False,
            ),
            ExportFormat(
                "csv",
                "csv",
                "text/csv; charset=utf-8; header=present",
                _zipped(write_csv, "csv"),
                has_one_file=False,
                losses=_AS_TEXT,
            ),
            ExportFormat(
                "xlsx", "xlsx", _SHEETS, _write_workbook, has_one_file=True, losses=(*_AS_TEXT, "sixteen_digits")
            ),
            ExportFormat(
                "geojson",
                "geojson",
                "application/geo+json",
                _zipped(_write_geojson, "geojson"),
                has_one_file=False,
                srid=WGS84,
            ),
        )
    }
)
