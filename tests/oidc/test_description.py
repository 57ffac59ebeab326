"""What the OpenAPI documents say of the issuer's tokens: as much as is so, and nothing where no issuer is trusted."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from service.app import create_app
from service.database import Database
from service.settings import Settings

METHODS = {"get", "post", "put", "patch", "delete"}
ANY_TOKEN = [{"token": []}, {"oidc": []}]


@pytest.fixture(scope="module", params=["/api/v1/openapi.json", "/ogc/api"])
def documents(request: pytest.FixtureRequest, module_database: Database, shared_issuer: Any) -> tuple[Any, Any]:
    """A document of a service that trusts an issuer, and the same of one that trusts none."""
    trusting, alone = (
        create_app(Settings("unused", oidc=trusted), module_database).test_client().get(request.param).json
        for trusted in (shared_issuer.settings(), None)
    )
    return trusting, alone


def test_a_client_finds_the_issuer_and_what_its_tokens_may_do(documents: tuple[Any, Any], shared_issuer: Any) -> None:
    trusting, alone = documents
    schemes = trusting["components"]["securitySchemes"]
    validate({**trusting, "paths": {}, "components": {"securitySchemes": schemes}})
    scheme = schemes["oidc"]
    assert scheme["type"] == "openIdConnect"
    assert scheme["openIdConnectUrl"] == f"{shared_issuer.url}/.well-known/openid-configuration"
    assert "kuntokanta-api" in scheme["description"]
    assert trusting["security"] == [*alone["security"], {"oidc": []}]
    for path, item in alone["paths"].items():
        for method in METHODS & set(item):
            told, before = trusting["paths"][path][method].get("security"), item[method].get("security")
            assert told == (ANY_TOKEN if before == [{"token": []}] else before), (path, method)


def test_where_no_issuer_is_trusted_none_is_told_of(documents: tuple[Any, Any]) -> None:
    _, alone = documents
    assert set(alone["components"]["securitySchemes"]) == {"token"}
    assert "oidc" not in str(alone)
