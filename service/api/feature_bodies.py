"""Bodies of features: GeoJSON, or a merge patch on it, with the attributes that an asset has over REST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.registry import AssetClass
from service.api.asset_bodies import amended_asset_values, new_asset_values, replaced_asset_values
from service.api.blueprint import invalid_body
from service.errors import Fault, InvalidData
from service.queries.assets import AssetRecord
from service.queries.feature_registry import feature_collections

_MEMBERS = ("type", "geometry", "properties")
# A feature comes back with what it was read with; the address says which one it is (Part 4, put-rid and update/rid).
_OVERLOOKED = ("id", "bbox", "links")


def new_feature_values(asset_class: AssetClass, feature: Any, municipality_code: str | None) -> dict[str, Any]:
    """Return the attributes of a new asset.

    Args:
        asset_class: Its class.
        feature: The parsed body.
        municipality_code: Municipality of a feature that names none.

    Raises:
        InvalidData: With every fault, its pointer into the feature.
    """
    body, faults = _whole(asset_class, feature)
    if municipality_code is not None:
        body.setdefault("municipality_code", municipality_code)
    return _read(faults, lambda: new_asset_values(asset_class, body))


def replaced_feature_values(asset_class: AssetClass, feature: Any, present: AssetRecord) -> dict[str, Any]:
    """Return all attributes of an asset that a feature replaces; raises as `new_feature_values` does."""
    body, faults = _whole(asset_class, feature)
    return _read(faults, lambda: replaced_asset_values(asset_class, body, present))


def amended_feature_values(asset_class: AssetClass, patch: Any, present: AssetRecord) -> dict[str, Any]:
    """Return the attributes of an asset after a merge patch on its feature; raises as `new_feature_values` does."""
    faults = _member_faults(patch)
    if patch.get("properties", {}) is None:
        faults.append(Fault("/properties", "A feature has properties; set single ones to null."))
    known = feature_collections()[asset_class.code].properties
    body = _known_properties(known, patch, faults)
    faults += [Fault(f"/properties/{name}", "This is set by the service.") for name in body if known[name].read_only]
    body = {name: value for name, value in body.items() if not known[name].read_only}
    if "geometry" in patch:
        body["geometry"] = patch["geometry"]
    return _read(faults, lambda: amended_asset_values(asset_class, body, present))


def as_feature_faults(error: InvalidData) -> InvalidData:
    """Return an error of an asset's body with its pointers into the feature."""
    return invalid_body([_in_feature(fault) for fault in error.faults]) if error.faults else error


def _whole(asset_class: AssetClass, feature: Any) -> tuple[dict[str, Any], list[Fault]]:
    """Read a whole feature as a body of REST.

    A GIS client sends every property, null where nothing is known, and figures as it read them: nulls say the same
    as leaving out, and what the service sets is passed over.
    """
    faults = _member_faults(feature)
    faults += [Fault(f"/{name}", "A feature has this member.") for name in _MEMBERS if name not in feature]
    known = feature_collections()[asset_class.code].properties
    given = _known_properties(known, feature, faults)
    body = {name: value for name, value in given.items() if value is not None and not known[name].read_only}
    return {**body, "geometry": feature.get("geometry")}, faults


def _member_faults(feature: Any) -> list[Fault]:
    if not isinstance(feature, dict):
        raise invalid_body([Fault("", "The body is to be one GeoJSON feature.")])
    faults = []
    if feature.get("type", "Feature") != "Feature":
        faults.append(Fault("/type", "This is to be Feature."))
    if not isinstance(feature.get("properties"), dict | None):
        raise invalid_body([*faults, Fault("/properties", "This is to be an object.")])
    unknown = [name for name in feature if name not in _MEMBERS and name not in _OVERLOOKED]
    return [*faults, *(Fault(f"/{name[:100]}", "Unknown member.") for name in unknown)]


def _known_properties(known: Mapping[str, Any], feature: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    given = feature.get("properties") or {}
    faults += [Fault(f"/properties/{name[:100]}", "Unknown field.") for name in given if name not in known]
    return {name: value for name, value in given.items() if name in known}


def _read(faults: list[Fault], values_of: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    try:
        values = values_of()
    except InvalidData as error:
        faults = [*faults, *map(_in_feature, error.faults)]
    if faults:
        raise invalid_body(sorted(faults, key=lambda fault: fault.pointer))
    return values


def _in_feature(fault: Fault) -> Fault:
    is_property = fault.pointer.startswith("/") and not fault.pointer.startswith("/geometry")
    return Fault(f"/properties{fault.pointer}" if is_property else fault.pointer, fault.detail)
