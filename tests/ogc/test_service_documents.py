"""What clients read first: landing page, conformance, definition, collections, schemas."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from models.registry import ASSET_CLASSES

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DOCUMENTS = [
    "/ogc/",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/building",
    "/ogc/collections/building/schema",
    "/ogc/collections/building/geojson-schema",
    "/ogc/collections/building/queryables",
    "/ogc/collections/building/items",
    "/ogc/collections/building/items/091-1",
]
LINKED = [path for path in DOCUMENTS if not path.endswith(("api", "schema", "queryables"))]


def test_the_landing_page_leads_to_definition_conformance_and_data(client: FlaskClient) -> None:
    links = {link["rel"]: link for link in client.get("/ogc").json["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= links.keys()
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for link in links.values():
        assert client.get(link["href"]).status_code == 200


def test_the_root_answers_with_and_without_a_slash_and_without_a_redirect(client: FlaskClient) -> None:
    assert client.get("/ogc").status_code == client.get("/ogc/").status_code == 200


def test_links_are_those_of_the_proxy_that_the_client_sees(client: FlaskClient) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "gis.example.fi", "X-Forwarded-Prefix": "/register"}
    page = client.get("/ogc/collections/water_main/items?limit=1", headers=forwarded).json
    hrefs = [link["href"] for link in page["links"]]
    assert {"self", "alternate", "collection", "next"} == {link["rel"] for link in page["links"]}
    assert all(href.startswith("https://gis.example.fi/register/ogc/collections/water_main") for href in hrefs)
    definition = client.get("/ogc/api", headers=forwarded).json
    assert definition["servers"] == [{"url": "https://gis.example.fi/register/ogc"}]


@pytest.mark.parametrize("path", LINKED)
def test_every_link_of_every_document_is_absolute_typed_and_answers(client: FlaskClient, path: str) -> None:
    document = client.get(path).json
    links = [*document["links"], *(link for each in document.get("collections", []) for link in each["links"])]
    for link in links:
        assert link["href"].startswith("http://")
        answer = client.head(link["href"], headers={"Accept": link["type"]})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == link["type"].partition(";")[0]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_json_is_the_default_and_a_browser_gets_a_page(client: FlaskClient, path: str) -> None:
    for accept in ({}, {"Accept": "*/*"}, {"Accept": ""}, {"Accept": "application/json"}):
        assert "json" in client.get(path, headers=accept).headers["Content-Type"]
    page = client.get(path, headers={"Accept": BROWSER})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in page.text
    assert "json" in client.get(f"{path}?f=json", headers={"Accept": BROWSER}).headers["Content-Type"]
    assert client.get(f"{path}?f=html").headers["Content-Type"].startswith("text/html")
    assert "Accept" in page.headers["Vary"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_cannot_be_given_is_refused_and_named(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{path}?f=xml").status_code == 400
    refused = client.get(f"{path}?nonsense=1&f=json")
    assert refused.status_code == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert [fault["pointer"] for fault in refused.json["errors"]] == ["nonsense"]
    assert client.get(f"{path}?f=json&f=html").status_code == 400


def test_there_is_a_collection_for_every_asset_class_and_for_areas_and_all_assets(client: FlaskClient) -> None:
    ids = [each["id"] for each in client.get("/ogc/collections").json["collections"]]
    assert set(ids) == {*ASSET_CLASSES, "valued_assets", "district", "service_area", "population_grid"}
    assert len(ids) == len(set(ids))


def test_a_collection_says_where_it_lies_and_in_which_systems_it_is_served(client: FlaskClient) -> None:
    collection = client.get("/ogc/collections/water_main").json
    assert collection["itemType"] == "feature"
    assert collection["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/3067"
    assert collection["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert len(collection["crs"]) == 17
    (box,) = collection["extent"]["spatial"]["bbox"]
    assert box == pytest.approx([24.9275, 60.1687, 24.9285, 60.1688], abs=2e-3)


def test_the_extent_holds_every_feature(client: FlaskClient) -> None:
    for name in ("water_main", "district", "population_grid"):
        west, south, east, north = client.get(f"/ogc/collections/{name}").json["extent"]["spatial"]["bbox"][0]
        outside = [f"-30,50,{west},80", f"{east},50,40,80", f"-30,50,40,{south}", f"-30,{north},40,80"]
        for box in outside:
            assert client.get(f"/ogc/collections/{name}/items?bbox={box}").json["features"] == []


def test_a_collection_without_features_has_no_extent(client: FlaskClient) -> None:
    assert "extent" not in client.get("/ogc/collections/quay").json


@pytest.mark.parametrize(
    "path", ["/ogc/collections/no_such", "/ogc/collections/no_such/items", "/ogc/collections/x/schema"]
)
def test_an_unknown_collection_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_definition_is_valid_openapi_3_0(client: FlaskClient) -> None:
    answer = client.get("/ogc/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    OpenAPIV30SpecValidator(answer.json).validate()
    assert answer.json["openapi"] == "3.0.3"


def test_the_definition_tells_clients_the_largest_page(client: FlaskClient) -> None:
    definition = client.get("/ogc/api").json
    parameters = definition["paths"]["/collections/building/items"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/limit"} in parameters
    assert definition["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000
    assert "energy_class" in {each.get("name") for each in parameters}


def test_every_path_of_the_definition_is_served(client: FlaskClient) -> None:
    for path, operations in client.get("/ogc/api").json["paths"].items():
        assert "get" in operations
        known = client.get("/ogc" + path.replace("{featureId}", "091-none"))
        assert known.status_code == (404 if "{" in path else 200)


@pytest.mark.parametrize("name", ["schema", "queryables", "geojson-schema"])
def test_schemas_are_json_schemas_with_their_own_address(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/ogc/collections/building/{name}")
    assert answer.headers["Content-Type"] == "application/schema+json"
    Draft202012Validator.check_schema(answer.json)
    assert answer.json["$id"] == f"http://localhost/ogc/collections/building/{name}"


def test_the_schema_gives_type_unit_limits_and_choices_of_every_property(client: FlaskClient) -> None:
    schema = client.get("/ogc/collections/building/schema").json["properties"]
    feature = client.get("/ogc/collections/building/items/091-1").json
    assert set(schema) == {"id", "geometry", *feature["properties"]}
    assert schema["id"]["x-ogc-role"] == "id"
    assert schema["geometry"] == {"title": "Geometry", "x-ogc-role": "primary-geometry", "format": "geometry-any"}
    assert schema["gross_floor_area_m2"]["type"] == "number"
    assert schema["gross_floor_area_m2"]["x-ogc-unit"] == "m2"
    assert schema["energy_class"]["enum"] == ["A", "B", "C", "D", "E", "F", "G"]
    assert schema["criticality"]["maximum"] == 5
    assert schema["is_protected"]["type"] == "boolean"
    street = client.get("/ogc/collections/street_segment/schema").json["properties"]
    assert street["daily_traffic_adt"]["maximum"] == 2**31 - 1, "what the column holds"
    water = client.get("/ogc/collections/water_main/schema").json["properties"]
    assert water["geometry"]["format"] == "geometry-linestring-or-multilinestring"


def test_features_are_what_their_schema_says(client: FlaskClient) -> None:
    for name in ("building", "water_main", "valued_assets", "district", "service_area", "population_grid"):
        schema = client.get(f"/ogc/collections/{name}/geojson-schema").json
        for feature in client.get(f"/ogc/collections/{name}/items?limit=50").json["features"]:
            assert set(feature["properties"]) == set(schema["properties"]["properties"]["properties"])
            known = {key: value for key, value in feature["properties"].items() if value is not None}
            located = {**feature, "properties": known, "geometry": feature["geometry"] or {}}
            Draft202012Validator(schema).validate(located)
