"""Statements that read whole collections, built from the same selection as pages, each once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Select,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TEXT

from gis.crs import SERVED_CRS
from service.queries.feature_filters import WIDE_TYPES
from service.queries.feature_registry import feature_collections
from service.queries.feature_selection import Selection, selection_conditions
from service.queries.feature_sorting import sort_order
from service.queries.geometry_text import in_system, wkt_text
from service.queries.statements import Statement, compiled

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from service.queries.feature_collections import FeatureCollection, FeatureProperty
    from service.queries.feature_query import SortKey

ID, WKT = "id", "WKT"
_FORMULA_STARTS = ",".join(str(ord(sign)) for sign in "=+-@\t\r\n")


class BulkForm(Enum):
    """What a row is."""

    CSV_LINE = "one text, a line of CSV"
    ROW = "id, properties, geometry as WKB"
    ROW_WITH_HEIGHTS = "the same, every geometry with heights, NaN where they are unknown"


@dataclass(frozen=True)
class BulkShape:
    """What a statement is made for, without the values.

    Attributes:
        selection: Which features are selected.
        crs_code: System of the coordinates; easting or longitude comes first in every system, as in all such files.
        form: What a row is.
        sort: Order before the order of the keys.
        shown: Names of the properties that are given out; None gives all.
        limited: Whether the number of rows is bound, `limit`.
    """

    selection: Selection
    crs_code: str
    form: BulkForm
    sort: tuple[SortKey, ...] = ()
    shown: tuple[str, ...] | None = None
    limited: bool = False


def shown_properties(collection: FeatureCollection, shown: tuple[str, ...] | None) -> list[FeatureProperty]:
    """Return the properties that are given out, in order; None gives all."""
    names = collection.properties if shown is None else shown
    return [collection.properties[name] for name in names]


def csv_header(collection: FeatureCollection, shown: tuple[str, ...] | None) -> str:
    """Return the first line of CSV, the names of its columns."""
    return ",".join([ID, *(each.name for each in shown_properties(collection, shown)), WKT])


def shape_kind(collection: FeatureCollection) -> str | None:
    """Return the one geometry type of a file's features, None where there are several.

    Where a collection has both single shapes and collections of them, a file has collections only.
    """
    simple = {kind.removeprefix("MULTI") for kind in collection.geometry_types}
    return max(collection.geometry_types, key=len) if len(simple) == 1 else None


@lru_cache(maxsize=256)
def bulk_statement(shape: BulkShape) -> Statement:
    """Return the statement of all selected features."""
    collection = feature_collections()[shape.selection.collection_id]
    properties = shown_properties(collection, shape.shown)
    crs = SERVED_CRS[shape.crs_code]
    columns: list[Any]
    if shape.form is BulkForm.CSV_LINE:
        columns = [_csv_line(collection, properties, wkt_text(collection.shape(), crs)).label("line")]
    else:
        columns = _row(collection, properties, in_system(collection.shape(), crs), shape.form)
    statement: Select[Any] = select(*columns).select_from(collection.source)
    statement = statement.where(*selection_conditions(shape.selection)).order_by(*sort_order(collection, shape.sort))
    return compiled(statement.limit(bindparam("limit", type_=BigInteger())) if shape.limited else statement)


@lru_cache(maxsize=256)
def heights_statement(selection: Selection) -> Statement | None:
    """Return the statement that finds one selected feature with heights, None where none can have them."""
    collection = feature_collections()[selection.collection_id]
    if collection.heights is None:
        return None
    found: Select[Any] = select(literal_column("1")).select_from(collection.source)
    found = found.where(*selection_conditions(selection), collection.heights.is_not(None))
    return compiled(found.limit(literal_column("1")))


def _row(
    collection: FeatureCollection, properties: list[FeatureProperty], geometry: ColumnElement[Any], form: BulkForm
) -> list[ColumnElement[Any]]:
    if (shape_kind(collection) or "").startswith("MULTI"):
        geometry = func.ST_Multi(geometry)
    if form is BulkForm.ROW_WITH_HEIGHTS:
        geometry = func.ST_Force3DZ(geometry, literal_column("'NaN'::double precision"))
    values = [cast(each.read(), WIDE_TYPES[each.type]).label(each.name) for each in properties]
    return [collection.feature_id().label(ID), *values, func.ST_AsBinary(geometry).label("geometry")]


def _csv_line(
    collection: FeatureCollection, properties: list[FeatureProperty], wkt: ColumnElement[Any]
) -> ColumnElement[str]:
    """Put a line together in the database: text in quotes, so that an empty one is told from none; the rest bare."""
    values = [_quoted(collection.feature_id()), *map(_csv_value, properties), _quoted(wkt)]
    nothing: ColumnElement[str] = literal_column("''")
    return func.concat_ws(literal_column("','"), *(func.coalesce(value, nothing) for value in values), type_=TEXT)


def _csv_value(described: FeatureProperty) -> ColumnElement[str]:
    value = described.read()
    if described.type is not str:
        return cast(value, TEXT)
    return _quoted(value if described.choices else _harmless(value))


def _harmless(text: ColumnElement[str]) -> ColumnElement[str]:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front, as in reports."""
    starts_as_formula = func.ascii(text) == any_(literal_column(f"'{{{_FORMULA_STARTS}}}'::integer[]"))
    return case((starts_as_formula, func.concat(literal_column("''''"), text)), else_=text)


def _quoted(text: ColumnElement[Any]) -> ColumnElement[str]:
    quote = literal_column("'\"'", TEXT)
    escaped: ColumnElement[str] = func.replace(text, quote, literal_column("'\"\"'"), type_=TEXT)
    return quote + escaped + quote
