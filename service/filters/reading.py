"""A filter read onto the properties of a collection: every node checked, every fault told, every value typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gis.errors import GisError
from service.filters.comparisons import Comparisons
from service.filters.geometry import is_geometry, read_filter_geometry
from service.filters.operands import Operands, unknown_property
from service.filters.text import CQL_TEXT, parse_filter
from service.queries.feature_conditions import (
    GEOMETRY,
    ID,
    And,
    Constant,
    Filter,
    IsNull,
    Not,
    Or,
    Predicate,
    Spatial,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.crs import Crs
    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_conditions import Condition

MOST_FAULTS = 20
"""Most faults of one filter that are told."""

_PREDICATES = tuple(predicate.value for predicate in Predicate)
_TURNED = {Predicate.WITHIN: Predicate.CONTAINS, Predicate.CONTAINS: Predicate.WITHIN}
_FAULTY = Constant(value=False)


class FaultSink(Protocol):
    """Where faults are noted."""

    def add(self, parameter: str, detail: str) -> None:
        """Note a fault of a parameter."""


def read_filter(collection: FeatureCollection, text: str, language: str, crs: Crs, faults: FaultSink) -> Filter | None:
    """Return the filter that a text means; None with its faults noted where it means none.

    Args:
        collection: The collection whose features are filtered.
        text: The filter.
        language: One of `text.LANGUAGES`.
        crs: System of its coordinates, axes as it declares them.
        faults: Where every fault is noted, under `filter`.
    """
    try:
        tree = parse_filter(text, language)
    except ValueError as error:
        faults.add("filter", str(error))
        return None
    reader = _FilterReader(collection, crs, bits=language == CQL_TEXT)
    condition = reader.condition(tree)
    found = list(dict.fromkeys(reader.faults))
    for detail in found[:MOST_FAULTS]:
        faults.add("filter", detail)
    return None if found else Filter(condition, tuple(reader.operands.values))


class _FilterReader:
    """Reads the conditions of one filter."""

    def __init__(self, collection: FeatureCollection, crs: Crs, *, bits: bool) -> None:
        self.faults: list[str] = []
        self.operands = Operands(collection, self.faults)
        self._collection = collection
        self._crs = crs
        comparisons = Comparisons(collection, self.operands, self.faults, bits=bits)
        self._readers: dict[str, Callable[[str, list[Any]], Condition]] = {
            "and": self._and,
            "or": self._or,
            "not": self._not,
            "isNull": self._is_null,
            **dict.fromkeys(_PREDICATES, self._spatial),
            **comparisons.readers,
        }

    def condition(self, node: object) -> Condition:
        """Return the condition that a node is; a faulty one is false and its fault noted."""
        if isinstance(node, bool):
            return Constant(node)
        if not isinstance(node, dict):
            return self._faulty(f"'{str(node)[:40]}' is no condition")
        if isinstance(node.get("property"), str):
            return self._lone_property(node["property"])
        operator, arguments = node.get("op"), node.get("args")
        reader = self._readers.get(operator) if isinstance(operator, str) else None
        if reader is None or not isinstance(arguments, list):
            known = ", ".join(self._readers)
            return self._faulty(f"the operator or function '{str(operator)[:40]}' is not supported; supported: {known}")
        return reader(str(operator), arguments)

    def _lone_property(self, name: str) -> Condition:
        if name not in self._collection.properties:
            return self._faulty(unknown_property(self._collection, name))
        return self._faulty(f"'{name}' alone is no condition; compare it, as in {name} = TRUE")

    def _and(self, operator: str, arguments: list[Any]) -> Condition:
        return And(self._parts(operator, arguments))

    def _or(self, operator: str, arguments: list[Any]) -> Condition:
        return Or(self._parts(operator, arguments))

    def _parts(self, operator: str, arguments: list[Any]) -> tuple[Condition, ...]:
        if len(arguments) < 2:
            self._faulty(f"'{operator}' joins two conditions at least")
        return tuple(self.condition(each) for each in arguments)

    def _not(self, operator: str, arguments: list[Any]) -> Condition:
        if len(arguments) != 1:
            return self._faulty(f"'{operator}' takes one condition, not {len(arguments)}")
        return Not(self.condition(arguments[0]))

    def _is_null(self, operator: str, arguments: list[Any]) -> Condition:  # noqa: ARG002
        only = arguments[0] if len(arguments) == 1 else None
        name = only.get("property") if isinstance(only, dict) else None
        if not isinstance(name, str):
            return self._faulty("IS NULL asks of one property whether it is empty")
        if name not in (ID, GEOMETRY) and name not in self._collection.properties:
            return self._faulty(unknown_property(self._collection, name))
        return IsNull(name)

    def _spatial(self, operator: str, arguments: list[Any]) -> Condition:
        predicate = Predicate(operator)
        if len(arguments) != 2:
            return self._faulty(f"{operator.upper()} takes two geometries, not {len(arguments)}")
        first, second = arguments
        if is_geometry(first):
            predicate, first, second = _TURNED.get(predicate, predicate), second, first
        name = first.get("property") if isinstance(first, dict) else None
        if name != GEOMETRY:
            what = f"'{name[:60]}'" if isinstance(name, str) else "its argument"
            return self._faulty(f"{operator.upper()} compares the property '{GEOMETRY}', and {what} is none")
        if not is_geometry(second):
            return self._faulty(f"{operator.upper()} compares '{GEOMETRY}' with a geometry or BBOX that is written out")
        return self._located(predicate, second)

    def _located(self, predicate: Predicate, literal: dict[str, Any]) -> Condition:
        try:
            ewkb = read_filter_geometry(literal, self._crs, predicate)
        except GisError as error:
            for fault in error.faults:
                self._faulty(f"{fault.pointer}: {fault.detail}" if fault.pointer else fault.detail)
            return _FAULTY
        return Spatial(predicate, self.operands.bind(ewkb).slot)

    def _faulty(self, detail: str) -> Condition:
        self.faults.append(detail)
        return _FAULTY
