"""The description of the API: valid, complete, and readable without the internet."""

from __future__ import annotations

import re
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from models.registry import ASSET_CLASSES


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
