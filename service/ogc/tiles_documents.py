"""The documents that describe tiles: tile matrix sets, tilesets and TileJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gis.tiles import ETRS_TM35FIN, TILE_MATRIX_SETS, TILE_PIXELS, WEB_MERCATOR_QUAD
from service.ogc.links import Link, address, link
from service.ogc.negotiation import GEOJSON, JSON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.finland import Bounds
    from gis.tiles import TileMatrixSet
    from service.queries.feature_collections import FeatureCollection

MVT = "application/vnd.mapbox-vector-tile"
TILEJSON = "tilejson"
TILESETS_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEMES_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
TILES_CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
)
"""The classes of OGC API Tiles and of the tile matrix set standard of which every requirement is met."""

LAST_ZOOM = {WEB_MERCATOR_QUAD.id: 16, ETRS_TM35FIN.id: 15}
"""Zoom from which on clients do better to enlarge than to ask: a unit of its grid is under a decimetre or two."""
_TILING_SCHEME_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_GEODATA_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
_AXES = {WEB_MERCATOR_QUAD.id: ["X", "Y"], ETRS_TM35FIN.id: ["E", "N"]}
_SCALE_SETS = {WEB_MERCATOR_QUAD.id: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"}
_TEMPLATE = "/{tileMatrix}/{tileRow}/{tileCol}"


def tile_matrix_sets_document() -> dict[str, Any]:
    """Return all tile matrix sets."""
    described = [
        {**_named(tiles), "links": [link("self", _definition(tiles), JSON, f"Definition of {tiles.id}")]}
        for tiles in TILE_MATRIX_SETS.values()
    ]
    return {"tileMatrixSets": described, "links": []}


def tile_matrix_set_document(tiles: TileMatrixSet) -> dict[str, Any]:
    """Return the definition of a tile matrix set."""
    scale_set = {"wellKnownScaleSet": _SCALE_SETS[tiles.id]} if tiles.id in _SCALE_SETS else {}
    matrices = [_matrix(tiles, zoom) for zoom in range(tiles.zooms)]
    return {**_named(tiles), "orderedAxes": _AXES[tiles.id], **scale_set, "tileMatrices": matrices}


def tilesets_document(collection: FeatureCollection) -> dict[str, Any]:
    """Return the tilesets of a collection, one a tile matrix set."""
    tilesets = [_tileset(collection, tiles) for tiles in TILE_MATRIX_SETS.values()]
    return {"title": f"{collection.title} as vector tiles", "tilesets": tilesets, "links": []}


def tileset_document(
    collection: FeatureCollection, tiles: TileMatrixSet, layer_properties: Mapping[str, Any], asked: Mapping[str, str]
) -> dict[str, Any]:
    """Return the metadata of a tileset.

    Args:
        collection: The collection.
        tiles: The tile matrix set.
        layer_properties: JSON Schemas of the properties that its tiles carry.
        asked: Query parameters that the tiles are to be asked with.
    """
    west, south, east, north = tiles.bounds
    described = _tileset(collection, tiles)
    links: list[dict[str, Any]] = [
        *(each for each in described["links"] if each["rel"] != "self"),
        {**link("item", _tile_template(collection, tiles, asked), MVT, "A tile"), "templated": True},
        link(_GEODATA_RELATION, address("collection", collection_id=collection.id), JSON, collection.title),
        link("items", address("items", collection_id=collection.id), GEOJSON, f"{collection.title} as GeoJSON"),
    ]
    if tiles is WEB_MERCATOR_QUAD:
        tilejson = _with_query(_tileset_address(collection, tiles), {"f": TILEJSON, **asked})
        links.append(link("alternate", tilejson, JSON, "As TileJSON"))
    layer = {
        "id": collection.id,
        "title": collection.title,
        "dataType": "vector",
        "maxTileMatrix": str(LAST_ZOOM[tiles.id]),
        "propertiesSchema": {"type": "object", "properties": dict(layer_properties)},
    }
    return {
        **described,
        "description": collection.description,
        "mediaTypes": [MVT],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": tiles.crs.uri},
        "layers": [layer],
        "links": links,
    }


def tilejson_document(
    collection: FeatureCollection, fields: Mapping[str, str], bounds: Bounds | None, asked: Mapping[str, str]
) -> dict[str, Any]:
    """Return TileJSON 3.0 of a collection in web mercator, the only system that TileJSON knows.

    Args:
        collection: The collection.
        fields: Descriptions of the properties that its tiles carry, by name.
        bounds: Extent in degrees, None where there is nothing.
        asked: Query parameters that the tiles are to be asked with.
    """
    template = _tile_template(collection, WEB_MERCATOR_QUAD, asked)
    for name, short in (("{tileMatrix}", "{z}"), ("{tileRow}", "{y}"), ("{tileCol}", "{x}")):
        template = template.replace(name, short)
    zooms = {"minzoom": 0, "maxzoom": LAST_ZOOM[WEB_MERCATOR_QUAD.id]}
    layer = {"id": collection.id, "description": collection.description, **zooms, "fields": dict(fields)}
    return {
        "tilejson": "3.0.0",
        "name": collection.title,
        "description": collection.description,
        "scheme": "xyz",
        "tiles": [template],
        **zooms,
        **({"bounds": list(bounds)} if bounds else {}),
        "vector_layers": [layer],
    }


def _named(tiles: TileMatrixSet) -> dict[str, Any]:
    uri = {"uri": tiles.uri} if tiles.uri else {}
    return {"id": tiles.id, "title": tiles.title, **uri, "crs": tiles.crs.uri}


def _matrix(tiles: TileMatrixSet, zoom: int) -> dict[str, Any]:
    return {
        "id": str(zoom),
        "scaleDenominator": tiles.scale_denominator(zoom),
        "cellSize": tiles.cell_m(zoom),
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [tiles.west, tiles.north],
        "tileWidth": TILE_PIXELS,
        "tileHeight": TILE_PIXELS,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def _tileset(collection: FeatureCollection, tiles: TileMatrixSet) -> dict[str, Any]:
    links: Sequence[Link] = [
        link("self", _tileset_address(collection, tiles), JSON, f"{collection.title} in {tiles.id}"),
        link(_TILING_SCHEME_RELATION, _definition(tiles), JSON, f"Definition of {tiles.id}"),
    ]
    return {
        "title": f"{collection.title} in {tiles.id}",
        "dataType": "vector",
        "crs": tiles.crs.uri,
        "tileMatrixSetId": tiles.id,
        **({"tileMatrixSetURI": tiles.uri} if tiles.uri else {}),
        "links": links,
    }


def _definition(tiles: TileMatrixSet) -> str:
    return address("tile_matrix_set", tile_matrix_set_id=tiles.id)


def _tileset_address(collection: FeatureCollection, tiles: TileMatrixSet) -> str:
    return address("tileset", collection_id=collection.id, tile_matrix_set_id=tiles.id)


def _tile_template(collection: FeatureCollection, tiles: TileMatrixSet, asked: Mapping[str, str]) -> str:
    return _with_query(_tileset_address(collection, tiles) + _TEMPLATE, asked)


def _with_query(href: str, parameters: Mapping[str, str]) -> str:
    return f"{href}?{urlencode(parameters, safe=',')}" if parameters else href
