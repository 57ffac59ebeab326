"""What is asked of a collection: which features, in which order, with which properties, in which system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gis.crs import CRS84, Crs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.queries.feature_conditions import Filter


@dataclass(frozen=True)
class SortKey:
    """A property by which features are ordered; those without a value come last either way."""

    name: str
    descending: bool = False


@dataclass(frozen=True)
class FeatureQuery:
    """Which features of a collection are asked for, and how.

    Attributes:
        collection_id: The collection.
        crs: System of the coordinates that are given out, axes as it declares them.
        limit: Most features of a page.
        area: EWKB in EPSG:3067; only features that touch it.
        nowhere: Whether what is asked for cannot be: an area outside Finland, two municipalities at once.
        heights: Lowest and highest height, m; features that are known to lie elsewhere are left out.
        equal: Values that properties must have, by property name.
        filter: What else features must meet.
        sort: Order before the order of the keys.
        shown: Names of the properties that are given out; None gives all.
        after: Values of the sort keys and the key of the last feature of the page before.
    """

    collection_id: str
    crs: Crs = CRS84
    limit: int = 100
    area: bytes | None = None
    nowhere: bool = False
    heights: tuple[float, float] | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    filter: Filter | None = None
    sort: tuple[SortKey, ...] = ()
    shown: tuple[str, ...] | None = None
    after: tuple[Any, ...] | None = None
