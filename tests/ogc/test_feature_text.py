"""The text that PostgreSQL puts together for a feature holds every value as it is stored."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import orjson
import pytest
from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql

from gis.crs import CRS84
from models.asset import Asset
from models.registry import ASSET_CLASSES
from service.database import Database
from service.queries.feature_collections import FeatureProperty
from service.queries.feature_registry import feature_collections
from service.queries.feature_text import feature_text

COLLECTIONS = sorted(feature_collections())


@pytest.mark.parametrize("collection_id", COLLECTIONS)
def test_every_property_of_every_collection_says_what_its_column_does(filled: Database, collection_id: str) -> None:
    collection = feature_collections()[collection_id]
    named = list(collection.properties.items())
    text = feature_text(collection, CRS84, named)
    values = [each.read().label(f"value_{place}") for place, (_, each) in enumerate(named)]
    statement = select(text, *values).select_from(collection.source).where(*collection.conditions).limit(2000)
    with filled.reading() as connection:
        rows = connection.execute(statement).all()
    assert rows or collection_id in ASSET_CLASSES
    for written, *stored in rows:
        shown = orjson.loads(written)["properties"]
        assert list(shown) == [name for name, _ in named]
        assert list(shown.values()) == [plain(value) for value in stored]


@pytest.mark.parametrize(
    ("value", "sql_type", "shown"),
    [
        ('"\\\n\t\x01 </å€😀', postgresql.TEXT(), '"\\\n\t\x01 </å€😀'),
        ("", postgresql.TEXT(), ""),
        (None, postgresql.TEXT(), None),
        (-7, postgresql.BIGINT(), -7),
        (True, postgresql.BOOLEAN(), True),
        (False, postgresql.BOOLEAN(), False),
        (0.1, postgresql.DOUBLE_PRECISION(), 0.1),
        (1e300, postgresql.DOUBLE_PRECISION(), 1e300),
        (decimal.Decimal("12.50"), postgresql.NUMERIC(12, 2), 12.5),
        (decimal.Decimal("NaN"), postgresql.NUMERIC(12, 2), None),
        (datetime.date(2026, 11, 24), postgresql.DATE(), "2026-11-24"),
    ],
)
def test_any_value_is_written_as_json(filled: Database, value: Any, sql_type: Any, shown: Any) -> None:
    kind = {decimal.Decimal: float, type(None): str}.get(type(value), type(value))
    described = FeatureProperty("it", kind, literal(value, sql_type), "")
    collection = feature_collections()["valued_assets"]
    statement = select(feature_text(collection, CRS84, [("it", described)])).select_from(collection.source)
    with filled.reading() as connection:
        written = connection.execute(statement.where(Asset.asset_id == 10)).scalars().first()
    assert orjson.loads(written)["properties"] == {"it": shown}


def plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
