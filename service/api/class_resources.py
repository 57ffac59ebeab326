"""The resources of one asset class: its list and its assets, all made from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from models.registry import AssetClass
from service.api.answers import json_answer
from service.api.asset_bodies import amended_asset_values, new_asset_values, replaced_asset_values
from service.api.asset_documents import asset_document, component_name, page_json_schema
from service.api.asset_lists import ClassListQuery, ReadAsset, asset_page
from service.api.asset_schemas import AssetSchema, body_schema, patch_schema, replacement_schema
from service.api.blueprint import RestBlueprint, read_json
from service.api.geometry import WrittenCrs, written_crs
from service.api.identity import principal
from service.api.permissions import check_municipality
from service.api.state import database
from service.api.versions import (
    ETAG_HEADER,
    IF_MATCH_PARAMETER,
    check_version,
    etag,
    expected_versions,
    unless_known,
)
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.assets import read_asset, register_asset, replace_asset, retire_asset
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey
from service.queries.assets import load_asset

_MERGE_PATCH = "application/merge-patch+json"


def class_blueprint(asset_class: AssetClass) -> RestBlueprint:
    """Return the blueprint of an asset class."""
    blueprint = RestBlueprint(asset_class.code, __name__, description=asset_class.description)
    _add_list(blueprint, asset_class)
    _add_reading(blueprint, asset_class)
    _add_writing(blueprint, asset_class)
    return blueprint


def _add_list(blueprint: RestBlueprint, asset_class: AssetClass) -> None:
    component, body = component_name(asset_class), _body(body_schema(asset_class), "application/json")

    @blueprint.route(f"/{asset_class.code}", methods=["GET"])
    @blueprint.answers(200, page_json_schema(component))
    @blueprint.arguments(ClassListQuery, location="query")
    @needs(Action.READ, Of.PART)
    def list_assets(query: Mapping[str, Any]) -> Response:
        """List assets of this class."""
        return asset_page(query, asset_class, asset_document)

    @blueprint.route(f"/{asset_class.code}", methods=["POST"])
    @blueprint.describe(requestBody=body)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(201, component, headers=ETAG_HEADER)
    @blueprint.arguments(WrittenCrs, location="query")
    @needs(Action.WRITE_RECORDS, Of.BODY)
    @repeatable
    def register(_: Mapping[str, Any]) -> Response:
        """Register an asset."""
        values = new_asset_values(asset_class, read_json(request))
        municipality_code = values.pop("municipality_code")
        check_municipality(municipality_code)
        answer = _created(asset_class)
        by = principal().holder
        register_asset(database(), asset_class, municipality_code, values, changed_by=by, finish=answer)
        return answer.response()


def _add_reading(blueprint: RestBlueprint, asset_class: AssetClass) -> None:
    @blueprint.route(f"/{asset_class.code}/<asset_key:asset_key>", methods=["GET"])
    @blueprint.answers(200, component_name(asset_class), headers=ETAG_HEADER)
    @blueprint.arguments(ReadAsset, location="query")
    @needs(Action.READ, Of.ADDRESS)
    def read(query: Mapping[str, Any], asset_key: AssetKey) -> Response:
        """Read an asset."""
        record = read_asset(database(), asset_key, asset_class, query["crs"], as_of=query["as_of"])
        return unless_known(json_answer(asset_document(record)), record.row_version)


def _add_writing(blueprint: RestBlueprint, asset_class: AssetClass) -> None:
    rule, component = f"/{asset_class.code}/<asset_key:asset_key>", component_name(asset_class)

    @blueprint.route(rule, methods=["PUT"])
    @blueprint.describe(requestBody=_body(replacement_schema(asset_class), "application/json"))
    @blueprint.header(IF_MATCH_PARAMETER)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(200, component, headers=ETAG_HEADER)
    @blueprint.arguments(WrittenCrs, location="query")
    @needs(Action.WRITE_RECORDS, Of.ADDRESS)
    @repeatable
    def replace(_: Mapping[str, Any], asset_key: AssetKey) -> Response:
        """Replace an asset; what the body leaves out becomes unknown."""
        expected = expected_versions()
        present = read_asset(database(), asset_key, asset_class, written_crs())
        check_version(expected, present.row_version)
        values = replaced_asset_values(asset_class, read_json(request), present)
        return _write(asset_class, asset_key, values, expected)

    @blueprint.route(rule, methods=["PATCH"])
    @blueprint.describe(requestBody=_body(patch_schema(asset_class), _MERGE_PATCH))
    @blueprint.header(IF_MATCH_PARAMETER)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(200, component, headers=ETAG_HEADER)
    @blueprint.arguments(WrittenCrs, location="query")
    @needs(Action.WRITE_RECORDS, Of.ADDRESS)
    @repeatable
    def amend(_: Mapping[str, Any], asset_key: AssetKey) -> Response:
        """Change some attributes of an asset by a merge patch."""
        expected = expected_versions()
        present = read_asset(database(), asset_key, asset_class, written_crs())
        check_version(expected, present.row_version)
        values = amended_asset_values(asset_class, read_json(request), present)
        if expected is None:
            expected = frozenset({present.row_version})
        return _write(asset_class, asset_key, values, expected)

    @blueprint.route(rule, methods=["DELETE"])
    @blueprint.header(IF_MATCH_PARAMETER)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(204)
    @needs(Action.WRITE_RECORDS, Of.ADDRESS)
    @repeatable
    def retire(asset_key: AssetKey) -> Response:
        """Retire an asset: it becomes decommissioned, its records and history stay."""
        expected, by, answer = expected_versions(), principal().holder, WrittenAnswer(status=204)
        retire_asset(database(), asset_class, asset_key, expected=expected, changed_by=by, finish=answer)
        return answer.response()


def _write(asset_class: AssetClass, key: AssetKey, values: dict[str, Any], expected: frozenset[int] | None) -> Response:
    values.pop("municipality_code")
    by, answer = principal().holder, WrittenAnswer(lambda session, asset: _described(session, asset_class, asset), 200)
    replace_asset(database(), asset_class, key, values, expected=expected, changed_by=by, finish=answer)
    return answer.response()


def _created(asset_class: AssetClass) -> WrittenAnswer:
    def describe(session: Session, written: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        document, headers = _described(session, asset_class, written)
        address = url_for(f"{asset_class.code}.read", asset_key=written["key"], _external=True)
        return document, {"Location": address, **headers}

    return WrittenAnswer(describe)


def _described(
    session: Session, asset_class: AssetClass, written: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    record = load_asset(session.connection(), asset_class, written["key"], written_crs())
    if record is None:
        raise RuntimeError("the asset that was just written is not there")
    return asset_document(record), {"ETag": etag(record.row_version)}


def _body(schema: AssetSchema, media_type: str) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}
