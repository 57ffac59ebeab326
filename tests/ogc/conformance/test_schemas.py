"""OGC API Features Part 5, schemas: returnables and receivables, queryables, sortables; and that sorting sorts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.access import Role
from service.database import Database
from service.operations.access import create_token

STANDARD = "http://www.opengis.net/spec/ogcapi-features-5/1.0"
Get = Callable[..., Any]
RELATIONS = {
    "schema": "http://www.opengis.net/def/rel/ogc/1.0/schema",
    "queryables": "http://www.opengis.net/def/rel/ogc/1.0/queryables",
    "sortables": "http://www.opengis.net/def/rel/ogc/1.0/sortables",
}
_OUTSIDE = ("id", "primary-geometry")
COLLECTIONS = ("building", "water_main", "valued_assets", "district", "service_area", "population_grid")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
KEYWORDS = {"$schema", "$id", "type", "title", "description", "properties", "additionalProperties"}
VALUE_KEYWORDS = {
    "type",
    "format",
    "title",
    "description",
    "minimum",
    "maximum",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
}
# What the register measures in, as UCUM writes it.
UCUM = {"m", "mm", "m2", "m3", "m3/h", "m3/d", "kV", "kW", "MW", "W", "MPa", "bar", "t", "kg", "a", "%", "km/h", "mm/m"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("returnables-and-receivables", "schema"), ("queryables", "queryables"), ("sortables", "sortables")],
)
def test_get_conformance(get: Get, name: str, kind: str) -> None:
    """/conf/returnables-and-receivables/get-conformance, /conf/queryables/get-conformance,
    /conf/sortables/get-conformance, /conf/returnables-and-receivables/link, /conf/queryables/link,
    /conf/sortables/link: the class is declared, and every collection leads to the schema."""
    answer = get("/conformance", accept="application/json")
    assert {f"{STANDARD}/conf/schemas", f"{STANDARD}/conf/{name}"} <= set(answer.json["conformsTo"])
    for collection in get("/collections").json["collections"]:
        (link,) = get(f"/collections/{collection['id']}").links(RELATIONS[kind])
        assert link["href"].endswith(f"/collections/{collection['id']}/{kind}")


@pytest.mark.parametrize("kind", RELATIONS)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_schema(get: Get, collection: str, kind: str) -> None:
    """/conf/schemas/basic-schema-inspection, /conf/returnables-and-receivables/op-and-response,
    /conf/queryables/op-and-response, /conf/sortables/op-and-response: a JSON Schema of plain keywords."""
    (link,) = get(f"/collections/{collection}").links(RELATIONS[kind])
    answer = get(link["href"], accept="application/schema+json")
    assert (answer.status, answer.media_type) == (200, "application/schema+json")
    schema = answer.json
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"], schema["type"]) == (DRAFT, link["href"], "object")
    assert "?" not in schema["$id"]
    assert not {name for name in schema if not name.startswith("x-")} - KEYWORDS
    for each in schema["properties"].values():
        assert not {name for name in each if not name.startswith("x-")} - VALUE_KEYWORDS - {"readOnly", "writeOnly"}
        if kind == "sortables":
            assert each["type"] in ("string", "number", "integer", "boolean")
        elif "type" not in each:
            assert "$ref" not in each
            assert each["format"].startswith("geometry-")
        assert each.get("format", "") in ("", "date") or each["format"].startswith("geometry-")


@pytest.mark.parametrize("kind", RELATIONS)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_keywords_of_properties(get: Get, collection: str, kind: str) -> None:
    """/conf/schemas/role, role-id, property-seq, unit, definition, nullvalues: each as Part 5 has it."""
    properties = get(f"/collections/{collection}/{kind}").json["properties"]
    assert all(isinstance(each.get("x-ogc-role", ""), str) for each in properties.values())
    identifiers = [each for each in properties.values() if each.get("x-ogc-role") == "id"]
    assert [each["type"] for each in identifiers] == (["string"] if kind != "sortables" else [])
    for name, each in properties.items():
        assert not {"x-ogc-propertySeq", "x-ogc-definition", "x-ogc-nullValues"} & each.keys()
        unit, language = each.get("x-ogc-unit"), each.get("x-ogc-unitLang", "UCUM")
        if unit:
            assert each["type"] in ("number", "integer"), name
            known = unit == "EUR" if language == "ISO 4217" else unit in UCUM or re.fullmatch(r"\{\w+\}(/[ad])?", unit)
            assert known, (name, unit)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_features_are_as_the_schema_says(get: Get, collection: str) -> None:
    """/conf/returnables-and-receivables/response-1: what features hold is valid, no more and no less than it names.

    What is unknown is null in GeoJSON, and is as if it were not there.
    """
    properties = get(f"/collections/{collection}/schema").json["properties"]
    told = {name: each for name, each in properties.items() if each.get("x-ogc-role") not in _OUTSIDE}
    page = get(f"/collections/{collection}/items?limit=50", accept="application/geo+json").json["features"]
    one = get(f"/collections/{collection}/items/{page[0]['id']}", accept="application/geo+json").json
    assert one["properties"] == page[0]["properties"]
    for feature in page:
        Draft202012Validator(properties["id"]).validate(feature["id"])
        assert set(feature["properties"]) == set(told)
        for name, value in feature["properties"].items():
            if value is not None:
                Draft202012Validator(told[name]).validate(value)
        kinds = properties["geometry"]["format"].removeprefix("geometry-").split("-or-")
        assert feature["geometry"] is None or kinds == ["any"] or feature["geometry"]["type"].lower() in kinds


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_the_schema_refuses_is_refused(get: Get, filled: Database, method: str) -> None:
    """/conf/returnables-and-receivables/response-2: what conforms is written; what does not is a fault of the client.

    Part 4 has 422 for it where the abstract test has 400. What only the register sets may come back as it was read,
    as GIS clients send it, and is passed over; in a merge patch it is refused.
    """
    token = create_token(filled, holder=f"schemas {method}", role=Role.ENGINEER, municipality_code="091")
    items = "/collections/building/items"
    feature = {"type": "Feature", "geometry": None, "properties": {"status": "in_use"}}

    def write(method: str, target: str, properties: dict[str, Any]) -> int:
        body = {**feature, "properties": {**feature["properties"], **properties}}  # type: ignore[dict-item]
        return int(
            get(
                target,
                method,
                json.dumps(body).encode(),
                authorization=f"Bearer {token}",
                content_type="application/geo+json",
            ).status
        )

    target = items if method == "POST" else f"{items}/091-2"
    assert write(method, target, {"storeys": 3}) == (201 if method == "POST" else 200)
    for wrong in ({"storeys": "three"}, {"storeys": -1}, {"colour": "red"}, {"status": "sunny"}, {"built_year": 1.5}):
        assert write(method, target, wrong) == 422, wrong


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_sortable_sorts(get: Get, collection: str, sign: str) -> None:
    """The features come in the order that `sortby` names, ascending unless it says descending."""
    for name in get(f"/collections/{collection}/sortables").json["properties"]:
        page = get(f"/collections/{collection}/items?limit=30&sortby={sign}{name}")
        assert page.status == 200, name
        values = [each["properties"].get(name, each["id"]) for each in page.json["features"]]
        known = [value for value in values if value is not None]
        # Text in the order of the database's collation is looked at in the tests of sorting.
        if known and name != "id" and not isinstance(known[0], str):
            assert known == sorted(known, reverse=bool(sign)), name


def test_what_is_no_sortable_is_refused(get: Get) -> None:
    """Refused with 400 that names the parameter."""
    for wrong in ("geometry", "no_such", "-", "name;DROP", "name,,"):
        answer = get(f"/collections/building/items?sortby={wrong}")
        assert answer.status == 400, wrong
        assert answer.json["errors"][0]["pointer"] == "sortby"


def test_pages_of_features_label_their_columns(get: Get) -> None:
    """Tables of features name their columns as the schema does, in the language that is asked for."""
    page = get("/collections/population_grid/items?f=html", accept_language="sv").content.decode()
    titles = get("/collections/population_grid/schema", accept_language="sv").json["properties"]
    assert titles["has_known_place"]["title"] == "Känt läge"
    for name, each in titles.items():
        if name not in ("id", "geometry"):
            assert f'{name}<br><small lang="sv">{each["title"]}</small>' in page
