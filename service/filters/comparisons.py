"""Comparisons of a filter: which kinds go together, and values that the tables hold as numbers or keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.filters.operands import NUMBER, TEXT, TRUTH, Given
from service.queries.feature_conditions import (
    ID,
    AnyOf,
    Between,
    Comparison,
    Constant,
    IsKey,
    Like,
    Not,
    OneOf,
    Or,
    Property,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.filters.operands import Operands
    from service.queries.feature_collections import FeatureCollection, FeatureProperty
    from service.queries.feature_conditions import Condition

EQUALITIES, ORDERS = ("=", "<>"), ("<", "<=", ">", ">=")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_FAULTY = Constant(value=False)


class Comparisons:
    """Reads the comparisons of one filter; with `bits`, 0 and 1 may stand for false and true, as GDAL writes them.

    Attributes:
        readers: Readers by operator.
    """

    def __init__(self, collection: FeatureCollection, operands: Operands, faults: list[str], *, bits: bool) -> None:
        self._bits = bits
        self._collection = collection
        self._operands = operands
        self._faults = faults
        self.readers: dict[str, Callable[[str, list[Any]], Condition]] = {
            **dict.fromkeys((*EQUALITIES, *ORDERS), self._compare),
            "like": self._like,
            "between": self._between,
            "in": self._in,
        }

    def _compare(self, operator: str, arguments: list[Any]) -> Condition:
        if len(arguments) != 2:
            return self._faulty(f"'{operator}' compares two values, not {len(arguments)}")
        left, right = (self._operands.read(each) for each in arguments)
        if left.is_value:
            operator, left, right = _TURNED.get(operator, operator), right, left
        if self._bits and left.kind == TRUTH and right.kind == NUMBER and right.value in (0, 1):
            right = Given(TRUTH, right.shown, value=bool(right.value))
        if not self._operands.check_kinds([left, right]):
            return _FAULTY
        if operator in EQUALITIES:
            equal = self._equal(left, right)
            return equal if operator == "=" else Not(equal)
        return Comparison(operator, self._operands.operand(left), self._operands.operand(right))

    def _equal(self, left: Given, right: Given) -> Condition:
        if not right.is_value:
            return Comparison("=", self._operands.operand(left), self._operands.operand(right))
        if left.name == ID and not left.folds:
            return self._is_key(right.value)
        operand, value = self._stored(left, [right])
        return Comparison("=", operand, self._operands.bind(value[0]))

    def _in(self, operator: str, arguments: list[Any]) -> Condition:  # noqa: ARG002
        if len(arguments) != 2 or not isinstance(arguments[1], list) or not arguments[1]:
            return self._faulty("IN takes a value and a list with one value at least")
        left, others = self._operands.read(arguments[0]), [self._operands.read(each) for each in arguments[1]]
        if not self._operands.check_kinds([left, *others]):
            return _FAULTY
        if not all(each.is_value for each in others):
            return OneOf(self._operands.operand(left), tuple(map(self._operands.operand, others)))
        if left.name == ID and not left.folds:
            return Or((Constant(value=False), *(self._is_key(each.value) for each in others)))
        operand, values = self._stored(left, others)
        return AnyOf(operand, self._bind_all(values))

    def _bind_all(self, values: list[Any]) -> Value:
        """Bind values as one array; of whole numbers and others together, all become floats."""
        if any(isinstance(value, float) for value in values):
            return self._operands.bind([float(value) for value in values], float)
        return self._operands.bind(values, type(values[0]))

    def _stored(self, left: Given, others: list[Given]) -> tuple[Any, list[Any]]:
        """Return a property and the values that it is compared with, both as the table has them."""
        described, values = left.described, [each.value for each in others]
        if described is None or described.choices is None:
            return self._operands.operand(left), values
        unknown = [value for value in values if value not in described.choices]
        for value in unknown:
            self._faulty(_no_choice(described, value))
        if unknown or described.codes is None:
            return self._operands.operand(left), values
        return Property(described.name, coded=True), [described.codes[value] for value in values]

    def _is_key(self, feature_id: str) -> Condition:
        key = self._collection.key_of(feature_id)
        if key is None:
            return Constant(value=False)
        return IsKey(tuple(map(self._operands.bind, key)))

    def _like(self, operator: str, arguments: list[Any]) -> Condition:  # noqa: ARG002
        if len(arguments) != 2:
            return self._faulty("LIKE takes a text and a pattern")
        left, pattern = (self._operands.read(each) for each in arguments)
        if not self._operands.check_kinds([left, pattern], TEXT):
            return _FAULTY
        if pattern.name is not None:
            return self._faulty(f"LIKE takes a pattern that is written out, and {pattern.shown} is a property")
        if (len(pattern.value) - len(pattern.value.rstrip("\\"))) % 2:
            return self._faulty(f"the pattern {pattern.shown} ends with a backslash that has nothing to escape")
        return Like(self._operands.operand(left), self._operands.operand(pattern))

    def _between(self, operator: str, arguments: list[Any]) -> Condition:  # noqa: ARG002
        if len(arguments) != 3:
            return self._faulty("BETWEEN takes a number and two limits")
        given = [self._operands.read(each) for each in arguments]
        if not self._operands.check_kinds(given, NUMBER):
            return _FAULTY
        operand, low, high = map(self._operands.operand, given)
        return Between(operand, low, high)

    def _faulty(self, detail: str) -> Condition:
        self._faults.append(detail)
        return _FAULTY


def _no_choice(described: FeatureProperty, value: str) -> str:
    return f"'{value[:40]}' is not a value of '{described.name}'; its values: {', '.join(described.choices or ())}"
