"""Merge patches that are written on the properties of the collection's schema instead of on the GeoJSON feature."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.api.blueprint import invalid_body
from service.errors import Fault, InvalidData

# What only a GeoJSON feature has; no property of any collection is called so.
_OF_FEATURES = frozenset({"type", "properties"})
_OVERLOOKED = ("bbox", "links")
_PROPERTIES = "/properties"


@contextmanager
def patch_of_feature(patch: Any, feature_id: str) -> Iterator[Any]:
    """Give a merge patch as one on the GeoJSON feature; faults point into what was sent.

    Part 4 (/req/features/update-json-merge-patch) has clients patch what the collection's schema describes:
    `{"name": "Lukio"}`, and refuses a change of its `id`. A GeoJSON feature can be patched too, and its id is passed
    over as /req/update/rid has it.

    Args:
        patch: The parsed body, whatever it is.
        feature_id: The id of the feature that is patched.
    """
    if not isinstance(patch, dict) or _OF_FEATURES & patch.keys():
        yield patch
        return
    try:
        yield _on_feature(patch, feature_id)
    except InvalidData as error:
        raise _in_schema(error) from error


def _on_feature(patch: dict[str, Any], feature_id: str) -> dict[str, Any]:
    properties = {name: value for name, value in patch.items() if name != "geometry" and name not in _OVERLOOKED}
    if properties.get("id") == feature_id:
        del properties["id"]
    geometry = {"geometry": patch["geometry"]} if "geometry" in patch else {}
    return {**geometry, "properties": properties}


def _in_schema(error: InvalidData) -> InvalidData:
    if not error.faults:
        return error
    return invalid_body([_fault_in_schema(fault) for fault in error.faults])


def _fault_in_schema(fault: Fault) -> Fault:
    if fault.pointer == f"{_PROPERTIES}/id":
        return Fault("/id", "The id of a feature cannot be changed.")
    return Fault(fault.pointer.removeprefix(_PROPERTIES), fault.detail)
