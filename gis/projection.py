"""Coordinates from one reference system to another, whole arrays of geometries at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import TM35FIN, Crs

Geometries: TypeAlias = npt.NDArray[np.object_]
Floats: TypeAlias = npt.NDArray[np.float64]
ScalarOrArray = TypeVar("ScalarOrArray", BaseGeometry, Geometries)


@lru_cache(maxsize=128)
def transformer(source: Crs, target: Crs) -> pyproj.Transformer:
    """Return the transformation between two systems, easting or longitude first on both sides.

    Building one costs milliseconds, hence kept. pyproj's transformers may be used by several threads at once.
    """
    return pyproj.Transformer.from_crs(source.code, target.code, always_xy=True)


def reproject(
    geometries: ScalarOrArray,
    source: Crs,
    target: Crs = TM35FIN,
    *,
    source_axes_as_declared: bool = False,
    target_axes_as_declared: bool = False,
) -> ScalarOrArray:
    """Return the geometries in the target system; heights pass unchanged.

    Args:
        geometries: One shapely geometry or an array of them, missing ones (None) staying missing.
        source: System of the coordinates.
        target: System to end in.
        source_axes_as_declared: Coordinates stand as the source system declares its axes (northing first for
            EPSG:4326 and the GK zones), as OGC API sends them. By default easting comes first, as files have it.
        target_axes_as_declared: The same for the result.

    Returns:
        The same shape as came in. A coordinate that cannot be transformed becomes infinite.
    """
    if _is_same(source, target, source_axes_as_declared, target_axes_as_declared):
        return geometries.copy() if isinstance(geometries, np.ndarray) else geometries

    def moved(x: Floats, y: Floats, *z: Floats) -> tuple[Floats, ...]:
        if source_axes_as_declared and source.northing_first:
            x, y = y, x
        if source.code != target.code:
            x, y = transformer(source, target).transform(x, y)
        if target_axes_as_declared and target.northing_first:
            x, y = y, x
        return x, y, *z

    return _with_coordinates(geometries, moved)


def _is_same(source: Crs, target: Crs, source_as_declared: bool, target_as_declared: bool) -> bool:
    """Whether coordinates of one are those of the other: nothing is to be computed, and no shape to be made anew."""
    from_north = source_as_declared and source.northing_first
    return source.code == target.code and from_north == (target_as_declared and target.northing_first)


def with_swapped_axes(geometries: ScalarOrArray) -> ScalarOrArray:
    """Return the geometries with their first two coordinates exchanged; heights pass unchanged."""
    return _with_coordinates(geometries, lambda x, y, *z: (y, x, *z))


def _with_coordinates(geometries: ScalarOrArray, moved: Any) -> ScalarOrArray:
    """Apply a function of coordinate arrays; flat and high geometries apart, for shapely gives both the same form."""
    array = np.array(geometries, dtype=object, ndmin=1, copy=True)
    high = shapely.has_z(array)
    array[~high] = shapely.transform(array[~high], moved, interleaved=False)
    array[high] = shapely.transform(array[high], moved, include_z=True, interleaved=False)
    result: ScalarOrArray = array if isinstance(geometries, np.ndarray) else array[0]
    return result
