"""Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0: the abstract tests of its annex for the classes declared.

Its JSON schemas are restated here, as far as they bind what the service gives.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

STANDARD = "http://www.opengis.net/spec/tms/2.0"
Get = Callable[..., Any]
SETS = pytest.mark.parametrize("matrix_set", ["WebMercatorQuad", "ETRS-TM35FIN"])
TEXT, URI, NUMBER = {"type": "string"}, {"type": "string", "format": "uri"}, {"type": "number"}
WHOLE = {"type": "number", "minimum": 1, "multipleOf": 1}
TWO = {"type": "array", "minItems": 2, "maxItems": 2, "items": NUMBER}
LINK = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {"href": TEXT, "rel": TEXT, "type": TEXT, "title": TEXT, "templated": {"type": "boolean"}},
}
TILE_MATRIX = {
    "type": "object",
    "required": [
        "id",
        "scaleDenominator",
        "cellSize",
        "pointOfOrigin",
        "tileWidth",
        "tileHeight",
        "matrixWidth",
        "matrixHeight",
    ],
    "properties": {
        "id": TEXT,
        "scaleDenominator": NUMBER,
        "cellSize": NUMBER,
        "cornerOfOrigin": {"enum": ["topLeft", "bottomLeft"]},
        "pointOfOrigin": TWO,
        **dict.fromkeys(("tileWidth", "tileHeight", "matrixWidth", "matrixHeight"), WHOLE),
    },
}
TILE_MATRIX_SET = {
    "type": "object",
    "required": ["crs", "tileMatrices"],
    "properties": {
        "id": TEXT,
        "title": TEXT,
        "uri": URI,
        "crs": TEXT,
        "orderedAxes": {"type": "array", "minItems": 1, "items": TEXT},
        "wellKnownScaleSet": URI,
        "tileMatrices": {"type": "array", "items": TILE_MATRIX},
    },
}
TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"]
PROPERTY = {
    "type": "object",
    "properties": {
        "title": TEXT,
        "description": TEXT,
        "type": {"enum": TYPES},
        "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
        "format": TEXT,
        "minimum": NUMBER,
        "maximum": NUMBER,
    },
}
LAYER = {
    "type": "object",
    "required": ["id", "dataType"],
    "properties": {
        "id": TEXT,
        "title": TEXT,
        "dataType": {"enum": ["map", "vector", "coverage"]},
        "maxTileMatrix": TEXT,
        "propertiesSchema": {
            "type": "object",
            "required": ["type", "properties"],
            "properties": {
                "type": {"const": "object"},
                "properties": {"type": "object", "additionalProperties": PROPERTY},
            },
        },
    },
}
TILE_SET = {
    "type": "object",
    "required": ["dataType", "crs"],
    "properties": {
        "title": TEXT,
        "description": TEXT,
        "mediaTypes": {"type": "array", "items": TEXT},
        "dataType": {"enum": ["map", "vector", "coverage"]},
        "crs": TEXT,
        "tileMatrixSetURI": URI,
        "boundingBox": {
            "type": "object",
            "required": ["lowerLeft", "upperRight"],
            "properties": {"lowerLeft": TWO, "upperRight": TWO, "crs": TEXT},
        },
        "layers": {"type": "array", "minItems": 1, "items": LAYER},
        "links": {"type": "array", "items": LINK},
    },
}


@SETS
def test_tile_matrix_set(get: Get, matrix_set: str) -> None:
    """/conf/json-tilematrixset/ietf, media-type, schema, model, /conf/tilematrixset/model: JSON of the model, whose
    figures agree with each other."""
    answer = get(f"/tileMatrixSets/{matrix_set}")
    assert (answer.status, answer.media_type) == (200, "application/json")
    definition = json.loads(answer.content.decode("utf-8"))
    Draft202012Validator(TILE_MATRIX_SET).validate(definition)
    assert len({each["id"] for each in definition["tileMatrices"]}) == len(definition["tileMatrices"])
    for each in definition["tileMatrices"]:
        # A pixel of 0.28 mm; both systems are in metres.
        assert each["scaleDenominator"] == pytest.approx(each["cellSize"] / 0.28e-3)
        assert each["matrixWidth"] * each["cellSize"] * each["tileWidth"] == pytest.approx(
            definition["tileMatrices"][0]["cellSize"] * 256
        )


def test_web_mercator_is_the_registered_one(get: Get) -> None:
    """/conf/tilematrixset/model: the figures of WebMercatorQuad in annex D."""
    definition = get("/tileMatrixSets/WebMercatorQuad").json
    assert definition["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    first, last = definition["tileMatrices"][0], definition["tileMatrices"][24]
    assert first["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-9)
    assert first["cellSize"] == pytest.approx(156543.033928041, rel=1e-9)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert last["scaleDenominator"] == pytest.approx(33.3238997477002, rel=1e-9)
    assert math.log2(last["matrixWidth"]) == 24


@SETS
@pytest.mark.parametrize("collection", ["valued_assets", "building", "water_main", "district", "population_grid"])
def test_tile_set_metadata(get: Get, matrix_set: str, collection: str) -> None:
    """/conf/json-tilesetmetadata/ietf, media-type, schema, model, /conf/tilesetmetadata/model, identifier: JSON of the
    model, with a link to the tile matrix set."""
    answer = get(f"/collections/{collection}/tiles/{matrix_set}")
    assert (answer.status, answer.media_type) == (200, "application/json")
    metadata = json.loads(answer.content.decode("utf-8"))
    Draft202012Validator(TILE_SET).validate(metadata)
    (link,) = answer.links("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")
    definition = get(link["href"]).json
    assert (definition["id"], definition["crs"]) == (matrix_set, metadata["crs"])
    assert metadata["layers"][0]["maxTileMatrix"] in {each["id"] for each in definition["tileMatrices"]}
    for each in get(f"/collections/{collection}/tiles").json["tilesets"]:
        Draft202012Validator(TILE_SET).validate(each)
