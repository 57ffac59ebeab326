"""Bodies of assets: a whole asset, or a merge patch (RFC 7396) on the present one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
import orjson

from models.registry import AssetClass
from service.api.answers import to_json
from service.api.asset_documents import asset_document
from service.api.asset_schemas import KEPT, READ_ONLY, body_schema
from service.api.blueprint import faults_of, invalid_body
from service.errors import Fault
from service.queries.assets import AssetRecord


def new_asset_values(asset_class: AssetClass, body: Any) -> dict[str, Any]:
    """Return the attributes of a new asset; raises `InvalidData` with every fault of the body."""
    return _values(asset_class, _object(body), {})


def replaced_asset_values(asset_class: AssetClass, body: Any, present: AssetRecord) -> dict[str, Any]:
    """Return all attributes of an asset that is replaced; read-only members may come back as they were read."""
    document = plain_document(present)
    kept = {name: document[name] for name in KEPT}
    return _values(asset_class, {**kept, **_object(body)}, document)


def amended_asset_values(asset_class: AssetClass, patch: Any, present: AssetRecord) -> dict[str, Any]:
    """Return the attributes of an asset after a merge patch; a geometry that the patch does not name stays as it is."""
    document = plain_document(present)
    amended = merge_patch(document, _object(patch))
    if "geometry" not in patch:
        del amended["geometry"]
    values = _values(asset_class, amended, document)
    return values if "geometry" in patch else {name: value for name, value in values.items() if name != "geometry"}


def merge_patch(target: Any, patch: Any) -> Any:
    """Return what a merge patch makes of a document (RFC 7396).

    A member that is set to null stays as null: every attribute of an asset has a place, unknown or not.

    >>> merge_patch({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}})
    {'a': None, 'b': {'c': 2, 'd': 3}}
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, change in patch.items():
        merged[name] = merge_patch(merged.get(name), change)
    return merged


def plain_document(record: AssetRecord) -> dict[str, Any]:
    """Return an asset as its client sees it, in plain JSON values."""
    document: dict[str, Any] = orjson.loads(to_json(asset_document(record)))
    return document


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise invalid_body([Fault("", "The body is to be a JSON object.")])
    return body


def _values(asset_class: AssetClass, body: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    faults = _read_only_faults(body, present)
    values: dict[str, Any] = {}
    try:
        values = body_schema(asset_class).load({name: body[name] for name in body if name not in READ_ONLY})
    except marshmallow.ValidationError as error:
        faults += faults_of(error.messages)
    if faults:
        raise invalid_body(sorted(faults, key=lambda fault: fault.pointer))
    return values


def _read_only_faults(body: Mapping[str, Any], present: Mapping[str, Any]) -> list[Fault]:
    faults = [
        Fault(f"/{name}", "This is set by the service.")
        for name in READ_ONLY
        if name in body and (name not in present or body[name] != present[name])
    ]
    if present and body["municipality_code"] != present["municipality_code"]:
        faults.append(Fault("/municipality_code", f"This stays {present['municipality_code']} for ever."))
    return faults
