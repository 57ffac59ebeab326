"""What the OpenAPI document says of tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from gis.tiles import TILE_MATRIX_SETS
from service.ogc.negotiation import HTML, JSON, Representation
from service.ogc.openapi_components import reference
from service.ogc.tiles_documents import MVT, TILEJSON
from service.queries.feature_tiles import style_properties

if TYPE_CHECKING:
    from service.queries.feature_collections import FeatureCollection

_TILE = "A Mapbox vector tile; money in whole euros, condition in thousandths"
Describe: TypeAlias = Callable[..., dict[str, Any]]
"""Makes a path with one GET of its operation id, tag, summary, response and parameters."""


def tile_matrix_set_paths(path: Describe) -> dict[str, Any]:
    """Return the paths of tile matrix sets."""
    parameters = _parameters("tileMatrixSetId", "f")
    return {
        "/tileMatrixSets": path("getTileMatrixSetsList", "service", "All tile matrix sets", "TileMatrixSets"),
        "/tileMatrixSets/{tileMatrixSetId}": path(
            "getTileMatrixSet", "service", "A tile matrix set", "TileMatrixSet", parameters
        ),
    }


def tile_paths(collection: FeatureCollection, path: Describe) -> dict[str, Any]:
    """Return the paths of a collection's tiles; the ends of the operation ids are those of OGC API Tiles."""
    base, tag, title = f"/collections/{collection.id}/tiles", collection.id, collection.title
    of_set, place = ("tileMatrixSetId", "municipality"), ("tileMatrix", "tileRow", "tileCol")
    names = _properties(collection)
    tile = path(
        f"{tag}.collection.vector.getTile",
        tag,
        f"A vector tile of {title}",
        "Tile",
        [*_parameters(*of_set, *place, "tileFormat"), names],
    )
    tile["get"]["responses"] |= {
        "204": reference("responses", "EmptyTile"),
        "304": reference("responses", "UnchangedTile"),
    }
    return {
        base: path(f"{tag}.collection.vector.getTileSetsList", tag, f"Tilesets of {title}", "TileSets"),
        f"{base}/{{tileMatrixSetId}}": path(
            f"{tag}.collection.vector.getTileSet",
            tag,
            f"A tileset of {title}",
            "TileSet",
            [*_parameters(*of_set, "tileSetFormat"), names],
        ),
        f"{base}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def with_tile_components(components: dict[str, Any]) -> dict[str, Any]:
    """Return the shared components and those of tiles."""
    own = {"parameters": _shared_parameters(), "responses": _responses(), "schemas": _schemas()}
    return {kind: {**shared, **own.get(kind, {})} for kind, shared in components.items()}


def _properties(collection: FeatureCollection) -> dict[str, Any]:
    names = list(dict.fromkeys((*collection.properties, *style_properties(collection))))
    return {
        "name": "properties",
        "in": "query",
        "description": "Properties that tiles carry beside those that styles need",
        "required": False,
        "schema": {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1},
        "style": "form",
        "explode": False,
    }


def _parameters(*names: str) -> list[dict[str, str]]:
    return [reference("parameters", name) for name in names]


def _shared_parameters() -> dict[str, Any]:
    index = {"type": "integer", "minimum": 0}

    def in_path(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "path", "description": description, "required": True, "schema": schema}

    def in_query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
        shared = {"required": False, "style": "form", "explode": False}
        return {"name": name, "in": "query", "description": description, "schema": schema, **shared}

    formats = [*Representation, TILEJSON]
    return {
        "tileMatrixSetId": in_path(
            "tileMatrixSetId", "Tile matrix set", {"type": "string", "enum": list(TILE_MATRIX_SETS)}
        ),
        "tileMatrix": in_path("tileMatrix", "Zoom, from 0 on", {"type": "string", "pattern": "^[0-9]+$"}),
        "tileRow": in_path("tileRow", "Row, from 0 at the top", index),
        "tileCol": in_path("tileCol", "Column, from 0 on the left", index),
        "tileFormat": in_query("f", "Format of the tile", {"type": "string", "enum": ["mvt"]}),
        "tileSetFormat": in_query(
            "f",
            "Representation; goes before Accept. TileJSON of WebMercatorQuad only",
            {"type": "string", "enum": formats},
        ),
    }


def _responses() -> dict[str, Any]:
    def document(description: str, schema: str) -> dict[str, Any]:
        json, html = {"schema": reference("schemas", schema)}, {"schema": {"type": "string"}}
        return {"description": description, "content": {JSON: json, HTML: html}}

    headers = {
        "ETag": {"description": "Another one after each change of the data", "schema": {"type": "string"}},
        "Cache-Control": {"description": "Keep, and ask whether it is still so", "schema": {"type": "string"}},
    }
    content = {MVT: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "TileMatrixSets": document("All tile matrix sets", "tileMatrixSets"),
        "TileMatrixSet": document("Definition of a tile matrix set", "tileMatrixSet"),
        "TileSets": document("Tilesets of the collection", "tileSets"),
        "TileSet": document("Metadata of a tileset, or TileJSON", "tileSet"),
        "Tile": {"description": _TILE, "headers": headers, "content": content},
        "EmptyTile": {"description": "Nothing lies in the tile", "headers": headers},
        "UnchangedTile": {"description": "The tile is as it was when the client got its ETag", "headers": headers},
    }


def _schemas() -> dict[str, Any]:
    text, links = {"type": "string"}, {"type": "array", "items": reference("schemas", "link")}
    of_set = {"id": text, "title": text, "crs": text, "links": links}
    of_tileset = {"title": text, "dataType": text, "crs": text, "tilejson": text, "links": links}

    def listed(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        return {name: {"type": "array", "items": {"type": "object", "properties": properties}}, "links": links}

    def schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
        return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}

    return {
        "tileMatrixSets": schema(listed("tileMatrixSets", of_set), "tileMatrixSets"),
        "tileMatrixSet": schema({**of_set, **listed("tileMatrices", {"id": text})}, "tileMatrices"),
        "tileSets": schema(listed("tilesets", of_tileset), "tilesets"),
        "tileSet": schema(of_tileset),
    }
