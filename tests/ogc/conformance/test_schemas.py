"""OGC API Features Part 5, schemas: returnables and receivables, queryables, sortables; and that sorting sorts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Get = Callable[..., Any]
PART_5 = "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/"
RELATIONS = {
    "schema": "http://www.opengis.net/def/rel/ogc/1.0/schema",
    "queryables": "http://www.opengis.net/def/rel/ogc/1.0/queryables",
    "sortables": "http://www.opengis.net/def/rel/ogc/1.0/sortables",
}
_OUTSIDE = ("id", "primary-geometry")
COLLECTIONS = ("building", "water_main", "valued_assets", "district", "service_area", "population_grid")


def test_the_classes_are_declared(get: Get) -> None:
    declared = set(get("/conformance").json["conformsTo"])
    classes = ("schemas", "returnables-and-receivables", "queryables", "sortables")
    assert {f"{PART_5}{name}" for name in classes} <= declared


@pytest.mark.parametrize("kind", RELATIONS)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_schemas_are_linked_and_are_json_schemas(get: Get, collection: str, kind: str) -> None:
    """/req/schemas/…, /req/returnables-and-receivables/schema-op, /req/queryables/…-op, /req/sortables/…-op."""
    (link, *_) = get(f"/collections/{collection}").links(RELATIONS[kind])
    answer = get(link["href"], accept="application/schema+json")
    assert answer.status == 200
    Draft202012Validator.check_schema(answer.json)
    assert answer.json["$id"] == link["href"].partition("?")[0]
    assert answer.json["type"] == "object"
    assert answer.json["properties"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_properties_have_a_type_or_a_geometry_and_one_is_the_id(get: Get, collection: str) -> None:
    """/req/schemas/properties, /req/core-roles-features/…: types, formats of geometry, one id, one geometry."""
    properties = get(f"/collections/{collection}/schema").json["properties"]
    roles = [each["x-ogc-role"] for each in properties.values() if "x-ogc-role" in each]
    assert roles.count("id") == roles.count("primary-geometry") == 1
    for each in properties.values():
        if each.get("x-ogc-role") == "primary-geometry":
            assert each["format"].startswith("geometry-")
            assert "type" not in each
        else:
            types = [each["type"]] if isinstance(each["type"], str) else each["type"]
            assert set(types) <= {"string", "number", "integer", "boolean", "null"}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_features_have_the_properties_of_the_schema(get: Get, collection: str) -> None:
    """/req/returnables-and-receivables/…: what features hold is what the schema says, no more and no less."""
    properties = get(f"/collections/{collection}/schema").json["properties"]
    told = {name for name, each in properties.items() if "x-ogc-role" not in each or each["x-ogc-role"] not in _OUTSIDE}
    for feature in get(f"/collections/{collection}/items?limit=50").json["features"]:
        assert set(feature["properties"]) == told


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_sortable_sorts(get: Get, collection: str, sign: str) -> None:
    """/req/sortables/…: the features come in the order that `sortby` names, ascending unless it says descending."""
    for name in get(f"/collections/{collection}/sortables").json["properties"]:
        page = get(f"/collections/{collection}/items?limit=30&sortby={sign}{name}")
        assert page.status == 200, name
        values = [each["properties"].get(name, each["id"]) for each in page.json["features"]]
        known = [value for value in values if value is not None]
        # Text in the order of the database's collation is looked at in the tests of sorting.
        if known and name != "id" and not isinstance(known[0], str):
            assert known == sorted(known, reverse=bool(sign)), name


def test_what_is_no_sortable_is_refused(get: Get) -> None:
    """/req/sortables/…: 400 that names the parameter."""
    for wrong in ("geometry", "no_such", "-", "name;DROP", "name,,"):
        answer = get(f"/collections/building/items?sortby={wrong}")
        assert answer.status == 400, wrong
        assert answer.json["errors"][0]["pointer"] == "sortby"
