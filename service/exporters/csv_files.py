"""A table as CSV in UTF-8: with a mark by which Excel knows it, and with nothing that it runs as a formula."""

from __future__ import annotations

import csv
import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from service.exporters.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from service.exporters.contents import ExportTerms, TableRows

WKT, EASTING, NORTHING, HEIGHT = "geometry_wkt", "easting", "northing", "height"
TM35FIN = 3067
POINT_TYPE = 0


def wkt_column(srid: int) -> str:
    """Return the name of the column of geometries, which says their system where it is not the register's."""
    return WKT if srid == TM35FIN else f"{WKT}_epsg_{srid}"


def write_csv(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    """Write a table: its codes as headings, then its rows; the geometry as WKT or as the coordinates of points."""
    shapes = _shape_columns(rows, terms)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";" if terms.for_excel else ",", lineterminator="\r\n")
        writer.writerow([*rows.table.columns, *shapes])
        for batch in rows.read():
            columns = list(zip(*batch, strict=True))
            kinds = [each.type for each in rows.table.columns.values()]
            cells = [_cells(kind, values, terms) for kind, values in zip(kinds, columns[:-1], strict=True)]
            writer.writerows(zip(*cells, *_shape_cells(columns[-1], shapes, terms), strict=True))


def _shape_columns(rows: TableRows, terms: ExportTerms) -> tuple[str, ...]:
    if rows.table.geometry is None:
        return ()
    return (EASTING, NORTHING, HEIGHT) if terms.as_columns else (wkt_column(terms.srid),)


def write_csv_rows(path: Path, rows: Iterable[Sequence[str]], terms: ExportTerms) -> None:
    """Write rows of plain texts, headings first."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";" if terms.for_excel else ",", lineterminator="\r\n")
        writer.writerows([harmless(cell) for cell in row] for row in rows)


def wkt_of(shapes: Sequence[bytes | None]) -> list[str | None]:
    """Return WKB geometries as WKT whose numbers read back as the same ones."""
    texts: list[str | None] = shapely.to_wkt(shapely.from_wkb(np.array(shapes, dtype=object)), -1).tolist()
    return texts


def _cells(kind: type[Any], values: Sequence[Any], terms: ExportTerms) -> Iterable[str]:
    written = _CELLS[kind]
    if kind is float and terms.for_excel:
        return ("" if value is None else written(value).replace(".", ",") for value in values)
    return ("" if value is None else written(value) for value in values)


def _shape_cells(shapes: Sequence[bytes | None], names: Sequence[str], terms: ExportTerms) -> list[Iterable[str]]:
    if not names:
        return []
    if len(names) == 1:
        return [(text or "" for text in wkt_of(shapes))]
    geometries = shapely.from_wkb(np.array(shapes, dtype=object))
    points = np.where(shapely.get_type_id(geometries) == POINT_TYPE, geometries, shapely.point_on_surface(geometries))
    parts = (shapely.get_x(points), shapely.get_y(points), shapely.get_z(points))
    return [_cells(float, [None if each != each else each for each in part.tolist()], terms) for part in parts]


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


_CELLS: dict[type[Any], Callable[[Any], str]] = {
    str: harmless,
    int: str,
    float: _number,
    bool: lambda value: "true" if value else "false",
    datetime.date: datetime.date.isoformat,
}
