"""The layer that a file of a whole collection holds: its fields with their types, its geometry type and system."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from service.queries.feature_bulk_statements import ID, shape_kind, shown_properties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import FeatureQuery

ANY = "Unknown"
OGR_NAMES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}
_FILLED: dict[type[Any], tuple[type[Any], Any]] = {bool: (np.bool_, False), int: (np.int64, 0)}
_DTYPES: dict[type[Any], Any] = {str: object, float: np.float64, datetime.date: "datetime64[D]"}


@dataclass(frozen=True)
class Layer:
    """A layer.

    Attributes:
        name: Its name.
        fields: Python types by field name, in order.
        geometry_type: OGR's name of the type, without heights; None where rows have no geometry.
        with_heights: Whether it has heights.
        crs: The system as PROJ reads it.
    """

    name: str
    fields: dict[str, type[Any]]
    geometry_type: str | None
    with_heights: bool
    crs: str

    @property
    def has_one_kind(self) -> bool:
        """Whether all its geometries are of one kind."""
        return self.geometry_type not in (None, ANY)

    @property
    def ogr_type(self) -> str | None:
        """The geometry type as pyogrio reads it, which has no name for "any, with heights"."""
        return f"{self.geometry_type} Z" if self.with_heights and self.has_one_kind else self.geometry_type


def layer_of(collection: FeatureCollection, query: FeatureQuery, *, with_heights: bool) -> Layer:
    """Return the layer of the features that a query selects.

    CRS84 and EPSG:4326 differ in the order of their axes, and in files longitude comes first whatever they say.
    """
    properties = shown_properties(collection, query.shown)
    return Layer(
        str(collection.id),
        {ID: str, **{each.name: each.type for each in properties}},
        OGR_NAMES.get(shape_kind(collection) or "", ANY),
        with_heights,
        f"EPSG:{query.crs.srid}",
    )


def columns(layer: Layer, rows: Sequence[tuple[Any, ...]]) -> tuple[list[NDArray[Any]], list[NDArray[np.bool_] | None]]:
    """Return the fields of rows as arrays, and where whole numbers and truth values are null; other nulls show."""
    values, unknown = [], []
    by_field = list(zip(*rows, strict=True))[:-1] or [()] * len(layer.fields)
    for kind, column in zip(layer.fields.values(), by_field, strict=True):
        array, mask = _array(kind, column)
        values.append(array)
        unknown.append(mask)
    return values, unknown


def geometries(rows: Sequence[tuple[Any, ...]]) -> NDArray[np.object_]:
    """Return the geometries of rows, the last of their columns, as WKB."""
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row[-1] for row in rows]
    return shapes


def _array(kind: type[Any], column: tuple[Any, ...]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    if kind not in _FILLED:
        return np.array(column, dtype=_DTYPES[kind]), None
    dtype, filling = _FILLED[kind]
    unknown = np.array([value is None for value in column], dtype=np.bool_)
    return np.array([filling if value is None else value for value in column], dtype=dtype), unknown
