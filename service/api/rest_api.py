"""The OpenAPI 3.1 description of the REST API, and the registration of its blueprints."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from apispec import BasePlugin
from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from models.registry import ASSET_CLASSES
from service.api.asset_documents import asset_json_schema, component_name, core_json_schema
from service.api.blueprint import RestBlueprint
from service.api.body_rules import RulePlugin
from service.api.export_documents import export_json_schema
from service.api.fields import Money
from service.api.identity import TOKEN_NEEDED
from service.api.import_documents import import_json_schema
from service.api.import_profiles import profile_json_schema
from service.api.import_proposals import proposal_json_schema
from service.api.problems import PROBLEM_TYPE, ProblemSchema
from service.api.record_lists import record_json_schema
from service.api.state import settings_of
from service.errors import TooManyRequests
from service.oidc.described import security_schemes, with_issuer
from service.queries.asset_key import ASSET_ID_PATTERN, AssetKey, parse_asset_key
from service.queries.record_sets import RECORD_SETS

PREFIX = "/api/v1"
_TOO_MANY = "TooManyRequests"


class AssetKeyConverter(BaseConverter):
    """The id of an asset in a path, e.g. `091-1234`; anything else is not found."""

    regex = ASSET_ID_PATTERN

    def to_python(self, value: str) -> AssetKey:
        """Return the key."""
        key = parse_asset_key(value)
        if key is None:
            raise ValidationError
        return key

    def to_url(self, value: Any) -> str:
        """Return the id."""
        return str(value)


class _IssuerPlugin(BasePlugin):
    """Tells at each operation that needs a token that one of the issuer does too."""

    def operation_helper(self, operations: dict[str, Any] | None = None, **_: Any) -> None:  # type: ignore[override]
        """Widen the security of the operations of a path."""
        for operation in (operations or {}).values():
            if "security" in operation:
                operation["security"] = with_issuer(operation["security"])


class _LimitsPlugin(BasePlugin):
    """Tells at each operation that one may ask too often."""

    def operation_helper(self, operations: dict[str, Any] | None = None, **_: Any) -> None:  # type: ignore[override]
        """Add the answer to the operations of a path."""
        for operation in (operations or {}).values():
            operation.setdefault("responses", {})["429"] = {"$ref": f"#/components/responses/{_TOO_MANY}"}


class RestApi(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's document, in which every error is a problem document; handlers are the application's own."""

    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_error_handlers(self) -> None:
        """Leave the handlers to `register_problem_handlers`."""

    def _register_responses(self) -> None:
        content = {PROBLEM_TYPE: {"schema": ProblemSchema}}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, {"description": "Problem", "content": content})
        told_by = TooManyRequests.told_by
        headers = {name: {"description": says, "schema": {"type": "string"}} for name, says in told_by.items()}
        too_many = {"description": "More requests than one may send", "headers": headers, "content": content}
        self.spec.components.response(_TOO_MANY, too_many)
        for name in ("BAD_REQUEST", "UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.response(name, {"description": "Problem", "content": content}, lazy=True)


def create_api(app: Flask) -> RestApi:
    """Return the API of an application, with the schemas of all asset classes in its document."""
    app.url_map.converters["asset_key"] = AssetKeyConverter
    trusted = settings_of(app).oidc
    security = [*([{}] if settings_of(app).open_reading else []), *TOKEN_NEEDED]
    app.config.update(
        API_TITLE="Kuntokanta",
        API_VERSION=importlib.metadata.version("kuntokanta"),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS={
            "info": {"description": "Municipal assets with condition, capacity, backlog and service need."},
            "components": {"securitySchemes": security_schemes(trusted)},
            "security": with_issuer(security) if trusted else security,
        },
    )
    plugins = [_LimitsPlugin(), *([_IssuerPlugin()] if trusted else [])]
    api = RestApi(app, spec_kwargs={"marshmallow_plugin": RulePlugin(), "extra_plugins": plugins})
    api.register_field(Money, "number", None)
    api.register_converter(AssetKeyConverter, lambda _: {"type": "string", "pattern": f"^{ASSET_ID_PATTERN}$"})
    api.spec.components.schema("Asset", core_json_schema())
    for each in ASSET_CLASSES.values():
        api.spec.components.schema(component_name(each), asset_json_schema(each))
    api.spec.components.schema("Import", import_json_schema(whole=True))
    api.spec.components.schema("ListedImport", import_json_schema(whole=False))
    api.spec.components.schema("ImportProfile", profile_json_schema(whole=True))
    api.spec.components.schema("ListedImportProfile", profile_json_schema(whole=False))
    api.spec.components.schema("Proposal", proposal_json_schema())
    api.spec.components.schema("Export", export_json_schema())
    for records in RECORD_SETS:
        api.spec.components.schema(records.name, record_json_schema(records))
    return api


def register_blueprints(api: RestApi, blueprints: Iterable[RestBlueprint]) -> None:
    """Serve and describe blueprints under `/api/v1`."""
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
