"""The collections that GIS clients see: which table each comes from, its key, its geometry and its properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, case, cast, func
from sqlalchemy.dialects.postgresql import TEXT

from models.identifiers import MUNICIPALITY_CODE_PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class FeatureProperty:
    """A property of the features of a collection.

    Attributes:
        name: Public name.
        type: Python type of its values: str, int, float, bool or datetime.date.
        column: What is stored.
        description: What it says.
        unit: Unit of its values.
        ge: Least value.
        le: Greatest value.
        choices: The values that may be.
        pattern: Regular expression that texts match.
        codes: Numbers by public value, where numbers are stored.
        read_only: Whether the register sets it, and no client.
    """

    name: str
    type: type[Any]
    column: ColumnElement[Any]
    description: str
    unit: str | None = None
    ge: float | None = None
    le: float | None = None
    choices: tuple[str, ...] | None = None
    pattern: str | None = None
    codes: Mapping[str, int] | None = None
    read_only: bool = False

    def read(self) -> ColumnElement[Any]:
        """Return the expression of the public value."""
        if self.codes is None:
            return self.column
        return case({number: value for value, number in self.codes.items()}, value=self.column)


@dataclass(frozen=True)
class FeatureCollection:
    """A collection of features.

    Attributes:
        id: Name in addresses.
        title: Name for people.
        description: What its features are.
        key: Key columns, the municipality first; features are ordered by them.
        geometry_types: Geometry types of OGC Simple Features that its features may have.
        properties: Properties by name, in order.
        source: Tables that it is read from.
        geometry: Column in EPSG:3067 that the spatial index has.
        heights: Column of the same geometry with heights, null where they are unknown; None without such a column.
        conditions: What a row must meet to be in the collection.
        unlisted: Status values that are left out unless they are asked for.
        other_keys: The same key in the other tables of the source: what bounds a scan must be said of each table.
        core: The source without the table that only this collection has, where all its rows are known without it.
        version: Column with the number of a feature's version; None where versions are not counted.
        writable: Whether clients may create, replace, update and delete features.
    """

    id: str
    title: str
    description: str
    key: tuple[ColumnElement[Any], ...]
    geometry_types: tuple[str, ...]
    properties: Mapping[str, FeatureProperty]
    source: FromClause
    geometry: ColumnElement[Any]
    heights: ColumnElement[Any] | None = None
    conditions: tuple[ColumnElement[bool], ...] = ()
    unlisted: tuple[str, ...] = ()
    other_keys: tuple[tuple[ColumnElement[Any], ...], ...] = ()
    core: FromClause | None = None
    version: ColumnElement[Any] | None = None
    writable: bool = False

    def shape(self) -> ColumnElement[Any]:
        """Return the expression of the geometry that is shown: with heights where they are known."""
        return self.geometry if self.heights is None else func.coalesce(self.heights, self.geometry)

    def feature_id(self) -> ColumnElement[str]:
        """Return the expression of a feature's id: municipality, hyphen, the rest of the key joined by tildes."""
        municipality, first, *others = (cast(column, TEXT) for column in self.key)
        joined: ColumnElement[str] = municipality + "-" + first
        for other in others:
            joined = joined + "~" + other
        return joined

    def key_of(self, feature_id: str) -> tuple[Any, ...] | None:
        """Return the key that a feature id names, or None if no feature of the collection can have it.

        A key of text is taken as it stands; a number must be written as it is shown, and fit its column.
        """
        municipality, hyphen, rest = feature_id.partition("-")
        parts = rest.split("~", len(self.key) - 2)
        if not hyphen or len(municipality) != 3 or len(parts) != len(self.key) - 1 or "\0" in feature_id:
            return None
        values = [_key_value(part, column) for part, column in zip(parts, self.key[1:], strict=True)]
        return None if None in values else (municipality, *values)


def _key_value(text: str, column: ColumnElement[Any]) -> Any:
    if column.type.python_type is not int:
        return text
    is_number = text.isascii() and text.isdecimal() and (text == "0" or not text.startswith("0"))
    return int(text) if is_number and int(text) < 2**63 else None


def properties_by_name(*properties: FeatureProperty) -> dict[str, FeatureProperty]:
    """Return properties by their names, in order."""
    return {each.name: each for each in properties}


def municipality_property(column: ColumnElement[Any]) -> FeatureProperty:
    """Return the property that every feature has."""
    described = "Municipality, three digits"
    return FeatureProperty("municipality_code", str, column, described, pattern=MUNICIPALITY_CODE_PATTERN)
