"""The register as one GeoPackage: a layer for each class, tables for its records, styles and descriptions for QGIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from models.registry import ASSET_CLASSES
from service.exporters.contents import layer_of_table
from service.exporters.gdal_files import write_geopackage_layer
from service.exporters.geopackage_tables import Described, describe_layers
from service.exporters.labels import column_heading, table_label
from service.exporters.qgis_styles import AREA, LINE, POINT, layer_styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from service.exporters.contents import ExportTerms, TableRows
    from service.exporters.layers import Layer
    from service.queries.export_rows import Rows

# The third family that a class may have goes to a layer of its own, as QGIS draws a layer with one kind of symbol.
FAMILIES = {AREA: "area", LINE: "line", POINT: "point"}
_WKB_FAMILIES = {1: POINT, 2: LINE, 3: AREA, 4: POINT, 5: LINE, 6: AREA}


def write_geopackage(path: Path, tables: Iterable[TableRows], terms: ExportTerms) -> None:
    """Write tables as layers: where a class has areas and points, its points are the layer `…_point`."""
    described = [each for rows in tables for each in _write_layers(path, rows, terms)]
    with closing(sqlite3.connect(path)) as package, package:
        describe_layers(package, described)


def _write_layers(path: Path, rows: TableRows, terms: ExportTerms) -> list[Described]:
    families = [each for each in FAMILIES if any(_family(kind.type) == each for kind in rows.content.kinds)]
    if len(families) <= 1:
        layer = layer_of_table(rows, terms.srid)
        write_geopackage_layer(path, layer, rows.read(), indexed=True)
        return [_described(layer, rows, families[0] if families else None, terms)]
    found = []
    for family in families:
        name = rows.table.code if family == families[0] else f"{rows.table.code}_{FAMILIES[family]}"
        kinds = {each.type for each in rows.content.kinds if _family(each.type) == family}
        layer = layer_of_table(rows, terms.srid, name, kinds)
        own = _of_family(rows.read(), family, with_nowhere=family == families[0])
        write_geopackage_layer(path, layer, own, indexed=True)
        found.append(_described(layer, rows, family, terms))
    return found


def _family(kind: str) -> str:
    return kind.removeprefix("MULTI")


def _of_family(batches: Iterator[Rows], family: str, *, with_nowhere: bool) -> Iterator[Rows]:
    for batch in batches:
        yield [row for row in batch if (with_nowhere if row[-1] is None else _wkb_family(row[-1]) == family)]


def _wkb_family(shape: bytes) -> str | None:
    """Return the family of a geometry as WKB, whose type has thousands for heights."""
    return _WKB_FAMILIES.get(int.from_bytes(shape[1:5], "little" if shape[0] else "big") % 1000)


def _described(layer: Layer, rows: TableRows, family: str | None, terms: ExportTerms) -> Described:
    columns = {
        each.name: (column_heading(terms.language, each.name, each.unit), each.description)
        for each in rows.table.columns.values()
    }
    styles = layer_styles(family, terms.language) if family and rows.table.code in ASSET_CLASSES else ()
    return Described(layer.name, table_label(terms.language, rows.table.code), columns, styles)
