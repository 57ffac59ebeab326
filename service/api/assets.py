"""Assets across classes, and one asset of any class by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from models.registry import ASSET_CLASSES
from service.api.answers import json_answer
from service.api.asset_documents import asset_document, component_name, core_document, page_json_schema
from service.api.asset_lists import AssetListQuery, ReadAsset, asset_page
from service.api.blueprint import RestBlueprint
from service.api.state import database
from service.api.versions import ETAG_HEADER, unless_known
from service.operations.assets import read_asset
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey

blueprint = RestBlueprint("assets", __name__, description="Assets across classes")
_ANY_CLASS = {"oneOf": [{"$ref": f"#/components/schemas/{component_name(each)}"} for each in ASSET_CLASSES.values()]}


@blueprint.route("/assets", methods=["GET"])
@blueprint.answers(200, page_json_schema("Asset"))
@blueprint.arguments(AssetListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_all(query: Mapping[str, Any]) -> Response:
    """List assets of all classes with what they have in common."""
    return asset_page(query, ASSET_CLASSES.get(query.get("asset_class", "")), core_document, only_core=True)


@blueprint.route("/assets/<asset_key:asset_key>", methods=["GET"])
@blueprint.answers(200, _ANY_CLASS, headers=ETAG_HEADER)
@blueprint.arguments(ReadAsset, location="query")
@needs(Action.READ, Of.ADDRESS)
def read_any(query: Mapping[str, Any], asset_key: AssetKey) -> Response:
    """Read an asset of any class with all attributes of its class."""
    record = read_asset(database(), asset_key, crs=query["crs"], as_of=query["as_of"])
    return unless_known(json_answer(asset_document(record)), record.row_version)
