"""The data of `make bench-gis`: a million water mains and 100 000 buildings, and the same rows as tables for TiPg."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import psycopg
from psycopg import sql
from sqlalchemy import ColumnElement, cast, make_url, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import BigInteger, Double, NullType

from service.acting import acting_as, operator
from service.database import Database
from service.demo import benchmark
from service.demo.rows import AssetRows
from service.operations import demo
from service.operations.database_logins import prepare_database
from service.operations.seeding import seed
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.queries.feature_collections import FeatureProperty
from service.queries.feature_registry import feature_collections
from service.settings import DatabaseLimits

MUNICIPALITY = "837"
COUNTS = {"water_main": 1_000_000, "building": 100_000}
COLLECTIONS = tuple(COUNTS)
PEER_SCHEMA = "peer"
HOW_FAIR = """\
TiPg reads one plain table per collection, stored in the order of its key, which follows a Hilbert curve as numbers of
imported assets do: neighbours lie together in both. It has the same rows, columns and values (the valuation's figures
too, which the service joins per request), the same indexes as the register (primary key, GiST of the geometry; none of
attributes), vacuumed and analysed. Both run two workers on the same PostgreSQL, with the same
pool sizes; TiPg on uvicorn[standard] (uvloop, httptools), the service as `make run` starts it."""


def fill(owner_url: str, url: str) -> None:
    """Make the register, value it, and lay the tables for TiPg beside it."""
    prepare_database(owner_url, url)
    with acting_as(operator()):
        _fill_register(url)
    _lay_peer_tables(driver_url(owner_url))


def _fill_register(url: str) -> None:
    database = Database(url, limits=DatabaseLimits(statement_ms=0))
    try:
        seed(database)
        total = sum(COUNTS.values())
        shares = {code: count / total for code, count in COUNTS.items()}
        with (
            patch.dict(benchmark.SHARES, shares, clear=True),
            patch.object(demo, "benchmark_chunks", _chunks_with_attributes),
        ):
            demo.load_benchmark_municipality(database, MUNICIPALITY, total)
        value_municipality(database, ValuationRequest(MUNICIPALITY, 2026, created_by="bench"))
    finally:
        database.close()


def driver_url(url: str) -> str:
    """Return the address as drivers other than SQLAlchemy's take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _chunks_with_attributes(asset_count: int) -> Iterator[AssetRows]:
    """Give the benchmark's assets with some twenty attributes filled, as registers of networks have them."""
    rng = np.random.default_rng(3)
    for rows in benchmark.benchmark_chunks(asset_count):
        count = len(rows)
        rows.columns["name"] = [f"{rows.asset_class} {number}" for number in range(count)]
        rows.columns["criticality"] = rng.integers(1, 6, count)
        rows.columns["price_level_year"] = np.full(count, 2024)
        if rows.asset_class == "water_main":
            rows.columns.update(
                {
                    "nominal_diameter_mm": rng.choice([90, 110, 150, 160, 200, 225, 250, 315, 400], count),
                    # A value of its own for some 5 000 of the million: what an attribute filter looks for.
                    "depth_m": np.round(rng.uniform(1.0, 3.0, count), 2),
                    "is_lined": rng.random(count) < 0.1,
                    "pressure_zone": [f"PZ{zone}" for zone in rng.integers(1, 9, count)],
                    "from_node_id": [f"N{node}" for node in rng.integers(1, 900_000, count)],
                    "to_node_id": [f"N{node}" for node in rng.integers(1, 900_000, count)],
                }
            )
        yield rows


def _lay_peer_tables(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(PEER_SCHEMA)))
        for name in COLLECTIONS:
            table = sql.Identifier(PEER_SCHEMA, name)
            connection.execute(
                sql.SQL("CREATE TABLE {} AS ").format(table) + sql.SQL(_rows_of(name)),  # type: ignore[arg-type]
                prepare=False,
            )
            connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (id)").format(table))
            connection.execute(sql.SQL("CREATE INDEX ON {} USING gist (geometry)").format(table))
        # Registers are vacuumed by themselves; a benchmark does not wait for it.
        connection.execute("VACUUM (ANALYZE)")


def _rows_of(name: str) -> str:
    """Return the statement that reads a collection's rows, as the service would, without any formatting."""
    collection = feature_collections()[name]
    geometry = type_coerce(collection.geometry, NullType()).label("geometry")  # else it would be read as EWKB
    columns = (_value(each).label(label) for label, each in collection.properties.items())
    statement = (
        select(cast(collection.key[1], BigInteger).label("id"), *columns, geometry)
        .select_from(collection.source)
        .where(*collection.conditions)
        .order_by(*collection.key)
    )
    return str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


def _value(described: FeatureProperty) -> ColumnElement[Any]:
    """Numbers as floats: TiPg would give those of the type numeric as text."""
    return cast(described.column, Double) if described.type is float else described.read()
