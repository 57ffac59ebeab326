"""All collections by their id."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.registry import ASSET_CLASSES
from service.queries.feature_areas import area_collections
from service.queries.feature_assets import class_collection, valued_assets_collection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.queries.feature_collections import FeatureCollection


@cache
def feature_collections() -> Mapping[str, FeatureCollection]:
    """Return the collections: all assets first, then one per class, then areas."""
    classes = (class_collection(each) for each in ASSET_CLASSES.values())
    return MappingProxyType({each.id: each for each in (valued_assets_collection(), *classes, *area_collections())})
