"""JSON Schema of the geometries that are read: type by type, how deep their coordinates are nested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.geojson import GEOMETRY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}


def geometry_schemas(types: Iterable[str]) -> list[dict[str, Any]]:
    """Return a JSON Schema (also of OpenAPI 3.0) for each of these geometry types, in any case (`POINT` or `Point`).

    Three rules no schema can say: a ring ends where it starts, all positions have heights or none has, and everything
    lies in Finland.
    """
    wanted = {kind.upper() for kind in types}
    return [_geometry(kind) for kind in GEOMETRY_TYPES if kind.upper() in wanted]


def geometry_patch_schema(types: Iterable[str]) -> dict[str, Any]:
    """Return the JSON Schema of a merge patch on a geometry, which may hold either of its members alone."""
    wanted = [each["properties"] for each in geometry_schemas(types)]
    kinds = [kind for each in wanted for kind in each["type"]["enum"]]
    coordinates = list({repr(each["coordinates"]): each["coordinates"] for each in wanted}.values())
    members = {"type": {"type": "string", "enum": kinds}, "coordinates": {"anyOf": coordinates}}
    return {"type": "object", "properties": members}


def _geometry(kind: str) -> dict[str, Any]:
    members = {"type": {"type": "string", "enum": [kind]}, "coordinates": _coordinates(kind)}
    return {"type": "object", "properties": members, "required": list(members)}


def _coordinates(kind: str) -> dict[str, Any]:
    single = {"Point": _POSITION, "LineString": _several(_POSITION, 2), "Polygon": _several(_several(_POSITION, 4))}
    return single[kind] if kind in single else _several(single[kind.removeprefix("Multi")])


def _several(items: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}
