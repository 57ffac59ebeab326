"""Features as GeoJSON text, page by page in the order of their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg.adapt import Buffer, Loader

from gis.crs import CRS84, Crs
from service.database import raw_connection
from service.queries.feature_registry import feature_collections
from service.queries.feature_statements import Start, Statement, page_statement, single_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from service.queries.feature_collections import FeatureProperty


# Compiling a plan and starting workers for it takes longer than reading a page.
_FOR_PAGES = "SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"


class _RawText(Loader):
    """Text as it comes from the database: decoding features only to encode them again is work for nothing."""

    def load(self, data: Buffer) -> bytes:
        """Return the bytes."""
        return bytes(data)


@dataclass(frozen=True)
class FeatureQuery:
    """Which features of a collection are asked for, and how.

    Attributes:
        collection_id: The collection.
        crs: System of the coordinates that are given out, axes as it declares them.
        limit: Most features of a page.
        area: EWKB in EPSG:3067; only features that touch it.
        nowhere: Whether the area asked for lies where nothing can be, so that no feature matches.
        heights: Lowest and highest height, m; features that are known to lie elsewhere are left out.
        equal: Values that properties must have, by property name.
        after: Key of the last feature of the page before.
    """

    collection_id: str
    crs: Crs = CRS84
    limit: int = 100
    area: bytes | None = None
    nowhere: bool = False
    heights: tuple[float, float] | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class FeaturePage:
    """Features of one page.

    Attributes:
        features: GeoJSON features as UTF-8 text.
        last_key: Key of the last feature if there are more after it, else None.
    """

    features: list[bytes]
    last_key: tuple[Any, ...] | None


def load_features(connection: Connection, query: FeatureQuery) -> FeaturePage:
    """Return the next page: each feature once, whatever is written meanwhile, as keys never change."""
    rows: list[tuple[Any, ...]] = []
    wanted = query.limit + 1
    for start in _starts(query):
        rows += _fetch_page(connection, query, start, wanted - len(rows))
        if len(rows) == wanted:
            break
    page = rows[: query.limit]
    return FeaturePage([row[0] for row in page], _decoded_key(page[-1][1:]) if len(rows) > len(page) else None)


def load_feature(connection: Connection, collection_id: str, key: tuple[Any, ...], crs: Crs) -> bytes | None:
    """Return one feature as GeoJSON text, retired or not; None if there is none of this key."""
    statement = single_statement(collection_id, crs.code)
    rows = _fetch(connection, statement, {f"key_{place}": value for place, value in enumerate(key)})
    return rows[0][0] if rows else None


def _starts(query: FeatureQuery) -> tuple[Start, ...]:
    if query.nowhere:
        return ()
    if query.after is None:
        return (Start.AT_FIRST,)
    if "municipality_code" in query.equal:
        return (Start.AFTER_KEY,)
    return Start.AFTER_KEY, Start.NEXT_MUNICIPALITY


def _fetch_page(connection: Connection, query: FeatureQuery, start: Start, wanted: int) -> list[tuple[Any, ...]]:
    statement = page_statement(
        query.collection_id,
        query.crs.code,
        tuple(sorted(query.equal)),
        start,
        in_area=query.area is not None,
        between_heights=query.heights is not None,
    )
    return _fetch(connection, statement, {**_values(query), "limit": wanted})


def _values(query: FeatureQuery) -> dict[str, Any]:
    collection = feature_collections()[query.collection_id]
    values: dict[str, Any] = {
        f"equal_{name}": _stored(collection.properties[name], value) for name, value in query.equal.items()
    }
    if query.area is not None:
        values["area"] = query.area
    if query.heights is not None:
        values["lowest"], values["highest"] = query.heights
    if query.after is not None:
        values |= {f"after_{place}": value for place, value in enumerate(query.after)}
    return values


def _stored(described: FeatureProperty, value: Any) -> Any:
    return value if described.codes is None else described.codes[value]


def _fetch(connection: Connection, statement: Statement, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement on the driver's own cursor, unprepared: a plan for any box would be a bad plan for this one."""
    with raw_connection(connection).cursor() as cursor:
        cursor.adapters.register_loader("text", _RawText)
        cursor.execute(_FOR_PAGES, prepare=False)
        cursor.execute(statement.text, {**statement.constants, **values}, prepare=False)
        return cursor.fetchall()


def _decoded_key(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part.decode() if isinstance(part, bytes) else part for part in parts)
