"""The description of the API: valid, complete, and readable without the internet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from models.registry import ASSET_CLASSES
from service.app import create_app
from service.database import Database
from service.settings import Settings


def test_the_openapi_document_is_valid_and_names_every_class(engineer: Any) -> None:
    document = engineer("GET", "/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"
    for code in ASSET_CLASSES:
        assert set(document["paths"][f"/api/v1/{code}"]) >= {"get", "post"}
        assert set(document["paths"][f"/api/v1/{code}/{{asset_key}}"]) >= {"get", "put", "patch", "delete"}


def test_every_error_is_described_as_a_problem_document(engineer: Any) -> None:
    document = engineer("GET", "/api/v1/openapi.json").json
    responses = document["components"]["responses"].values()
    assert all(list(each["content"]) == ["application/problem+json"] for each in responses)


def test_people_can_read_the_description_without_anything_from_elsewhere(engineer: Any) -> None:
    for path in ("/", "/docs"):
        answer = engineer("GET", path)
        assert answer.status_code == 200
        assert not re.search(r"(?:src|href)=.(?:https?:)?//", answer.text)
    assert "nominal_diameter_mm" in answer.text
    assert "/api/v1/water_main" in answer.text


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/api/v1/building/{id}", "/api/v1/building/{asset_key}"),
        ("/api/v1/building?crs=EPSG:3067", "/api/v1/building"),
        ("/api/v1/assets", "/api/v1/assets"),
        ("/api/v1/assets/{id}/history", "/api/v1/assets/{asset_key}/history"),
        ("/api/v1/assets/{id}/assessments", "/api/v1/assets/{asset_key}/assessments"),
        ("/api/v1/assets/{id}/components", "/api/v1/assets/{asset_key}/components"),
        ("/api/v1/assets/{id}/capacities", "/api/v1/assets/{asset_key}/capacities"),
        ("/api/v1/assets/{id}/measures", "/api/v1/assets/{asset_key}/measures"),
        ("/api/v1/services", "/api/v1/services"),
        ("/api/v1/parameters", "/api/v1/parameters"),
        ("/api/v1/municipalities", "/api/v1/municipalities"),
    ],
)
def test_what_is_given_out_is_as_described(engineer: Any, school: dict[str, Any], path: str, described: str) -> None:
    records = {
        "assessments": {"assessed_on": "2025-06-01", "scale_code": "fi_1_5", "value_given": 4, "method": "visual"},
        "components": {"component_code": "roof", "cost_share": 0.1, "service_life_years": 40},
        "capacities": {"service_code": "library", "valid_from": "2020-01-01", "capacity": 300},
        "measures": {"kind": "repair", "state": "planned", "year": 2030, "cost_eur": 5},
    }
    for kind, body in records.items():
        assert engineer("POST", f"/api/v1/assets/{school['id']}/{kind}", json=body).status_code == 201
    document = engineer("GET", "/api/v1/openapi.json").json
    answer = engineer("GET", path.replace("{id}", school["id"]))
    assert answer.json.get("items", [1])
    schema = document["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    OAS31Validator({**schema, "components": document["components"]}).validate(answer.json)


def test_a_problem_is_as_described(engineer: Any) -> None:
    document = engineer("GET", "/api/v1/openapi.json").json
    answer = engineer("GET", "/api/v1/assets?limit=0")
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    OAS31Validator(schema).validate(answer.json)


@pytest.mark.parametrize(("open_reading", "reading"), [(True, [{}, {"token": []}]), (False, [{"token": []}])])
def test_the_description_says_what_needs_a_token(
    module_database: Database, open_reading: bool, reading: object
) -> None:
    app = create_app(Settings(database_url="unused", open_reading=open_reading), module_database)
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document["security"] == reading
    for path, item in document["paths"].items():
        for method in {"post", "put", "patch", "delete"} & set(item):
            assert item[method].get("security") == [{"token": []}], (path, method)
