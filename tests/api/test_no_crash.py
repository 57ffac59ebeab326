"""Whatever value stands in whatever place, the service answers with a result or a problem, never with a crash."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from models.registry import ASSET_CLASSES

JSON_VALUES = [
    *(None, True, 0, -1, 1.5, 1e308, 2**31, 2**63, 10**30, "", "x", "x" * 5000, "\0", "🙂", [], {}, [[]]),
    *("inf", "nan", "1e5", "0001-01-01", "9999-12-31", "2026-02-30", "901", "4"),
    {"type": "Point", "coordinates": [24.9, 60.1, 1e308]},
    {"type": "Point", "coordinates": [1e308, -1e308]},
    {"type": "Polygon", "coordinates": [[[24.9, 60.1]] * 4]},
    {"type": "MultiPolygon", "coordinates": []},
    {"type": "GeometryCollection", "geometries": []},
]
QUERY_VALUES = [
    "",
    "0",
    "-1",
    "1e999",
    "x" * 300,
    "ä",
    "\0",
    "'; --",
    "null",
    "2026-02-30",
    "9" * 25,
    "1,2,3,4",
    "*",
    "%",
]
BODIES: dict[str, dict[str, Any]] = {
    "building": {"municipality_code": "901", "status": "in_use", "name": "x"},
    "assets/{id}/assessments": {
        "assessed_on": "2025-06-01",
        "scale_code": "fi_1_5",
        "value_given": "4",
        "method": "visual",
    },
    "assets/{id}/components": {"component_code": "roof", "cost_share": 0.1, "service_life_years": 40},
    "assets/{id}/capacities": {"service_code": "basic_education", "valid_from": "2020-01-01", "capacity": 300},
    "assets/{id}/measures": {"kind": "repair", "state": "planned", "year": 2030},
    "service-areas": {
        "municipality_code": "901",
        "service_code": "library",
        "area_code": "a",
        "population_area_code": "all",
        "name_fi": "A",
    },
    "service-needs": {
        "municipality_code": "901",
        "service_code": "library",
        "area_code": "a",
        "scenario": "base",
        "year": 2030,
        "service_need": 1,
    },
    "parameters": {
        "name": "service_life_years",
        "municipality_code": "901",
        "valid_from": "2024-01-01",
        "value": 50,
        "source_id": "s",
        "source_title": "S",
    },
    "measure-rules": {
        "municipality_code": "901",
        "asset_class": "quay",
        "measure_code": "renewal",
        "condition_class_from": 1,
        "condition_class_to": 5,
        "cost_share": 1,
        "valid_from": "2024-01-01",
        "source_id": "s",
        "source_title": "S",
    },
}


def members(document: dict[str, Any], path: str) -> list[str]:
    """The members that the description names in a path's body."""
    described = document["paths"][f"/api/v1/{path.replace('{id}', '{asset_key}')}"]["post"]
    reference = described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return list(document["components"]["schemas"][reference.rsplit("/", maxsplit=1)[-1]]["properties"])


def is_answered(answer: Any) -> bool:
    return answer.status_code < 400 or (
        answer.status_code < 500 and answer.content_type == "application/problem+json" and bool(answer.json["detail"])
    )


@pytest.mark.parametrize("path", BODIES)
def test_any_value_in_any_member_is_answered(admin: Any, school: dict[str, Any], path: str) -> None:
    document = admin("GET", "/api/v1/openapi.json").json
    for name in members(document, path):
        for value in JSON_VALUES:
            body = json.dumps({**BODIES[path], name: value})
            address = f"/api/v1/{path.replace('{id}', school['id'])}"
            answer = admin("POST", address, data=body, content_type="application/json")
            assert is_answered(answer), (name, value, answer.text)


@pytest.mark.parametrize("method", ["put", "patch"])
def test_any_value_in_any_member_of_a_change_is_answered(admin: Any, school: dict[str, Any], method: str) -> None:
    for name in school:
        for value in JSON_VALUES:
            body = {**school, name: value} if method == "put" else {name: value}
            path = f"/api/v1/building/{school['id']}"
            answer = admin(
                method.upper(), path, data=json.dumps(body), content_type="application/json", headers={"If-Match": "*"}
            )
            assert is_answered(answer), (name, value, answer.text)


def test_any_value_in_any_query_parameter_is_answered(admin: Any) -> None:
    document = admin("GET", "/api/v1/openapi.json").json
    of_classes = {f"/api/v1/{code}" for code in list(ASSET_CLASSES)[1:]}
    lists = {path: item["get"] for path, item in document["paths"].items() if "get" in item and "{" not in path}
    for path in sorted(set(lists) - of_classes):
        for parameter in lists[path].get("parameters", []):
            for value in QUERY_VALUES:
                answer = admin("GET", f"{path}?{quote(parameter['name'])}={quote(value)}")
                assert is_answered(answer), (path, parameter["name"], value, answer.text)
