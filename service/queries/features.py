"""Features as GeoJSON text, page by page in the order of their keys."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.adapt import Buffer, Loader

from service.database import raw_connection
from service.queries.feature_query import FeatureQuery
from service.queries.feature_registry import feature_collections
from service.queries.feature_selection import selection_of, selection_values
from service.queries.feature_statements import PageShape, Start, page_statement, single_statement
from service.queries.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from gis.crs import Crs

__all__ = ["Feature", "FeaturePage", "FeatureQuery", "load_feature", "load_features"]

# Starting workers for a plan takes longer than reading a page. A plan for any box or value would be a
# bad plan for this one, so that a page's statement is parsed once but planned each time.
_FOR_PAGES = (
    "SELECT set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true)"
)


_PLAIN: dict[type[Any], Callable[[Any], Any]] = {bytes: bytes.decode, datetime.date: datetime.date.isoformat}


class _RawText(Loader):
    """Text as it comes from the database: decoding features only to encode them again is work for nothing."""

    def load(self, data: Buffer) -> bytes:
        """Return the bytes."""
        return bytes(data)


@dataclass(frozen=True)
class FeaturePage:
    """Features of one page.

    Attributes:
        features: GeoJSON features as UTF-8 text.
        last_key: Sort values and key of the last feature if there are more after it, else None.
    """

    features: list[bytes]
    last_key: tuple[Any, ...] | None


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        text: It as GeoJSON in UTF-8.
        version: Number of its version, where versions are counted.
    """

    text: bytes
    version: int | None

    @property
    def etag(self) -> str:
        """Its version, by which changes are guarded, and what stands in its text, as figures change without it."""
        digest = hashlib.blake2b(self.text, digest_size=8).hexdigest()
        return f"{self.version or 0}-{digest}"


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


def load_feature(connection: Connection, collection_id: str, key: tuple[Any, ...], crs: Crs) -> Feature | None:
    """Return one feature, retired or not; None if there is none of this key."""
    statement = single_statement(collection_id, crs.code)
    rows = _fetch(connection, statement, {f"key_{place}": value for place, value in enumerate(key)})
    if not rows:
        return None
    is_versioned = feature_collections()[collection_id].version is not None
    return Feature(rows[0][0], rows[0][-1] if is_versioned else None)


def _starts(query: FeatureQuery) -> tuple[Start, ...]:
    if query.nowhere:
        return ()
    if query.after is None:
        return (Start.AT_FIRST,)
    if query.sort or "municipality_code" in query.equal:
        return (Start.AFTER_KEY,)
    return Start.AFTER_KEY, Start.NEXT_MUNICIPALITY


def _fetch_page(connection: Connection, query: FeatureQuery, start: Start, wanted: int) -> list[tuple[Any, ...]]:
    after = query.after or ()
    shape = PageShape(
        selection_of(query),
        query.crs.code,
        start,
        sort=query.sort,
        unknown=tuple(value is None for value in after[: len(query.sort)]),
        shown=query.shown,
    )
    values = {f"after_{place}": value for place, value in enumerate(after)}
    bound = {**selection_values(query), **values, "limit": wanted}
    return _fetch(connection, page_statement(shape), bound, _FOR_PAGES)


def _fetch(
    connection: Connection, statement: Statement, values: dict[str, Any], settings: str | None = None
) -> list[tuple[Any, ...]]:
    """Run a statement on the driver's own cursor, which prepares it once it has come again and again."""
    with raw_connection(connection).cursor() as cursor:
        cursor.adapters.register_loader("text", _RawText)
        if settings is not None:
            cursor.execute(settings)
        cursor.execute(statement.text, {**statement.constants, **values})
        return cursor.fetchall()


def _decoded_key(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Parts as a cursor carries them."""
    return tuple(_PLAIN.get(type(part), _as_it_is)(part) for part in parts)


def _as_it_is(part: Any) -> Any:
    return part
