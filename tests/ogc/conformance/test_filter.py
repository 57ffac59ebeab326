"""OGC API Features Part 3, filtering: the abstract tests of annex A, with CQL2 as text and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from pyproj import Transformer

STANDARD = "http://www.opengis.net/spec/ogcapi-features-3/1.0"
Get = Callable[..., Any]
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ITEMS = "/collections/water_main/items"
WRITTEN_AS_TEXT = quote("nominal_diameter_mm > 150")
WRITTEN_AS_JSON = json.dumps({"op": ">", "args": [{"property": "nominal_diameter_mm"}, 150]}, separators=(",", ":"))
EVERYTHING = 25
SPATIAL = ("building", "water_main", "valued_assets", "district", "service_area", "population_grid")
FORMATS = re.compile(
    "geometry-(point|multipoint|linestring|multilinestring|polygon|multipolygon|geometrycollection|any"
    "|point-or-multipoint|linestring-or-multilinestring|polygon-or-multipolygon)"
)


def found(get: Get, query: str, path: str = ITEMS) -> list[dict[str, Any]]:
    answer = get(f"{path}?{query}")
    assert answer.status == 200, answer.content
    assert answer.media_type == "application/geo+json"
    return list(answer.json["features"])


@pytest.fixture(scope="module")
def collections(get: Get) -> list[dict[str, Any]]:
    return list(get("/collections").json["collections"])


def sample(get: Get, collection: str) -> str:
    """The sample queryable of the tests: some property with a type."""
    properties = get(f"/collections/{collection}/queryables").json["properties"]
    return next(str(name) for name, each in properties.items() if "type" in each and name != "id")


def test_get_conformance(get: Get) -> None:
    """/conf/queryables/get-conformance, /conf/queryables-query-parameters/get-conformance,
    /conf/filter/get-conformance, /conf/features-filter/get-conformance: the classes are declared."""
    answer = get("/conformance", accept="application/json")
    assert answer.media_type == "application/json"
    names = ("queryables", "queryables-query-parameters", "filter", "features-filter")
    assert {f"{STANDARD}/conf/{name}" for name in names} <= set(answer.json["conformsTo"])


@pytest.mark.parametrize("form", ["", "?f=html", "?f=csv", "?f=flatgeobuf"])
def test_items_lead_to_their_queryables(get: Get, form: str) -> None:
    """/conf/queryables/get-queryables-uris: every filterable resource names its queryables in the header Link."""
    for collection in get("/collections").json["collections"]:
        answer = get(f"/collections/{collection['id']}/items{form}", method="HEAD", accept="application/json, */*")
        assert answer.status == 200
        (href,) = re.findall(f'<([^>]*)>; rel="{QUERYABLES}"', answer.headers["Link"])
        assert href.endswith(f"/collections/{collection['id']}/queryables")


def test_queryables(get: Get, collections: list[dict[str, Any]]) -> None:
    """/conf/queryables/get-queryables, /conf/features-filter/get-collection: a JSON Schema linked by the collection."""
    for collection in collections:
        alone = get(f"/collections/{collection['id']}").json
        (href,) = [link["href"] for link in alone["links"] if link["rel"] == QUERYABLES]
        assert href.endswith(f"/collections/{collection['id']}/queryables")
        answer = get(href, accept="application/schema+json")
        assert (answer.status, answer.media_type) == (200, "application/schema+json")
        schema = answer.json
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (schema["$id"], schema["type"]) == (href, "object")
        assert schema["additionalProperties"] is False
        Draft202012Validator.check_schema(schema)
        assert schema["properties"]
        for each in schema["properties"].values():
            assert "$ref" not in each
            assert ("type" in each) != bool(FORMATS.fullmatch(each.get("format", "")))


def test_queryables_are_query_parameters(get: Get) -> None:
    """/conf/queryables-query-parameters/query-param: those of simple types select by name=value; others are refused."""
    queryables = get("/collections/water_main/queryables").json["properties"]
    (first, *_) = found(get, "limit=1")
    for name in queryables.keys() & first["properties"].keys():
        value = first["properties"][name]
        if isinstance(value, str | int | float):
            written = str(value).lower() if isinstance(value, bool) else value
            chosen = found(get, f"{name}={written}")
            assert first["id"] in [each["id"] for each in chosen], name
            assert {each["properties"][name] for each in chosen} == {value}
        if queryables[name]["type"] in ("integer", "number", "boolean"):
            assert get(f"{ITEMS}?{name}=neither").status == 400, name


@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_filter_parameter(get: Get, collections: list[dict[str, Any]], language: str) -> None:
    """/conf/filter/filter-param, /conf/features-filter/filter-on-items: what meets the filter, of every collection."""
    for collection in collections:
        path, name = f"/collections/{collection['id']}/items", sample(get, collection["id"])
        as_json = json.dumps({"op": "isNull", "args": [{"property": name}]}, separators=(",", ":"))
        written = quote(f"{name} IS NULL" if language == "cql2-text" else as_json)
        everything = found(get, "limit=10000", path)
        chosen = found(get, f"limit=10000&filter-lang={language}&filter={written}", path)
        assert chosen == [each for each in everything if each["properties"][name] is None]
        assert get(f"{path}?filter-lang={language}&filter=THIS IS NOT A FILTER").status == 400


@pytest.mark.parametrize("query", [f"filter={WRITTEN_AS_TEXT}", f"filter={WRITTEN_AS_TEXT}&filter-lang=cql2-text"])
def test_filter_as_text(get: Get, query: str) -> None:
    """/conf/filter/filter-lang-default: without filter-lang a filter is CQL2 text, as the API definition says."""
    chosen = found(get, query)
    assert 0 < len(chosen) < EVERYTHING
    assert all(each["properties"]["nominal_diameter_mm"] > 150 for each in chosen)
    assert len(chosen) + len(found(get, f"filter=NOT%20({WRITTEN_AS_TEXT})")) == EVERYTHING
    assert get(f"{ITEMS}?filter=THIS IS NOT A FILTER").status == 400
    parameters = get("/api").json["components"]["parameters"].values()
    (schema,) = [each["schema"] for each in parameters if each["name"] == "filter-lang"]
    assert schema["default"] == "cql2-text"
    assert {"cql2-text", "cql2-json"} <= set(schema["enum"])


def test_filter_as_json(get: Get) -> None:
    """/conf/filter/filter-param: the same filter as cql2-json selects the same."""
    as_json = found(get, f"filter-lang=cql2-json&filter={WRITTEN_AS_JSON}")
    assert as_json == found(get, f"filter={WRITTEN_AS_TEXT}")


def test_only_queryables_can_be_filtered_by(get: Get, collections: list[dict[str, Any]]) -> None:
    """/conf/filter/expression-construction: 400 for a property that is none."""
    for collection in collections:
        answer = get(f"/collections/{collection['id']}/items?filter=this_is_not_a_queryable IS NULL")
        assert answer.status == 400


@pytest.mark.parametrize("collection", SPATIAL)
def test_filters_are_in_crs84_by_default(get: Get, collection: str) -> None:
    """/conf/filter/filter-crs-wgs84: the box of the collection holds all that has a geometry; others are refused."""
    path, page = f"/collections/{collection}/items", page_of_all(collection)
    everything = [each for each in found(get, page, path) if each["geometry"]]
    assert found(get, f"{page}&filter=S_INTERSECTS(geometry,BBOX({box_of(get, collection)}))", path) == everything
    assert get(f"{path}?filter=S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))").status == 400


@pytest.mark.parametrize("collection", SPATIAL)
def test_filters_in_every_system(get: Get, collection: str) -> None:
    """/conf/filter/filter-crs-param: the same box in each system selects the same; an unknown system is refused."""
    path = f"/collections/{collection}/items?limit=100"
    everything = [each["id"] for each in get(path + "&filter=geometry IS NOT NULL").json["features"]]
    west, south, east, north = map(float, box_of(get, collection).split(","))
    for uri in get(f"/collections/{collection}").json["crs"]:
        authority = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
        bounds = Transformer.from_crs("OGC:CRS84", authority).transform_bounds(west, south, east, north, 100)
        written = f"S_INTERSECTS(geometry,BBOX({','.join(map(str, bounds))}))"
        answer = get(f"{path}&filter={written}&filter-crs={uri}")
        assert [each["id"] for each in answer.json["features"]] == everything, uri
    unknown = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
    assert get(f"{path}&filter=S_INTERSECTS(geometry,BBOX(24,60,25,61))&filter-crs={unknown}").status == 400


def page_of_all(collection: str) -> str:
    """What asks for a whole collection at once: of the largest ones, those of one municipality."""
    return "limit=10000" + ("&municipality=837" if collection in ("building", "valued_assets") else "")


def box_of(get: Get, collection: str) -> str:
    """The extent of a collection, a little larger, as extents are rounded."""
    west, south, east, north = get(f"/collections/{collection}").json["extent"]["spatial"]["bbox"][0]
    return f"{west - 1e-4},{south - 1e-4},{east + 1e-4},{north + 1e-4}"


def test_collections(get: Get) -> None:
    """/conf/features-filter/get-collections: the list of what can be filtered."""
    answer = get("/collections", accept="application/json")
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert isinstance(answer.json["collections"], list)


@pytest.mark.parametrize("collection", SPATIAL)
def test_filter_and_bbox(get: Get, collection: str) -> None:
    """/conf/features-filter/mixing-expression: filter and bbox both hold."""
    path, box = f"/collections/{collection}/items", box_of(get, collection)
    written, page = f"filter=S_INTERSECTS(geometry,BBOX({box}))", page_of_all(collection)
    everything = [each for each in found(get, page, path) if each["geometry"]]
    assert everything
    assert found(get, f"{page}&{written}&bbox={box}", path) == everything
    assert found(get, f"{written}&bbox=-10,-10,-9,-9", path) == []


def test_filter_and_other_parameters(get: Get) -> None:
    """/conf/features-filter/mixing-expression: all conditions hold, with bbox, datetime and properties."""
    bbox = "bbox=24.9,60.1,25,60.2&datetime=2026-01-01T00:00:00Z/.."
    assert found(get, f"{bbox}&filter={WRITTEN_AS_TEXT}") == found(get, f"filter={WRITTEN_AS_TEXT}")
    assert found(get, f"nominal_diameter_mm=150&filter={WRITTEN_AS_TEXT}") == []
    assert found(get, f"bbox=0,0,1,1&filter={WRITTEN_AS_TEXT}") == []


def test_filter_holds_on_the_next_page(get: Get) -> None:
    """/conf/features-filter/filter-on-items: every page holds just the features that meet the filter."""
    href, ids = f"{ITEMS}?limit=3&filter={WRITTEN_AS_TEXT}", []
    while href:
        page = get(href)
        ids += [each["id"] for each in page.json["features"]]
        href = next((link["href"] for link in page.links("next")), "")
    assert ids == [each["id"] for each in found(get, f"filter={WRITTEN_AS_TEXT}")]


@pytest.mark.parametrize(
    "query",
    [
        "filter=no_such_property%20%3D%201",
        "filter=nominal_diameter_mm%20%3D%20'wide'",
        "filter=nominal_diameter_mm%20%3D",
        "filter=",
        "filter=nominal_diameter_mm%3D1&filter-lang=ecql",
        "filter=%7B%7D&filter-lang=cql2-json",
        "filter=no_such_function(nominal_diameter_mm)%3D1",
    ],
)
def test_filters_that_are_none(get: Get, query: str) -> None:
    """/conf/features-filter/filter-on-items: 400 with a problem that says why."""
    answer = get(f"{ITEMS}?{query}")
    assert answer.status == 400
    assert answer.media_type == "application/problem+json"
    assert answer.json["errors"]
