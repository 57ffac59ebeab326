"""Operands of a filter's comparisons: properties and values, each of a kind, so that like is compared with like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.filters.geometry import is_geometry
from service.queries.feature_conditions import GEOMETRY, ID, Fold, Folded, Property, Value

if TYPE_CHECKING:
    from service.queries.feature_collections import FeatureCollection, FeatureProperty
    from service.queries.feature_conditions import Operand

TEXT, NUMBER, TRUTH, UNKNOWN = "a text", "a number", "true or false", "unknown"
_KINDS: dict[type[Any], str] = {str: TEXT, int: NUMBER, float: NUMBER, bool: TRUTH}
_INTEGER_RANGE = 2**63
_TIMES = ("date", "timestamp", "interval")


@dataclass(frozen=True)
class Given:
    """An operand as it was given.

    Attributes:
        kind: What its values are.
        shown: How faults name it.
        name: Name of the property, if it is one.
        described: The property, if it is one of the collection's.
        value: The value, if it is one.
        folds: What of its text does not count, outermost first.
    """

    kind: str
    shown: str
    name: str | None = None
    described: FeatureProperty | None = None
    value: Any = None
    folds: tuple[Fold, ...] = ()

    @property
    def is_value(self) -> bool:
        """Whether it is a value that is compared as it stands."""
        return self.name is None and not self.folds


class Operands:
    """Reads operands of one filter, notes their faults and gives each value its slot."""

    def __init__(self, collection: FeatureCollection, faults: list[str]) -> None:
        self._collection = collection
        self._faults = faults
        self.values: list[Any] = []

    def read(self, node: object) -> Given:
        """Return the operand that a node is; a faulty one is of unknown kind, which goes with every other."""
        if isinstance(node, dict):
            return self._read_object(node)
        if isinstance(node, str):
            return self._text(node)
        if isinstance(node, bool):
            return Given(TRUTH, str(node).upper(), value=node)
        if isinstance(node, int | float):
            return self._number(node)
        shown = "NULL" if node is None else "a list"
        return self._faulty(f"{shown} cannot be compared" + ("; IS NULL asks for it" if node is None else ""))

    def operand(self, given: Given) -> Operand:
        """Return an operand for a statement, its value put into a slot."""
        bare = self.bind(given.value) if given.name is None else Property(given.name)
        operand: Operand = bare
        for fold in reversed(given.folds):
            operand = Folded(fold, operand)
        return operand

    def bind(self, value: Any, kind: type[Any] | None = None) -> Value:
        """Put a value into a slot of its own."""
        self.values.append(value)
        return Value(len(self.values) - 1, kind or type(value))

    def check_kinds(self, operands: list[Given], kind: str | None = None) -> bool:
        """Note a fault and return False unless all operands are of one kind, or of the kind that is asked for."""
        known = [each for each in operands if each.kind != UNKNOWN]
        wanted = kind or (known[0].kind if known else UNKNOWN)
        others = [each for each in known if each.kind != wanted]
        for other in others:
            against = "" if kind else f" like {known[0].shown}"
            self._faults.append(f"{other.shown} is {other.kind}, where {wanted}{against} is expected")
        return not others and len(known) == len(operands)

    def _read_object(self, node: dict[str, Any]) -> Given:
        if isinstance(node.get("property"), str):
            return self._property(node["property"])
        if any(time in node for time in _TIMES):
            return self._faulty("no property here is a date or a time")
        if is_geometry(node):
            return self._faulty("a geometry can only be compared by a spatial function such as S_INTERSECTS")
        operator = node.get("op")
        arguments = node.get("args")
        if operator in (Fold.CASE, Fold.ACCENT) and isinstance(arguments, list) and len(arguments) == 1:
            return self._folded(Fold(operator), self.read(arguments[0]))
        return self._faulty(f"the operator or function '{str(operator)[:40]}' is not supported within a comparison")

    def _property(self, name: str) -> Given:
        if name == ID:
            return Given(TEXT, f"'{ID}'", name=ID)
        if name == GEOMETRY:
            return self._faulty(f"'{GEOMETRY}' can only be compared by a spatial function such as S_INTERSECTS")
        described = self._collection.properties.get(name)
        if described is None:
            return self._faulty(unknown_property(self._collection, name))
        return Given(_KINDS[described.type], f"'{name}'", name=name, described=described)

    def _folded(self, fold: Fold, inner: Given) -> Given:
        if inner.kind not in (TEXT, UNKNOWN):
            return self._faulty(f"{fold.upper()} takes a text, and {inner.shown} is {inner.kind}")
        shown = f"{fold.upper()}({inner.shown})"
        return Given(inner.kind, shown, inner.name, None, inner.value, (fold, *inner.folds))

    def _text(self, text: str) -> Given:
        if "\0" in text:
            return self._faulty("a text has a NUL character, which no value has")
        return Given(TEXT, f"'{text[:40]}'", value=text)

    def _number(self, number: float) -> Given:
        if not math.isfinite(number):
            return self._faulty("a number is not finite")
        whole = int(number)
        value = whole if whole == number and -_INTEGER_RANGE <= whole < _INTEGER_RANGE else float(number)
        return Given(NUMBER, f"{number:g}", value=value)

    def _faulty(self, detail: str) -> Given:
        self._faults.append(detail)
        return Given(UNKNOWN, "?")


def unknown_property(collection: FeatureCollection, name: str) -> str:
    """Return what is wrong with a name that is no property of a collection."""
    return f"'{name[:60]}' is no property of '{collection.id}'; /ogc/collections/{collection.id}/queryables lists them"
