"""What a GeoPackage says of its layers beside their rows: titles, names of columns, and the styles that QGIS reads.

Columns are described by the extension Schema (https://www.geopackage.org/spec121/#extension_schema); `layer_styles`
is QGIS's own table, an attribute table like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from service.exporters.qgis_styles import Style

_SCHEMA_URI = "http://www.geopackage.org/spec121/#extension_schema"
_DATA_COLUMNS = """
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
 description TEXT, mime_type TEXT, constraint_name TEXT,
 CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))
"""
_CONSTRAINTS = """
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
 min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
 CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))
"""
_EXTENSIONS = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
 definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))
"""
_LAYER_STYLES = """
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
 f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
 styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
 update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""


@dataclass(frozen=True)
class Described:
    """What is said of a layer.

    Attributes:
        layer: Its name.
        title: Its name for people.
        columns: Title and description by column.
        styles: Its styles, the one that it opens with first.
    """

    layer: str
    title: str
    columns: Mapping[str, tuple[str, str]]
    styles: tuple[Style, ...]


def describe_layers(package: sqlite3.Connection, layers: Sequence[Described]) -> None:
    """Write what is said of the layers into an open GeoPackage."""
    _describe_columns(package, layers)
    _store_styles(package, [each for each in layers if each.styles])
    for each in layers:
        package.execute("UPDATE gpkg_contents SET description = ? WHERE table_name = ?", (each.title, each.layer))


def _describe_columns(package: sqlite3.Connection, layers: Sequence[Described]) -> None:
    for statement in (_DATA_COLUMNS, _CONSTRAINTS, _EXTENSIONS):
        package.execute(statement)
    package.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [(table, _SCHEMA_URI) for table in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )
    package.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, title, description) VALUES (?, ?, ?, ?)",
        [(each.layer, name, *told) for each in layers for name, told in each.columns.items()],
    )


def _store_styles(package: sqlite3.Connection, layers: Sequence[Described]) -> None:
    if not layers:
        return
    package.execute(_LAYER_STYLES)
    package.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', ?)",
        ("layer_styles",),
    )
    geometry = dict(package.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    package.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, useAsDefault, description) VALUES ('', '', ?, ?, ?, ?, ?, ?)",
        [
            (each.layer, geometry[each.layer], style.name, style.qml, place == 0, f"{each.title}: {style.name}")
            for each in layers
            for place, style in enumerate(each.styles)
        ],
    )
