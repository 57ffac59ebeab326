"""The registry of asset classes: attributes, units, limits, code lists and labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Response

from models.registry import ASSET_CLASSES, AssetClass, Attribute
from service.api.answers import json_answer
from service.api.asset_documents import attribute_json_schema, page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.record_lists import record_page
from service.catalogues import LANGUAGES, has_text, text
from service.errors import NotFound
from service.operations.permissions import Action, Of, needs
from service.queries.record_sets import SCALES

blueprint = RestBlueprint("asset classes", __name__, description="What there is to record, class by class")
_OBJECT = {"type": "object"}


@blueprint.route("/asset-classes", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@needs(Action.READ, Of.SERVICE)
def list_classes() -> Response:
    """List all asset classes with their attributes."""
    return json_answer({"items": [class_document(each) for each in ASSET_CLASSES.values()], "next": None})


@blueprint.route("/asset-classes/<string:code>", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@needs(Action.READ, Of.SERVICE)
def read_class(code: str) -> Response:
    """Read one asset class."""
    if code not in ASSET_CLASSES:
        raise NotFound(f"There is no asset class '{code[:60]}': {', '.join(ASSET_CLASSES)} are there.")
    return json_answer(class_document(ASSET_CLASSES[code]))


@blueprint.route("/condition-scales", methods=["GET"])
@blueprint.answers(200, page_json_schema(SCALES.name))
@blueprint.arguments(PageQuery, location="query")
@needs(Action.READ, Of.SERVICE)
def list_scales(query: Mapping[str, Any]) -> Response:
    """List the scales on which conditions are assessed, point by point, with the index that each means."""
    return record_page(SCALES, query)


@cache
def class_document(asset_class: AssetClass) -> dict[str, Any]:
    """Return what is declared of a class."""
    return {
        "code": asset_class.code,
        "labels": labels(f"asset_class.{asset_class.code}"),
        "plural_labels": labels(f"asset_class_plural.{asset_class.code}"),
        "description": asset_class.description,
        "network": asset_class.network,
        "network_labels": labels(f"network.{asset_class.network}"),
        "geometry_types": list(asset_class.geometry_types),
        "quantity": asset_class.quantity,
        "quantity_unit": asset_class.quantity_unit,
        "attributes": [_attribute_document(each) for each in asset_class.attributes],
    }


def labels(key: str) -> dict[str, str]:
    """Return the text of a key in every language that has it."""
    return {language: text(language, key) for language in LANGUAGES if has_text(language, key)}


def _attribute_document(attribute: Attribute) -> dict[str, Any]:
    return {
        "name": attribute.name,
        "labels": labels(f"attribute.{attribute.name}"),
        "description": attribute.description,
        "unit": attribute.unit,
        "required": not attribute.nullable,
        "read_only": attribute.read_only,
        "minimum": attribute.ge,
        "maximum": attribute.le,
        "pattern": attribute.pattern,
        "codes": None if attribute.choices is None else [_code_document(attribute, each) for each in attribute.choices],
        "schema": attribute_json_schema(attribute),
    }


def _code_document(attribute: Attribute, code: str) -> dict[str, Any]:
    code_list = re.sub("(?<=[a-z])(?=[A-Z])", "_", attribute.type.__name__).lower()
    return {"code": code, "labels": labels(f"code.{code_list}.{code}")}
