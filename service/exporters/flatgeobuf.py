"""A table as FlatGeobuf, whose geometries all have heights or none of them: unknown heights are NaN."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from service.exporters.contents import layer_of_table
from service.exporters.gdal_files import flatgeobuf_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.exporters.contents import ExportTerms, TableRows
    from service.queries.export_rows import Rows


def write_flatgeobuf(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    """Write a table; one without geometries becomes a file of features without them."""
    layer = layer_of_table(rows, terms.srid)
    batches = _with_heights(rows.read()) if layer.with_heights and layer.has_one_kind else rows.read()
    with tempfile.TemporaryDirectory(prefix="kuntokanta-", dir=path.parent) as folder:
        flatgeobuf_file(Path(folder), layer, batches).replace(path)


def _with_heights(batches: Iterator[Rows]) -> Iterator[Rows]:
    for batch in batches:
        shapes = shapely.from_wkb(np.array([row[-1] for row in batch], dtype=object))
        flat = ~shapely.has_z(shapes) & ~shapely.is_missing(shapes)
        shapes[flat] = shapely.transform(shapely.force_3d(shapes[flat]), _of_unknown_height, include_z=True)
        yield [(*row[:-1], shape) for row, shape in zip(batch, shapely.to_wkb(shapes).tolist(), strict=True)]


def _of_unknown_height(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([coordinates[:, :2], np.full(len(coordinates), np.nan)])
