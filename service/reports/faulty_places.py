"""The faults that an import found, as GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def findings_geojson(report: Mapping[str, Any], shapes: Sequence[Mapping[str, Any] | None] = ()) -> bytes:
    """Return the faults as GeoJSON (RFC 7946, EPSG:4326): one feature each, without geometry where it has no place.

    Args:
        report: As `ImportReport.as_dict` gives it, or as it is kept with the import.
        shapes: The shape of each fault as a GeoJSON geometry; without it, a point says where it is.
    """
    features = []
    for number, fault in enumerate(report["faults"]):
        point = {"type": "Point", "coordinates": fault["place"]} if fault.get("place") else None
        shape = shapes[number] if number < len(shapes) and shapes[number] is not None else point
        properties = {name: value for name, value in fault.items() if name != "place"}
        features.append({"type": "Feature", "id": number + 1, "geometry": shape, "properties": properties})
    return orjson.dumps({"type": "FeatureCollection", "features": features})
