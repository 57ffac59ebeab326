"""The check report of an import as a file: JSON, a workbook, or the faulty places as GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from gis.crs import CRS84, TM35FIN
from gis.projection import reproject
from service.reports.faulty_places import findings_geojson
from service.reports.import_findings import findings_xlsx

if TYPE_CHECKING:
    from pathlib import Path

    from service.operations.import_report import ImportReport

SUFFIXES = (".json", ".xlsx", ".geojson")
DEGREES_PRECISION = 1e-7


def write_fault_file(report: ImportReport, path: Path, language: str) -> None:
    """Write a check report to a file, in the format that its name ends with.

    Raises:
        ValueError: The name ends with none of `SUFFIXES`.
        OSError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"A file of faults is named *{', *'.join(SUFFIXES)}.")
    document = report.as_dict()
    if suffix == ".xlsx":
        content = findings_xlsx(document, language)
    elif suffix == ".geojson":
        content = findings_geojson(document, fault_shapes(report))
    else:
        content = orjson.dumps(document)
    path.write_bytes(content)


def fault_shapes(report: ImportReport) -> list[dict[str, Any] | None]:
    """Return the shape of each fault's place in EPSG:4326 as GeoJSON, None where it has none."""
    shapes = shapely.from_wkb(np.array([fault.place for fault in report.faults], dtype=object))
    placed = shapely.set_precision(reproject(shapes, TM35FIN, CRS84), DEGREES_PRECISION, mode="pointwise")
    texts = shapely.to_geojson(placed)
    return [None if text is None else orjson.loads(text) for text in np.atleast_1d(texts).tolist()]
