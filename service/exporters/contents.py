"""What a writer of files is given: tables with their rows, and how they are to be written."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.exporters.layers import ANY, OGR_NAMES, Layer
from service.queries.export_tables import MUNICIPALITY_CODE, ROW_VERSION

if TYPE_CHECKING:
    from service.queries.export_rows import Content, Rows
    from service.queries.export_tables import ExportTable
    from service.queries.feature_collections import FeatureProperty


@dataclass(frozen=True)
class ExportTerms:
    """How an export is written.

    Attributes:
        municipality: Name of the municipality in the language; None for a form that is filled in anywhere.
        language: Language of headings, styles and explanations.
        srid: EPSG code of the coordinates; easting or longitude comes first.
        for_excel: CSV as Excel opens it in Finland: semicolons and decimal commas.
        as_columns: CSV with the columns easting and northing instead of WKT.
        with_explanations: Whether a file explains its columns and codes.
        losses: What the format does not hold: keys of `export.loss`.
        written_on: Day of the export.
    """

    municipality: str | None
    language: str
    srid: int
    for_excel: bool
    as_columns: bool
    with_explanations: bool
    losses: tuple[str, ...]
    written_on: datetime.date


@dataclass(frozen=True)
class TableRows:
    """A table with its rows.

    Attributes:
        table: The table.
        content: What it holds.
        read: Gives the rows in batches, each time it is called: columns in order, then the geometry as WKB.
    """

    table: ExportTable
    content: Content
    read: Callable[[], Iterator[Rows]]


def layer_of_table(rows: TableRows, srid: int, name: str | None = None, kinds: set[str] | None = None) -> Layer:
    """Return the layer of a table's rows.

    Its geometry type is the one that all its rows have; where they have several, or none have any, it is any type.

    Args:
        rows: The table with what it holds.
        srid: EPSG code of the coordinates.
        name: Name of the layer; the table's without it.
        kinds: Only geometries of these types; all without it.
    """
    found = [each for each in rows.content.kinds if kinds is None or each.type in kinds]
    types = {each.type for each in found}
    shape = OGR_NAMES.get(types.pop(), ANY) if len(types) == 1 else ANY
    return Layer(
        name or rows.table.code,
        {each.name: each.type for each in rows.table.columns.values()},
        None if rows.table.geometry is None else shape,
        any(each.has_heights for each in found),
        f"EPSG:{srid}",
    )


def as_form(rows: TableRows) -> TableRows:
    """Return a table as a form: without the municipality, which the import is told, and what it computes itself."""
    taken = [name for name, each in rows.table.columns.items() if _is_filled_in(name, each, bool(rows.content.rows))]
    places = [place for place, name in enumerate(rows.table.columns) if name in taken]
    table = replace(rows.table, columns={name: rows.table.columns[name] for name in taken})

    def read() -> Iterator[Rows]:
        for batch in rows.read():
            yield [(*(row[place] for place in places), row[-1]) for row in batch]

    return TableRows(table, rows.content, read)


def _is_filled_in(name: str, column: FeatureProperty, has_rows: bool) -> bool:
    return has_rows if name == ROW_VERSION else not column.read_only and name != MUNICIPALITY_CODE
