"""Invalid shapes made valid with the change told, or refused: rings that cross themselves or overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from service.importers.source_table import Flags, Values, object_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.importers.fault_log import FaultLog

REPAIR, REFUSE = "repair", "refuse"
GEOMETRY_REPAIR = (REPAIR, REFUSE)
GEOMETRY = "geometry"
AREAS = 2


def repaired(
    shapes: Values, rows: NDArray[np.int64], log: FaultLog, geometry_repair: str = REPAIR
) -> tuple[Values, Flags]:
    """Return the shapes with invalid ones made valid, and the rows whose shape cannot be taken.

    A repaired shape keeps its dimension: of a polygon only areas are left, of a line only lines. What was wrong, and
    area or length before and after, is told by a warning. What nothing is left of is refused, as all invalid shapes
    are when `geometry_repair` is `refuse`.
    """
    invalid = ~shapely.is_missing(shapes) & ~np.asarray(shapely.is_valid(shapes), dtype=bool)
    if not invalid.any():
        return shapes, invalid
    reasons = np.full(len(shapes), None, dtype=object)
    reasons[invalid] = shapely.is_valid_reason(shapes[invalid])
    mended = shapes.copy()
    if geometry_repair == REPAIR:
        mended[invalid] = object_column([_mended(shape) for shape in shapes[invalid]])
        changed = invalid & ~shapely.is_missing(mended)
        reasons[changed] = [
            f"{reason}; {_size(old)} before, {_size(new)} after"
            for reason, old, new in zip(reasons[changed], shapes[changed], mended[changed], strict=True)
        ]
        detail = "The geometry was not valid and was repaired: {value}."
        log.warn_rows(changed, rows, "geometry_repaired", detail, column=GEOMETRY, values=reasons)
        invalid &= ~changed
    detail = "The geometry is not valid: {value}."
    log.error_rows(invalid, rows, "geometry_invalid", detail, column=GEOMETRY, values=reasons)
    return mended, invalid


def _mended(shape: shapely.Geometry) -> shapely.Geometry | None:
    dimension = int(shapely.get_dimensions(shape))
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(valid)
    own = parts[shapely.get_dimensions(parts) == dimension]
    if not len(own):
        return None
    if len(own) == 1:
        only: shapely.Geometry = own[0]
        return only
    return shapely.MultiPolygon(list(own)) if dimension == AREAS else shapely.MultiLineString(list(own))


def _size(shape: shapely.Geometry) -> str:
    if shapely.get_dimensions(shape) == AREAS:
        return f"{shapely.area(shape):.1f} m²"
    return f"{shapely.length(shape):.1f} m"
