"""Figures for maps repeat those of the valuation, whether a run or the migration has stored them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from alembic.script import ScriptDirectory
from sqlalchemy import text

from service.database import Database
from service.migrating import migration_config
from service.operations.demo import load_benchmark_municipality
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

ROWS = text("SELECT to_jsonb(m) FROM map_figures m ORDER BY municipality_code, run_id, block")
UNALIKE = text(
    "SELECT v.asset_id FROM asset_valuation v"
    " LEFT JOIN map_figures m ON (m.municipality_code, m.run_id, m.block)"
    "  = (v.municipality_code, v.run_id, v.asset_id / 32)"
    " WHERE (round(v.condition_index * 1000), v.condition_basis, COALESCE(round(v.repair_backlog_eur), -1),"
    "  COALESCE(round(v.needed_backlog_eur), -1), COALESCE(round(v.avoidable_backlog_eur), -1))"
    " IS DISTINCT FROM (m.condition_thousandths[v.asset_id % 32 + 1], m.condition_basis[v.asset_id % 32 + 1],"
    "  m.repair_backlog_eur[v.asset_id % 32 + 1], m.needed_backlog_eur[v.asset_id % 32 + 1],"
    "  m.avoidable_backlog_eur[v.asset_id % 32 + 1])"
)


def test_maps_are_given_each_figure_of_a_run_and_the_migration_gives_the_same(
    database: Database, owning: Callable[[Database], AbstractContextManager[psycopg.Connection[Any]]]
) -> None:
    load_benchmark_municipality(database, "091", 2_000)
    with database.writing() as session:
        # No quantity, no value: an asset whose backlog is unknown.
        unknown = text("UPDATE asset SET quantity = NULL, replacement_cost_eur = NULL WHERE asset_id % 7 = 3")
        session.execute(unknown)
    for _ in range(2):
        value_municipality(database, ValuationRequest("091", 2026, scenario="baseline"))
    with database.reading() as connection:
        stored = connection.execute(ROWS).scalars().all()
        valued = connection.execute(text("SELECT count(*), count(repair_backlog_eur) FROM asset_valuation")).one()
        assert valued[0] == 4_000 > valued[1] > 0
        assert connection.execute(UNALIKE).all() == []
    of_newest = [row for row in stored if row["run_id"] == max(row["run_id"] for row in stored)]
    migration = ScriptDirectory.from_config(migration_config("")).get_revision("0019").module
    with owning(database) as connection:
        connection.execute("DELETE FROM map_figures")
        connection.execute(migration.OF_NEWEST)
    with database.reading() as connection:
        assert connection.execute(ROWS).scalars().all() == of_newest
