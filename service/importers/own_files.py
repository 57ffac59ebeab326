"""The register's own exports as tables: each layer, sheet or file of an archive by the table that it names."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from service.catalogues import LANGUAGES
from service.exporters.harmless import as_it_was
from service.exporters.sheet_names import sheet_of_table
from service.importers.archives import unpacking
from service.importers.file_kind import check_archive, check_local_file
from service.importers.read_csv import CsvLayout, read_csv
from service.importers.source_table import SourceTable, object_column, unreadable
from service.queries.export_tables import export_tables

Read = Callable[[], Iterator[SourceTable]]

_GIVEN_NAME = re.compile(r"^\d{3}_")
_SHAPE_ENDINGS = re.compile("_(point|line|area)$")
_PARQUET_ROWS = 50_000


@dataclass(frozen=True)
class OwnTable:
    """A table of an export.

    Attributes:
        code: Which one it is.
        read: Gives its rows in parts, each time it is called.
        peek: Gives its columns, where that costs less than the first part.
    """

    code: str
    read: Read
    peek: Callable[[], SourceTable] | None = None

    def nothing(self) -> SourceTable:
        """Return the table without rows: its columns are known before any is read."""
        table = next(iter(self.read())) if self.peek is None else self.peek()
        return table.take(np.zeros(len(table), dtype=bool))


@contextmanager
def own_tables(path: Path, file_name: str) -> Iterator[list[OwnTable]]:
    """Give the tables of an export, in the order in which they can be written.

    Args:
        path: The file.
        file_name: Its name, where the path is a temporary one: a file of one table is called like it.

    Raises:
        UnreadableSourceError: It is damaged, of no format of exports, or holds no table of the register.
    """
    check_local_file(path)
    if path.suffix.lower() == ".zip":
        check_archive(path)
        with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
            with unpacking(path) as archive:
                names = [name for name in archive.namelist() if Path(name).suffix.lower() in _READERS]
                files = [Path(archive.extract(name, folder)) for name in names]
            yield _in_order([each for file in files for each in _tables_of_file(file, file.name)], path.name)
    else:
        yield _in_order(_tables_of_file(path, file_name), path.name)


def table_named(name: str) -> str | None:
    """Return the code of the table that a layer, sheet or file is called after, in any language."""
    plain = _GIVEN_NAME.sub("", name.strip())
    for code in (plain, _SHAPE_ENDINGS.sub("", plain)):
        if code in export_tables():
            return code
    return _codes_by_sheet().get(name.strip().casefold())


def _codes_by_sheet() -> dict[str, str]:
    return {sheet_of_table(language, code).casefold(): code for language in LANGUAGES for code in export_tables()}


def _in_order(found: list[OwnTable], name: str) -> list[OwnTable]:
    if not found:
        known = ", ".join(export_tables())
        raise unreadable("no_table", f"The file {name} holds no table of the register by its name; there are: {known}.")
    order = list(export_tables())
    return sorted(found, key=lambda each: order.index(each.code))


def _tables_of_file(path: Path, name: str) -> list[OwnTable]:
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise unreadable(
            "wrong_format", f"Files named *{suffix} are no exports of the register: {', '.join(_READERS)}."
        )
    check_local_file(path)
    return _READERS[suffix](path, Path(name).stem)


def _one_table(read: Callable[[Path], Iterator[SourceTable]]) -> Callable[[Path, str], list[OwnTable]]:
    def found(path: Path, stem: str) -> list[OwnTable]:
        code = table_named(stem.removesuffix(".csv"))
        return [] if code is None else [OwnTable(code, lambda: read(path))]

    return found


def _csv(path: Path) -> Iterator[SourceTable]:
    table = read_csv(path, CsvLayout())
    plain = {
        name: object_column([None if text is None else as_it_was(text) for text in values.tolist()])
        for name, values in table.columns.items()
    }
    yield replace(table, columns=plain)


def _geojson(path: Path) -> Iterator[SourceTable]:
    """GDAL would read texts that look like days as days, and cut instants off."""
    try:
        document = orjson.loads(path.read_bytes())
        features = document["features"]
        names = list(dict.fromkeys(name for each in features for name in each["properties"]))
        shapes = [None if each["geometry"] is None else orjson.dumps(each["geometry"]) for each in features]
        geometry = shapely.from_geojson(object_column(shapes))
        columns = {name: object_column([each["properties"].get(name) for each in features]) for name in names}
        told = document.get("crs", {}).get("properties", {}).get("name", "EPSG:4326")
    except (orjson.JSONDecodeError, shapely.errors.GEOSException, KeyError, TypeError, AttributeError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not GeoJSON of the register: {error}.") from error
    rows = np.arange(1, len(features) + 1, dtype=np.int64)
    yield SourceTable(columns=columns, row_numbers=rows, geometry=geometry, crs=str(told), rows_in_file=len(rows))


# A process that only answers requests never loads GDAL, openpyxl and pyarrow, which take 100 MB.
def _layers(path: Path, _stem: str) -> list[OwnTable]:
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataSourceError  # noqa: PLC0415

    from service.importers.read_vector import read_vector_batches  # noqa: PLC0415

    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path).tolist()]
    except DataSourceError as error:
        raise unreadable("wrong_format", f"The file {path.name} cannot be read.") from error
    return [
        OwnTable(code, lambda name=name: read_vector_batches(path, layer=name))  # type: ignore[misc]
        for name in names
        if (code := table_named(name)) is not None
    ]


def _vector(path: Path) -> Iterator[SourceTable]:
    from service.importers.read_vector import read_vector_batches  # noqa: PLC0415

    yield from read_vector_batches(path)


def _sheets(path: Path, _stem: str) -> list[OwnTable]:
    from service.importers.read_xlsx import read_xlsx  # noqa: PLC0415
    from service.importers.workbook_sheets import sheet_headers  # noqa: PLC0415

    check_archive(path)

    def table(name: str, code: str, header: list[str]) -> OwnTable:
        nothing = SourceTable({each: object_column([]) for each in header}, np.zeros(0, dtype=np.int64))
        return OwnTable(code, lambda: iter([read_xlsx(path, sheet=name, title_lines=1)]), lambda: nothing)

    named = [(name, table_named(name), header) for name, header in sheet_headers(path, title_lines=1)]
    return [table(name, code, header) for name, code, header in named if code is not None]


def _parquet(path: Path) -> Iterator[SourceTable]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            told = orjson.loads((file.metadata.metadata or {}).get(b"geo", b"{}"))
            start, rows = 1, file.metadata.num_rows
            for batch in file.iter_batches(_PARQUET_ROWS):
                yield _parquet_table(batch, told, start, rows)
                start += len(batch)
            if not rows:
                yield _parquet_table(file.schema_arrow.empty_table(), told, start, rows)
    except (pa.ArrowException, OSError, orjson.JSONDecodeError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not Parquet, or damaged.") from error


def _parquet_table(batch: Any, told: dict[str, Any], start: int, rows: int) -> SourceTable:
    columns = {name: object_column(batch.column(name).to_pylist()) for name in batch.schema.names}
    primary = told.get("primary_column")
    shapes = None if primary not in columns else shapely.from_wkb(columns.pop(primary))
    system = told.get("columns", {}).get(primary, {}).get("crs", "OGC:CRS84")
    numbers = np.arange(start, start + len(batch), dtype=np.int64)
    crs = system if isinstance(system, str) else orjson.dumps(system).decode()
    return SourceTable(columns, numbers, shapes, None if shapes is None else crs, rows_in_file=rows)


_READERS: dict[str, Callable[[Path, str], list[OwnTable]]] = {
    ".gpkg": _layers,
    ".fgb": _one_table(_vector),
    ".parquet": _one_table(_parquet),
    ".csv": _one_table(_csv),
    ".xlsx": _sheets,
    ".geojson": _one_table(_geojson),
}
