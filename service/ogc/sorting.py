"""The parameters `sortby` and `properties`: names of properties, in the order that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.filters.operands import unknown_property
from service.queries.feature_query import SortKey

if TYPE_CHECKING:
    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection

MOST_SORT_KEYS = 5
"""Most properties that features are sorted by."""

_SIGNS = ("+", "-", " ")


def read_sortby(collection: FeatureCollection, text: str, faults: FaultList) -> tuple[SortKey, ...]:
    """Return the order that a text like `-repair_backlog_eur,+name` means; faults are noted under `sortby`.

    A plus sign that was not encoded reaches us as a space, and means what it was meant to.
    """
    keys = [SortKey(each[1:] if each[:1] in _SIGNS else each, descending=each[:1] == "-") for each in text.split(",")]
    names = [key.name for key in keys]
    _check_names(collection, names, "sortby", faults)
    if len(keys) > MOST_SORT_KEYS:
        faults.add("sortby", f"at most {MOST_SORT_KEYS} properties can be sorted by, not {len(keys)}")
    return tuple(keys)


def read_properties(collection: FeatureCollection, text: str, faults: FaultList) -> tuple[str, ...]:
    """Return the properties that a text like `name,built_year` chooses; faults are noted under `properties`."""
    names = text.split(",")
    _check_names(collection, names, "properties", faults)
    return tuple(names)


def _check_names(collection: FeatureCollection, names: list[str], parameter: str, faults: FaultList) -> None:
    for name in dict.fromkeys(names):
        if name not in collection.properties:
            faults.add(parameter, unknown_property(collection, name) if name else "a name is missing")
        elif names.count(name) > 1:
            faults.add(parameter, f"'{name}' stands there more than once")
