"""Geometry types of a target: a single part where many are asked for and the reverse are fitted, others are faults."""

from __future__ import annotations

import numpy as np
import shapely

from service.importers.fault_log import FaultLog
from service.importers.geometry_mapping import GEOMETRY
from service.importers.source_table import Flags, SourceTable, Values
from service.queries.import_targets import Target

# In the order of GEOS' type numbers.
SINGLE_TYPES = ("POINT", "LINESTRING", "LINEARRING", "POLYGON")
COLLECTION_TYPES = ("MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION")
TYPE_NAMES = (*SINGLE_TYPES, *COLLECTION_TYPES)
MULTI_PREFIX = "MULTI"


def fitted_geometry(table: SourceTable, target: Target, log: FaultLog) -> tuple[Values | None, Flags]:
    """Return the geometries as a type that the target takes, and the rows whose type it does not take.

    A target without geometry gets none; a target that needs one has a fault per row without.
    """
    none = np.zeros(len(table), dtype=bool)
    if not target.geometry_types or table.geometry is None:
        return None, none
    shapes = _fitted(table.geometry, target.geometry_types)
    types = _types(shapes)
    known = ~shapely.is_missing(shapes)
    misfit = known & ~np.isin(types, target.geometry_types)
    detail = f"A {{value}} where {' or '.join(target.geometry_types)} is asked for."
    log.error_rows(misfit, table.row_numbers, "geometry_type", detail, column=GEOMETRY, values=types)
    if target.geometry_required:
        detail = "The row has no geometry."
        misfit |= log.error_rows(~known, table.row_numbers, "required", detail, column=GEOMETRY, values=shapes)
    return shapes, misfit


def _types(shapes: Values) -> Values:
    """Return the type name of each geometry, an empty text where there is none."""
    return np.array([*TYPE_NAMES, ""], dtype=object)[shapely.get_type_id(shapes)]


def _fitted(shapes: Values, allowed: tuple[str, ...]) -> Values:
    """Return shapes with one part unwrapped, or single shapes wrapped, where only that is allowed."""
    types = _types(shapes)
    fitted = shapes.copy()
    for single in ("POINT", "LINESTRING", "POLYGON"):
        multi = MULTI_PREFIX + single
        if single in allowed and multi not in allowed:
            alone = (types == multi) & (shapely.get_num_geometries(shapes) == 1)
            fitted[alone] = shapely.get_geometry(shapes[alone], 0)
        if multi in allowed and single not in allowed:
            wrap = getattr(shapely, f"multi{single.lower()}s")
            fitted[types == single] = [wrap([shape]) for shape in shapes[types == single]]
    return fitted
