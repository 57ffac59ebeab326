"""Where rows lie: geometry of the file or in columns, the coordinate system where none is told, the municipality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs_guess import guess_crs
from gis.finland import FINLAND
from service.importers.parse_values import parse_numbers
from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.matching import heading_score
from service.importers.proposals.notes import Note, note
from service.importers.proposals.vocabulary import role_words
from service.importers.source_table import SourceTable, as_text, missing

LEAST_HEADING = 0.8
MOST = 0.9
MUNICIPALITY_NUMBERS = range(5, 1000)


@dataclass(frozen=True)
class Place:
    """Where geometry comes from.

    Attributes:
        document: What the profile says under `geometry`.
        columns: Columns of coordinates.
        notes: Why.
    """

    document: Mapping[str, Any]
    columns: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class MunicipalityColumn:
    """The column that names the municipality, and how it is spelled."""

    column: str
    style: str


def find_place(columns: Mapping[str, ColumnFacts], table: SourceTable, area: BaseGeometry | None) -> Place:
    """Return where geometry comes from.

    Args:
        columns: The columns by name.
        table: The rows.
        area: Where they lie, in EPSG:3067; the whole country without it.
    """
    if table.geometry is not None:
        if table.crs is not None:
            return Place({}, (), (note("crs_of_file"),))
        shapes = table.geometry[~missing(table.geometry)]
        return _with_crs({}, (), shapely.get_coordinates(shapes), area)
    wkt = next((name for name, facts in columns.items() if facts.pattern == "wkt"), None)
    if wkt is not None:
        shapes = shapely.from_wkt(as_text(table.columns[wkt]), on_invalid="ignore")
        return _with_crs({"wkt": wkt}, (wkt,), shapely.get_coordinates(shapes), area)
    x, y = _axis(columns, "x"), _axis(columns, "y")
    if x is None or y is None or x == y:
        return Place({}, (), (note("no_place"),))
    numbers = [parse_numbers(as_text(table.columns[name]), None, table.decimal_comma)[0] for name in (x, y)]
    return _with_crs({"x": x, "y": y}, (x, y), np.column_stack(numbers), area)


def _axis(columns: Mapping[str, ColumnFacts], axis: str) -> str | None:
    words = role_words("places", axis)
    found = [(heading_score(facts, words), name) for name, facts in columns.items() if facts.kind == "number"]
    score, name = max(found, default=(0.0, ""))
    return name if score >= LEAST_HEADING else None


def _with_crs(
    document: dict[str, Any], columns: tuple[str, ...], coordinates: NDArray[np.float64], area: BaseGeometry | None
) -> Place:
    guesses = guess_crs(coordinates, shapely.box(*FINLAND) if area is None else area)
    zero = bool(np.any(np.all(coordinates == 0, axis=1))) if len(coordinates) else False
    if not guesses and zero:
        guesses = guess_crs(
            coordinates[~np.all(coordinates == 0, axis=1)], shapely.box(*FINLAND) if area is None else area
        )
    unknown = {"unknown_points": [[0, 0]]} if zero else {}
    if not guesses:
        return Place({**document, **unknown}, columns, (note("crs_not_known"),))
    first, others = guesses[0], [each.crs.code for each in guesses[1:4]]
    if first.swapped and "x" in document:
        document = {"x": document["y"], "y": document["x"]}
    why = (
        note("crs_one_of", crs=first.crs.code, others=", ".join(others))
        if others
        else note("crs_by_values", crs=first.crs.code)
    )
    return Place({**document, "crs": first.crs.code, **unknown}, columns, (why,))


def find_municipality(columns: Mapping[str, ColumnFacts], names: Mapping[str, str]) -> MunicipalityColumn | None:
    """Return the column that names the municipality of each row, or None.

    Args:
        columns: The columns by name.
        names: Municipality codes by name, casefolded, and by code; without it only numbers are known.
    """
    words = role_words("places", "municipality")
    ranked = sorted(columns.values(), key=lambda facts: -heading_score(facts, words))
    for facts in ranked:
        style = _style(facts, names) if heading_score(facts, words) >= LEAST_HEADING and not facts.absent else None
        if style is not None:
            return MunicipalityColumn(facts.name, style)
    return None


def _style(facts: ColumnFacts, names: Mapping[str, str]) -> str | None:
    values = [value for value in facts.counts if value]
    if not values or facts.markers:
        return None
    if all(value.isdigit() and len(value) <= 3 and int(value) in MUNICIPALITY_NUMBERS for value in values):
        return "code" if all(len(value) == 3 for value in values) else "number"
    if all(value.startswith("KU") and value[2:].isdigit() for value in values):
        return "ku"
    return "name" if all(value.casefold() in names for value in values) else None
