"""A table as GeoJSON: RFC 7946 in WGS 84, or the older form that names its system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from service.exporters.contents import ExportTerms, TableRows

WGS84 = 4326


def write_geojson(path: Path, rows: TableRows, terms: ExportTerms) -> None:
    """Write a table, a feature on each line; rows without a place have the geometry null, as RFC 7946 has it."""
    head: dict[str, Any] = {"type": "FeatureCollection", "name": rows.table.code}
    if terms.srid != WGS84:
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{terms.srid}"}}
    names = list(rows.table.columns)
    with path.open("wb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"features":[')
        between = b"\n"
        for batch in rows.read():
            shapes = shapely.from_wkb(np.array([row[-1] for row in batch], dtype=object))
            if terms.srid == WGS84:
                shapes = shapely.orient_polygons(shapes)  # outer rings counter-clockwise, as RFC 7946 asks
            texts = [b"null" if text is None else text.encode() for text in shapely.to_geojson(shapes).tolist()]
            for row, geometry in zip(batch, texts, strict=True):
                properties = orjson.dumps(dict(zip(names, row[:-1], strict=True)))
                file.write(between + b'{"type":"Feature","geometry":' + geometry)
                file.write(b',"properties":' + properties + b"}")
                between = b",\n"
        file.write(b"\n]}\n")
