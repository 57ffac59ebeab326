"""Features as GeoJSON text, page by page in the order of their keys."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.queries.feature_query import FeatureQuery
from service.queries.feature_registry import feature_collections
from service.queries.feature_selection import selection_of, selection_values
from service.queries.feature_statements import PageShape, Start, page_statement, single_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from psycopg.pq.abc import PGresult

    from gis.crs import Crs
    from service.queries.statements import Statement

__all__ = ["Feature", "FeaturePage", "FeatureQuery", "load_feature", "load_features"]


class FeatureTexts:
    """Features as texts, which lie in what the database answered until they are asked for: megabytes are held once."""

    def __init__(self) -> None:
        self._parts: list[tuple[PGresult, int]] = []

    def add(self, found: PGresult, most: int) -> None:
        """Append the first rows of an answer, at most so many."""
        self._parts.append((found, min(found.ntuples, most)))

    def __len__(self) -> int:
        """Return their number."""
        return sum(count for _, count in self._parts)

    def __iter__(self) -> Iterator[bytes]:
        """Give them one by one."""
        return (found.get_value(row, 0) or b"" for found, count in self._parts for row in range(count))


@dataclass(frozen=True)
class FeaturePage:
    """Features of one page.

    Attributes:
        features: GeoJSON features as UTF-8 text.
        last_key: Sort values and key of the last feature if there are more after it, else None.
    """

    features: FeatureTexts
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


def load_features(connection: psycopg.Connection[Any], query: FeatureQuery) -> FeaturePage:
    """Return the next page: each feature once, whatever is written meanwhile, as keys never change."""
    features, has_more = FeatureTexts(), False
    last_key: tuple[Any, ...] | None = None
    for start in _starts(query):
        most = query.limit - len(features)
        found, last_key = _load_page(connection, query, start, most, last_key)
        if found is not None:
            features.add(found, most)
            has_more = found.ntuples > most
        if has_more:
            break
    return FeaturePage(features, _decoded_key(last_key) if has_more and last_key else None)


def load_feature(
    connection: psycopg.Connection[Any], collection_id: str, key: tuple[Any, ...], crs: Crs
) -> Feature | None:
    """Return one feature, retired or not; None if there is none of this key."""
    statement = single_statement(collection_id, crs.code)
    values = {f"key_{place}": value for place, value in enumerate(key)}
    found = statement.ask(connection, values, prepare=True).pgresult
    text = found.get_value(0, 0) if found is not None and found.ntuples else None
    if found is None or text is None:
        return None
    is_versioned = feature_collections()[collection_id].version is not None
    return Feature(text, int(found.get_value(0, found.nfields - 1) or 0) if is_versioned else None)


def _starts(query: FeatureQuery) -> tuple[Start, ...]:
    if query.nowhere:
        return ()
    if query.after is None:
        return (Start.AT_FIRST,)
    if query.sort or "municipality_code" in query.equal:
        return (Start.AFTER_KEY,)
    return Start.AFTER_KEY, Start.NEXT_MUNICIPALITY


def _load_page(
    connection: psycopg.Connection[Any],
    query: FeatureQuery,
    start: Start,
    most: int,
    last_key: tuple[Any, ...] | None,
) -> tuple[PGresult | None, tuple[Any, ...] | None]:
    """Return one feature more than a page takes, if there are, and sort values and key of the last that it takes.

    Texts are taken as they come: decoding features only to encode them again is work for nothing.
    """
    cursor = _page_statement(query, start).ask(connection, {**_page_values(query), "limit": most + 1})
    found = cursor.pgresult
    if found is None or not found.ntuples:
        return None, last_key
    if most:
        cursor.scroll(min(most, found.ntuples) - 1, mode="absolute")
        _, *last_key_parts = cursor.fetchone() or (None,)
        last_key = tuple(last_key_parts)
    return found, last_key


def _page_statement(query: FeatureQuery, start: Start) -> Statement:
    unknown = tuple(value is None for value in (query.after or ())[: len(query.sort)])
    return page_statement(
        PageShape(selection_of(query), query.crs.code, start, sort=query.sort, unknown=unknown, shown=query.shown)
    )


def _page_values(query: FeatureQuery) -> dict[str, Any]:
    after = {f"after_{place}": value for place, value in enumerate(query.after or ())}
    return {**selection_values(query), **after}


def _decoded_key(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Parts as a cursor carries them."""
    return tuple(part.isoformat() if isinstance(part, datetime.date) else part for part in parts)
