"""Vector tiles, under `/ogc/collections/{id}/tiles`, and the tile matrix sets that they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, current_app, g, request

from gis.tiles import WEB_MERCATOR_QUAD
from service.ogc import tiles_documents as documents
from service.ogc.faults import FaultList
from service.ogc.negotiation import JSON, NotAcceptable, chosen_representation
from service.ogc.request_parameters import known_parameters, only_representation
from service.ogc.responses import document_response
from service.ogc.schemas import property_schema
from service.ogc.tiles_current import current_tile
from service.ogc.tiles_documents import MVT, TILEJSON
from service.ogc.tiles_kept import KEPT_TILES
from service.ogc.tiles_parameters import (
    TILE_PARAMETERS,
    read_municipality,
    read_place,
    read_properties,
    takes_tiles,
    tile_matrix_set_or_404,
)
from service.ogc.views import blueprint, collection_or_404, database, extents
from service.operations.permissions import Action, Of, needs
from service.queries.feature_tiles import TileQuery

if TYPE_CHECKING:
    from service.ogc.tiles_kept import KeptTiles
    from service.queries.feature_collections import FeatureCollection

_ASSET_CLASS = {"title": "Asset class", "type": "string"}


@blueprint.get("/tileMatrixSets")
@needs(Action.OPEN, Of.SERVICE)
def tile_matrix_sets() -> Response:
    """All tile matrix sets."""
    representation = only_representation(JSON)
    return document_response(documents.tile_matrix_sets_document(), representation, JSON)


@blueprint.get("/tileMatrixSets/<tile_matrix_set_id>")
@needs(Action.OPEN, Of.SERVICE)
def tile_matrix_set(tile_matrix_set_id: str) -> Response:
    """The definition of a tile matrix set."""
    tiles = tile_matrix_set_or_404(tile_matrix_set_id)
    representation = only_representation(JSON)
    return document_response(documents.tile_matrix_set_document(tiles), representation, JSON)


@blueprint.get("/collections/<collection_id>/tiles")
@needs(Action.READ, Of.SERVICE)
def tilesets(collection_id: str) -> Response:
    """The tilesets of a collection."""
    collection = collection_or_404(collection_id)
    representation = only_representation(JSON)
    return document_response(documents.tilesets_document(collection), representation, JSON)


@blueprint.get("/collections/<collection_id>/tiles/<tile_matrix_set_id>")
@needs(Action.READ, Of.PART)
def tileset(collection_id: str, tile_matrix_set_id: str) -> Response:
    """The metadata of a tileset, or the same as TileJSON."""
    collection, tiles = collection_or_404(collection_id), tile_matrix_set_or_404(tile_matrix_set_id)
    faults = FaultList()
    parameters = known_parameters(TILE_PARAMETERS, faults)
    names = read_properties(collection, parameters.get("properties"), faults)
    read_municipality(parameters.get("municipality"), faults)
    asked = {name: value for name, value in parameters.items() if name != "f"}
    described = _described(collection, names)
    if parameters.get("f") == TILEJSON and tiles is WEB_MERCATOR_QUAD:
        faults.raise_if_any()
        fields = {name: str(each.get("description", each["title"])) for name, each in described.items()}
        bounds = extents().get(collection_id)
        return _json(documents.tilejson_document(collection, fields, bounds, asked))
    also = (TILEJSON,) if tiles is WEB_MERCATOR_QUAD else ()
    representation = chosen_representation(parameters.get("f"), request.accept_mimetypes, JSON, faults, also)
    faults.raise_if_any()
    return document_response(documents.tileset_document(collection, tiles, described, asked), representation, JSON)


@blueprint.get("/collections/<collection_id>/tiles/<tile_matrix_set_id>/<matrix>/<row>/<column>")
@needs(Action.READ, Of.PART)
def tile(collection_id: str, tile_matrix_set_id: str, matrix: str, row: str, column: str) -> Response:
    """A tile; unless the data have changed, the client is told so without drawing it."""
    collection, tiles = collection_or_404(collection_id), tile_matrix_set_or_404(tile_matrix_set_id)
    place = read_place(tiles, {"tileMatrix": matrix, "tileRow": row, "tileCol": column})
    faults = FaultList()
    parameters = known_parameters(TILE_PARAMETERS, faults)
    names = read_properties(collection, parameters.get("properties"), faults)
    municipality_code = read_municipality(parameters.get("municipality"), faults)
    _check_type(parameters.get("f"), faults)
    faults.raise_if_any()
    return _tile_response(TileQuery(collection_id, tiles, place, names, municipality_code))


def _tile_response(query: TileQuery) -> Response:
    kept: KeptTiles = current_app.extensions[KEPT_TILES]
    knows = request.if_none_match.contains_weak if request.if_none_match else None
    with database().asking() as connection:
        tile = current_tile(connection, kept, query, knows)
    if tile.content is None:
        return _versioned(Response(status=304), tile.tag)
    return _versioned(Response(tile.content, content_type=MVT) if tile.content else Response(status=204), tile.tag)


def _versioned(answer: Response, tag: str) -> Response:
    """Let clients keep a tile and ask each time whether it is still so: an edit is on the map at once."""
    answer.set_etag(tag, weak=True)
    answer.cache_control.no_cache = True
    if g.get("principal") is not None:
        answer.cache_control.private = True
    else:
        answer.cache_control.public = True
    return answer


def _check_type(wanted: str | None, faults: FaultList) -> None:
    if wanted not in (None, "mvt"):
        faults.add("f", f"'{str(wanted)[:40]}' is not a known format; known: mvt")
    if wanted is None and not takes_tiles(request.accept_mimetypes):
        raise NotAcceptable(f"Tiles are available as {MVT}")


def _described(collection: FeatureCollection, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """JSON Schemas of what tiles carry, by name, the id first."""
    properties = collection.properties
    own = {name: property_schema(properties[name]) if name in properties else _ASSET_CLASS for name in names}
    return {"id": {"title": "Id", "type": "string"}, **own}


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), content_type=JSON)
