"""A feature as GeoJSON text, put together by PostgreSQL: work that would cost Python ten times as much.

Measured on 10 000 lines with 26 properties, `row_to_json` makes 80 ms of a statement that takes 66 ms this way: it
looks up again, for every value of every row, how the value's type is written.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, Numeric, cast, func, literal_column
from sqlalchemy.dialects.postgresql import TEXT

from service.queries.geometry_text import geojson_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from gis.crs import Crs
    from service.queries.feature_collections import FeatureCollection, FeatureProperty


def feature_text(
    collection: FeatureCollection, crs: Crs, properties: Sequence[tuple[str, FeatureProperty]]
) -> ColumnElement[str]:
    """Return the expression of a feature with some properties by their names, in a system."""
    members = chain.from_iterable(
        (_written(f'{"," if place else ""}"{name}":'), _value_text(each))
        for place, (name, each) in enumerate(properties)
    )
    return _joined(
        [
            _written('{"type":"Feature","id":'),
            cast(func.to_json(collection.feature_id()), TEXT),
            _written(',"geometry":'),
            func.coalesce(geojson_text(collection.shape(), crs), _written("null")),
            _written(',"properties":{'),
            *members,
            _written("}}"),
        ]
    )


def _value_text(described: FeatureProperty) -> ColumnElement[str]:
    """What cannot need quotes is written as PostgreSQL writes it: the same, and cheaper."""
    value = described.read()
    if described.type in (int, bool) and described.codes is None:
        text = cast(value, TEXT)
    elif isinstance(value.type, Numeric) and not isinstance(value.type, Double):
        text = cast(func.nullif(value, literal_column("'NaN'")), TEXT)  # which JSON has no number for
    else:
        text = cast(func.to_json(value), TEXT)
    return func.coalesce(text, _written("null"))


def _joined(parts: Iterable[ColumnElement[Any]]) -> ColumnElement[str]:
    return reduce(lambda before, part: before.op("||", return_type=TEXT())(part), parts)


def _written(text: str) -> ColumnElement[str]:
    """Text of ours, as a literal: names of properties are declared in the code."""
    return literal_column(f"'{text}'", TEXT())
