"""Geometry in bodies and boxes in queries, in the coordinate system that the request names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow
import shapely
from flask import g, request
from marshmallow import fields
from shapely.geometry.base import BaseGeometry

from gis.bbox import bbox_in_finland, parse_bbox
from gis.crs import CRS84, READABLE_CRS, SERVED_CRS, TM35FIN, Crs, parse_crs
from gis.errors import BboxError, GeometryError, UnknownCrsError
from gis.geojson import read_geometry
from gis.geojson_schema import geometry_patch_schema, geometry_schemas
from service.errors import Fault, MalformedRequest

_DESCRIPTION = "GeoJSON geometry; longitude and latitude (CRS84) unless `crs` names another system"


class CrsField(fields.Field[Crs]):
    """The identifier of a coordinate reference system."""

    def __init__(self, among: Mapping[str, Crs], **options: Any) -> None:
        metadata = {"type": "string", "pattern": _pattern(among), "default": CRS84.uri, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)
        self.among = among

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Crs:
        try:
            return parse_crs(str(value), self.among)
        except UnknownCrsError as error:
            raise marshmallow.ValidationError([fault.detail for fault in error.faults]) from error


def _pattern(among: Mapping[str, Crs]) -> str:
    """What identifies one of these systems: its URI or authority and code; URNs are read, too."""
    codes = "|".join(code.removeprefix("EPSG:") for code in among if code.startswith("EPSG:"))
    base = r"http://www\.opengis\.net/def/crs"
    return rf"^({base}/OGC/1\.3/CRS84|OGC:CRS84|({base}/EPSG/0/|EPSG:)({codes}))$"


class GeometryField(fields.Field[BaseGeometry]):
    """A GeoJSON geometry, read in the system of the query's `crs` into EPSG:3067."""

    def __init__(self, geometry_types: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.geometry_types = tuple(geometry_types)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> BaseGeometry:
        try:
            return read_geometry(value, allowed_types=self.geometry_types, crs=written_crs())
        except GeometryError as error:
            messages: dict[str, list[str]] = {}
            for fault in error.faults:
                messages.setdefault(fault.pointer.lstrip("/"), []).append(fault.detail)
            raise marshmallow.ValidationError(messages) from error


class WrittenCrs(marshmallow.Schema):
    """The query of a request that writes geometry."""

    crs = CrsField(READABLE_CRS, metadata={"description": "System of the coordinates in the body; default CRS84"})


class ReadCrs(marshmallow.Schema):
    """The query of a request that reads geometry."""

    crs = CrsField(SERVED_CRS, load_default=CRS84, metadata={"description": "System of the coordinates in the answer"})


def written_crs() -> Crs:
    """Return the system of the coordinates in this request's body: what `use_content_crs` noted, or the query's."""
    noted: Crs | None = g.get("content_crs")
    if noted is not None:
        return noted
    return parse_crs(request.args["crs"], READABLE_CRS) if "crs" in request.args else CRS84


def use_content_crs() -> None:
    """Note the system that the header `Content-Crs` names, CRS84 without it; raises `MalformedRequest`."""
    named = request.headers.get("Content-Crs", CRS84.uri).strip()
    try:
        g.content_crs = parse_crs(named.removeprefix("<").removesuffix(">"), READABLE_CRS)
    except UnknownCrsError as error:
        faults = [Fault("Content-Crs", fault.detail) for fault in error.faults]
        raise MalformedRequest(f"The header Content-Crs cannot be read: {faults[0].detail}", faults) from error


def read_box(text: str, crs: Crs) -> bytes | None:
    """Return a query's box as EWKB in EPSG:3067; None where nothing of it lies in Finland."""
    try:
        area = bbox_in_finland(parse_bbox(text, crs))
    except BboxError as error:
        raise marshmallow.ValidationError([fault.detail for fault in error.faults], "bbox") from error
    if area is None:
        return None
    return bytes(shapely.to_wkb(shapely.set_srid(area, TM35FIN.srid), include_srid=True))


def geometry_json_schema(geometry_types: Iterable[str]) -> dict[str, Any]:
    """Return the JSON Schema of a GeoJSON geometry that may be of some types, or null."""
    return {"description": _DESCRIPTION, "anyOf": [*geometry_schemas(geometry_types), {"type": "null"}]}


def geometry_patch_json_schema(geometry_types: Iterable[str]) -> dict[str, Any]:
    """Return the JSON Schema of a merge patch on a geometry that may be of some types, or null."""
    return {"description": _DESCRIPTION, "anyOf": [geometry_patch_schema(geometry_types), {"type": "null"}]}
