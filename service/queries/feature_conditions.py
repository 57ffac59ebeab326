"""Conditions on the features of a collection, without their values: what a filter says, ready to be made a statement.

A condition is hashable and its values stand apart, numbered by slots: requests that differ in values alone share one
statement, and no value can come into its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

ID, GEOMETRY = "id", "geometry"
"""Names by which a filter means the feature's id and its geometry."""


class Predicate(StrEnum):
    """How a geometry lies to another, as CQL2 names it."""

    INTERSECTS = "s_intersects"
    EQUALS = "s_equals"
    DISJOINT = "s_disjoint"
    TOUCHES = "s_touches"
    WITHIN = "s_within"
    OVERLAPS = "s_overlaps"
    CROSSES = "s_crosses"
    CONTAINS = "s_contains"


class Fold(StrEnum):
    """What a comparison of texts does not look at, as CQL2 names it."""

    CASE = "casei"
    ACCENT = "accenti"


@dataclass(frozen=True)
class Property:
    """The value of a property; `coded` where it is compared by the number that stands for it in the table."""

    name: str
    coded: bool = False


@dataclass(frozen=True)
class Value:
    """A value that is bound, of a Python type: str, int, float or bool."""

    slot: int
    type: type[Any]


@dataclass(frozen=True)
class Folded:
    """A text of which case or accents do not count."""

    fold: Fold
    operand: Operand


Operand: TypeAlias = Property | Value | Folded


@dataclass(frozen=True)
class Comparison:
    """Two values compared: `=`, `<>`, `<`, `<=`, `>` or `>=`."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Like:
    """A text that has the form of a pattern: `%` stands for any text, `_` for one sign, a backslash takes the next."""

    operand: Operand
    pattern: Operand


@dataclass(frozen=True)
class Between:
    """A number within limits, which belong to it."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True)
class AnyOf:
    """A value that is one of a list, which is bound as one array."""

    operand: Operand
    values: Value


@dataclass(frozen=True)
class OneOf:
    """A value that is one of several operands."""

    operand: Operand
    others: tuple[Operand, ...]


@dataclass(frozen=True)
class IsKey:
    """The feature of one key, whose parts are bound."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class IsNull:
    """A property without value, or a feature without geometry."""

    name: str


@dataclass(frozen=True)
class Spatial:
    """How the feature's geometry lies to one that is bound, EWKB in EPSG:3067."""

    predicate: Predicate
    slot: int


@dataclass(frozen=True)
class Constant:
    """True or false for every feature."""

    value: bool


@dataclass(frozen=True)
class And:
    """All of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    """At least one of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The contrary; what is unknown stays unknown."""

    part: Condition


Condition: TypeAlias = (
    Comparison | Like | Between | AnyOf | OneOf | IsKey | IsNull | Spatial | Constant | And | Or | Not
)


@dataclass(frozen=True)
class Filter:
    """A condition with the values of its slots."""

    condition: Condition
    values: tuple[Any, ...] = field(default=())

    def bound(self) -> dict[str, Any]:
        """Return the values by the names under which statements bind them."""
        return {slot_name(slot): value for slot, value in enumerate(self.values)}


def slot_name(slot: int) -> str:
    """Return the name under which a statement binds the value of a slot."""
    return f"filter_{slot}"
