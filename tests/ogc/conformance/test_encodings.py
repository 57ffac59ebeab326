"""OGC API Features Part 1, conformance classes GeoJSON, HTML and OpenAPI 3.0: annexes A.3, A.4 and A.6."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

Get = Callable[..., Any]
Validate = Callable[[Any, str], None]
STANDARD = "http://www.opengis.net/spec/ogcapi-features-1/1.0"
FEATURES = ("/collections/water_main/items", "/collections/water_main/items/091-20001")
RESOURCES = ("/", "/api", "/conformance", "/collections", "/collections/building", *FEATURES)
GIVEN = {"{featureId}": "091-20001", "{collectionId}": "water_main"}
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


@pytest.mark.parametrize("path", FEATURES)
def test_geojson_definition_and_content(get: Get, validate: Validate, path: str) -> None:
    """/conf/geojson/definition, content: features as application/geo+json, valid against the schema of GeoJSON."""
    answer = get(path, accept="application/geo+json")
    assert answer.media_type == "application/geo+json"
    validate(answer.json, "featureCollectionGeoJSON" if path.endswith("items") else "featureGeoJSON")


def test_geojson_content_is_in_crs84_unless_asked_otherwise(get: Get) -> None:
    """/conf/geojson/content: positions are longitude, latitude in degrees, with the height where it is known."""
    for feature in get(FEATURES[0]).json["features"]:
        for longitude, latitude, height in feature["geometry"]["coordinates"]:
            assert 19 < longitude < 32 < 59 < latitude < 71
            assert 0 < height < 30


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.hrefs += [value for name, value in attrs if name == "href" and value]


@pytest.mark.parametrize("path", RESOURCES)
def test_html_definition_and_content(get: Get, path: str) -> None:
    """/conf/html/definition, content: every resource as HTML 5, with what its JSON says and links onward."""
    answer = get(path, accept="text/html")
    assert answer.status == 200
    assert answer.media_type == "text/html"
    reader = _Reader()
    reader.feed(answer.content.decode())
    assert answer.content.lower().startswith(b"<!doctype html>")
    assert {"html", "title", "h1", "body"} <= set(reader.tags)
    assert reader.hrefs


def test_html_shows_every_feature_of_the_page(get: Get) -> None:
    """/conf/html/content: the features of the page, and the way to the next."""
    shown = get(f"{FEATURES[0]}?f=html&limit=5").content.decode()
    page = get(f"{FEATURES[0]}?f=json&limit=5")
    assert all(feature["id"] in shown for feature in page.json["features"])
    assert page.links("next")[0]["href"].partition("cursor=")[2] in shown


def test_oas30_definition(get: Get) -> None:
    """/conf/oas30/oas-definition-1, oas-definition-2: a valid document of its media type."""
    answer = get("/api", accept=OPENAPI)
    assert answer.headers["Content-Type"] == OPENAPI
    OpenAPIV30SpecValidator(answer.json).validate()


def test_oas30_completeness(get: Get) -> None:
    """/conf/oas30/completeness: each operation's answer, of each media type and status, is as the definition says."""
    definition = get("/api").json
    for path in _paths_of(definition, "water_main"):
        operation = definition["paths"][path]["get"]
        described = _resolved(definition, operation["responses"]["200"])
        for media_type in described["content"]:
            if not media_type.startswith(("application", "text")):
                continue
            answer = get(_filled(path), accept=media_type)
            assert answer.status == 200, (path, media_type)
            assert answer.media_type == media_type.partition(";")[0], (path, media_type)


def test_oas30_answers_match_their_schemas(get: Get) -> None:
    """/conf/oas30/oas-impl: answers are valid against the schemas of the definition itself."""
    definition = get("/api").json
    for path in _paths_of(definition, "water_main"):
        described = _resolved(definition, definition["paths"][path]["get"]["responses"]["200"])
        for media_type, content in described["content"].items():
            if "json" not in media_type or "schema" not in content:
                continue
            document = get(_filled(path), accept=media_type).json
            schema = {**content["schema"], "components": definition["components"]}
            OAS30Validator(_inlined(schema, definition)).validate(document)


def test_oas30_exceptions_codes(get: Get) -> None:
    """/conf/oas30/exceptions-codes: the failures that happen are described, and are problem documents."""
    definition = get("/api").json
    for path in ("/collections/water_main/items", "/collections/water_main/items/{featureId}", "/collections"):
        described = definition["paths"][path]["get"]["responses"]
        for answer in (get(f"{_filled(path)}?x=1"), get(_filled(path), accept="image/png")):
            content = _resolved(definition, described[str(answer.status)])["content"]
            assert answer.media_type in content


def test_oas30_security(get: Get) -> None:
    """/conf/oas30/security: where reading is open it needs no token; a wrong token is refused as described."""
    definition = get("/api").json
    schemes = definition["components"]["securitySchemes"]
    assert all(name in schemes for each in definition["security"] for name in each)
    refused = get("/collections/building/items", authorization="Bearer wrong")
    assert refused.status == 401
    assert refused.media_type == "application/problem+json"


def _paths_of(definition: dict[str, Any], collection: str) -> list[str]:
    """Paths of one collection, by its name or by the parameter, and those of the service; tiles need numbers."""
    own = (f"/collections/{collection}", "/collections/{collectionId}")
    return [
        path
        for path, operations in definition["paths"].items()
        if "get" in operations
        and (path.startswith(own) or path.count("/") == 1)
        and not path.replace("{featureId}", "").replace("{collectionId}", "").count("{")
    ]


def _filled(path: str) -> str:
    for name, value in GIVEN.items():
        path = path.replace(name, value)
    return path


def _resolved(definition: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = definition
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _inlined(part: Any, definition: dict[str, Any]) -> Any:
    """Put what references name in their place; the definition's schemas do not refer to themselves."""
    if isinstance(part, dict):
        part = _resolved(definition, part)
        return {name: _inlined(value, definition) for name, value in part.items() if name != "components"}
    return [_inlined(each, definition) for each in part] if isinstance(part, list) else part
