"""The readable description of the REST API, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, Response, current_app, render_template

from service.operations.permissions import Action, Of, needs

blueprint = Blueprint("pages", __name__, template_folder="templates")

_METHODS = ("get", "post", "put", "patch", "delete")


@blueprint.get("/docs")
@needs(Action.OPEN, Of.SERVICE)
def docs() -> Response:
    """Return the OpenAPI document as a page."""
    document = openapi_document()
    operations: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operations[item[method]["tags"][0]].append(_operation(path, method, item))
    schemas = {name: schema for name, schema in document["components"]["schemas"].items() if "properties" in schema}
    return _page("rest/docs.html", info=document["info"], tags=document["tags"], operations=operations, schemas=schemas)


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the REST API."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return cast("dict[str, Any]", api.spec.to_dict())


def _operation(path: str, method: str, item: Mapping[str, Any]) -> dict[str, Any]:
    described = item[method]
    parameters = [*item.get("parameters", []), *described.get("parameters", [])]
    content = described.get("requestBody", {}).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": described.get("summary", ""),
        "parameters": [each for each in parameters if "name" in each],
        "bodies": [(media_type, _reference(each.get("schema", {}))) for media_type, each in content.items()],
    }


def _reference(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rsplit("/", maxsplit=1)[-1]


def _page(template: str, **values: Any) -> Response:
    return Response(render_template(template, **values), mimetype="text/html")
