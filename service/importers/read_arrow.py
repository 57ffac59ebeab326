"""Features of GeoPackages through GDAL's Arrow stream, which fills whole columns where others build row by row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio

from service.importers.source_table import Values

DRIVER = "GPKG"
# What Arrow gives as GDAL's rows do: no dates, lists or JSON; no curves and no M, which GDAL straightens and drops.
PLAIN_FIELDS = frozenset({"OFTString", "OFTInteger", "OFTInteger64", "OFTReal"})
PLAIN_SUBTYPES = frozenset({"OFSTNone", "OFSTBoolean", "OFSTInt16", "OFSTFloat32"})
_SHAPES = ("Point", "LineString", "Polygon")
PLAIN_GEOMETRY = frozenset(f"{many}{shape}" for many in ("", "Multi", "3D ", "3D Multi") for shape in _SHAPES) | {
    f"{many}{shape} Z" for many in ("", "Multi") for shape in _SHAPES
}


class NotPlainError(Exception):
    """A layer has what its description does not tell, such as text in another encoding: it is read row by row."""


def is_plain(layer: Mapping[str, Any]) -> bool:
    """Whether a layer, as pyogrio describes it, can be read through Arrow with the same result."""
    return (
        layer["driver"] == DRIVER
        and layer["geometry_type"] in PLAIN_GEOMETRY
        and PLAIN_FIELDS.issuperset(layer["ogr_types"])
        and PLAIN_SUBTYPES.issuperset(layer["ogr_subtypes"])
    )


def read_features(path: Path, layer: str, **part: int) -> tuple[dict[str, Any], Values, Values, list[Values]]:
    """Return pyogrio's metadata, feature numbers, WKB and field columns, as `pyogrio.raw.read` does.

    Text is stripped already, with None for empty.

    Args:
        path: A GeoPackage.
        layer: A layer that is plain.
        part: `skip_features` and `max_features`.

    Raises:
        NotPlainError: It cannot be read in this way.
    """
    meta, table = pyogrio.raw.read_arrow(path, layer=layer, return_fids=True, **part)
    try:
        fields = [_values(table.column(name)) for name in meta["fields"]]
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise NotPlainError from error
    numbers = table.column(meta["fid_column"] or "OGC_FID").to_numpy()
    return meta, numbers, table.column(meta["geometry_name"] or "wkb_geometry").to_numpy(), fields


def _values(column: pa.ChunkedArray) -> Values:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        stripped = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(stripped, ""), None, stripped)
    if pa.types.is_boolean(column.type) and column.null_count:
        column = column.cast(pa.int8())  # as GDAL's rows have it, so that a profile means the same
    values: Values = column.to_numpy()
    return values if values.dtype.kind != "O" else np.array(values)  # Arrow's own cannot be written to
