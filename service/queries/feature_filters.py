"""Conditions of a filter as SQL: columns from the collection, values bound with their types, nothing else."""

from __future__ import annotations

import datetime
import operator
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    Double,
    Text,
    and_,
    any_,
    bindparam,
    collate,
    false,
    func,
    literal_column,
    not_,
    or_,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import BYTEA

from service.queries.feature_conditions import (
    GEOMETRY,
    ID,
    And,
    AnyOf,
    Between,
    Comparison,
    Constant,
    Fold,
    Folded,
    IsKey,
    IsNull,
    Like,
    Not,
    OneOf,
    Or,
    Predicate,
    Property,
    Spatial,
    Value,
    slot_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.types import TypeEngine

    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_conditions import Condition, Operand

WIDE_TYPES: dict[type[Any], TypeEngine[Any]] = {
    str: Text(),
    bool: Boolean(),
    int: BigInteger(),
    float: Double(),
    datetime.date: Date(),
}
"""The widest type of each kind: a value beyond a column's range finds nothing instead of failing."""

BYTE_ORDER, _CASE_RULES = "C", "und-x-icu"
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FUNCTIONS = {
    Predicate.INTERSECTS: func.ST_Intersects,
    Predicate.EQUALS: func.ST_Equals,
    Predicate.DISJOINT: func.ST_Disjoint,
    Predicate.TOUCHES: func.ST_Touches,
    Predicate.WITHIN: func.ST_Within,
    Predicate.OVERLAPS: func.ST_Overlaps,
    Predicate.CROSSES: func.ST_Crosses,
    Predicate.CONTAINS: func.ST_Contains,
}
_BEFORE_FOLDING: tuple[ColumnElement[str], ...] = (literal_column("'ẞı'"), literal_column("'ß\ue131'"))
_AFTER_FOLDING: tuple[ColumnElement[str], ...] = (literal_column("'ς'"), literal_column("'σ'"))
_COMBINING_MARKS: ColumnElement[str] = literal_column("'[\u0300-\u036f]'")


def filter_condition(collection: FeatureCollection, condition: Condition) -> ColumnElement[bool]:
    """Return a condition as SQL, its values bound under the names of their slots."""
    built: ColumnElement[bool] = _BUILDERS[type(condition)](collection, condition)
    return built


def property_names(condition: Condition) -> set[str]:
    """Return the names of the properties that a condition looks at."""
    found: set[str] = set()
    waiting: list[Any] = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Property | IsNull):
            found.add(node.name)
        elif isinstance(node, tuple):
            waiting += node
        elif hasattr(node, "__dataclass_fields__"):
            waiting += vars(node).values()
    return found


def _comparison(collection: FeatureCollection, condition: Comparison) -> ColumnElement[bool]:
    left, right = _operand(collection, condition.left), _operand(collection, condition.right)
    with_value = isinstance(condition.left, Value) or isinstance(condition.right, Value)
    if isinstance(left.type, Text) and not (with_value and condition.operator in ("=", "<>")):
        # Texts are ordered by their bytes, which no locale changes; and columns of unlike order could not be compared.
        left, right = collate(left, BYTE_ORDER), collate(right, BYTE_ORDER)
    compared: ColumnElement[bool] = _OPERATORS[condition.operator](left, right)
    return compared


def _like(collection: FeatureCollection, condition: Like) -> ColumnElement[bool]:
    return _operand(collection, condition.operand).like(_operand(collection, condition.pattern))


def _between(collection: FeatureCollection, condition: Between) -> ColumnElement[bool]:
    low, high = _operand(collection, condition.low), _operand(collection, condition.high)
    return _operand(collection, condition.operand).between(low, high)


def _any_of(collection: FeatureCollection, condition: AnyOf) -> ColumnElement[bool]:
    values = bindparam(slot_name(condition.values.slot), type_=ARRAY(WIDE_TYPES[condition.values.type]))
    return _operand(collection, condition.operand) == any_(values)


def _one_of(collection: FeatureCollection, condition: OneOf) -> ColumnElement[bool]:
    return or_(*(_comparison(collection, Comparison("=", condition.operand, each)) for each in condition.others))


def _is_key(collection: FeatureCollection, condition: IsKey) -> ColumnElement[bool]:
    parts = zip(collection.key, condition.parts, strict=True)
    return and_(*(column == bindparam(slot_name(part.slot), type_=column.type) for column, part in parts))


def _is_null(collection: FeatureCollection, condition: IsNull) -> ColumnElement[bool]:
    if condition.name == ID:
        return false()
    if condition.name == GEOMETRY:
        return collection.geometry.is_(None)
    return collection.properties[condition.name].column.is_(None)


def _spatial(collection: FeatureCollection, condition: Spatial) -> ColumnElement[bool]:
    """The index finds the boxes that touch, then the shapes are looked at; what is apart has no box to look for."""
    other = func.ST_GeomFromEWKB(bindparam(slot_name(condition.slot), type_=BYTEA))
    holds: ColumnElement[bool] = _FUNCTIONS[condition.predicate](collection.geometry, other)
    if condition.predicate is Predicate.DISJOINT:
        return holds
    return and_(collection.geometry.op("&&")(other), holds)


def _constant(collection: FeatureCollection, condition: Constant) -> ColumnElement[bool]:  # noqa: ARG001
    return true() if condition.value else false()


def _and(collection: FeatureCollection, condition: And) -> ColumnElement[bool]:
    return and_(*(filter_condition(collection, part) for part in condition.parts))


def _or(collection: FeatureCollection, condition: Or) -> ColumnElement[bool]:
    return or_(*(filter_condition(collection, part) for part in condition.parts))


def _not(collection: FeatureCollection, condition: Not) -> ColumnElement[bool]:
    return not_(filter_condition(collection, condition.part).self_group())


def _operand(collection: FeatureCollection, operand: Operand) -> ColumnElement[Any]:
    if isinstance(operand, Value):
        return bindparam(slot_name(operand.slot), type_=WIDE_TYPES[operand.type])
    if isinstance(operand, Folded):
        return _folded(operand.fold, _operand(collection, operand.operand))
    if operand.name == ID:
        return type_coerce(collection.feature_id(), Text())
    described = collection.properties[operand.name]
    if operand.coded:
        return described.column
    return type_coerce(described.read(), WIDE_TYPES[described.type])


def _folded(fold: Fold, text: ColumnElement[str]) -> ColumnElement[str]:
    """Fold a text as Unicode says: to CASEI ß and SS are one, to ACCENTI ä and a.

    Up and down again is the full case folding of Unicode but for three letters: ẞ, which has no upper case that is
    SS; ı, which would become i; and ς, which stands for σ at the end of a word only.
    """
    if fold is Fold.CASE:
        upper = func.upper(collate(func.translate(text, *_BEFORE_FOLDING), _CASE_RULES))
        return type_coerce(func.translate(func.lower(collate(upper, _CASE_RULES)), *_AFTER_FOLDING), Text())
    decomposed = func.normalize(text, literal_column("NFD"))
    bare = func.regexp_replace(decomposed, _COMBINING_MARKS, literal_column("''"), literal_column("'g'"))
    return type_coerce(bare, Text())


_BUILDERS: dict[type[Any], Callable[[FeatureCollection, Any], ColumnElement[bool]]] = {
    Comparison: _comparison,
    Like: _like,
    Between: _between,
    AnyOf: _any_of,
    OneOf: _one_of,
    IsKey: _is_key,
    IsNull: _is_null,
    Spatial: _spatial,
    Constant: _constant,
    And: _and,
    Or: _or,
    Not: _not,
}
