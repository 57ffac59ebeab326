"""Users of networks: recorded ones first, else the inhabitants of the grid within the service distance."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.reports.service_need import service_need_report

CELL = (400_000.0, 6_700_000.0, 400_250.0, 6_700_250.0)
SECOND = (400_250.0, 6_700_000.0, 400_500.0, 6_700_250.0)


def pipes(write: Any, *lines: tuple[int, float, float, float]) -> None:
    """Add water mains from (x0, y) to (x1, y), by their number."""
    for number, x0, x1, y in lines:
        write.run(
            "WITH core AS (INSERT INTO asset (municipality_code, asset_id, asset_class, source_system, source_id,"
            " status, is_protected, row_version, changed_at, quantity, replacement_cost_eur, built_year, geometry)"
            " SELECT :code, :id, asset_class, 'test', :id, 'in_use', false, 1, '2026-01-01', :length, 100000, 1940,"
            " ST_MakeLine(ST_SetSRID(ST_MakePoint(:x0, :y), 3067), ST_SetSRID(ST_MakePoint(:x1, :y), 3067))"
            " FROM asset_class WHERE code = 'water_main') INSERT INTO water_main (municipality_code, asset_id)"
            " SELECT :code, :id",
            id=number,
            x0=x0,
            x1=x1,
            y=y,
            length=x1 - x0,
        )


def used(database: Database) -> dict[str, Any]:
    run = value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        report = service_need_report(connection, "999", run)
    [row] = next((table.rows for table in report.tables if table.name == "network_use"), [{}])
    return row


def test_length_that_nobody_lives_by_is_told_with_its_backlog(database: Database, register: Any) -> None:
    """300 m pass two cells of 60 and 40 persons, 100 m lie 5 km away: a quarter of the length serves nobody."""
    with register() as write:
        write.cell("a", 60, CELL)
        write.cell("b", 40, SECOND)
        pipes(
            write, (1, 400_100, 400_300, 6_700_100), (2, 400_000, 400_100, 6_700_100), (3, 400_000, 400_100, 6_705_000)
        )
    row = used(database)
    assert (row["asset_count"], row["length_m"], row["users_basis"]) == (3, 400.0, "grid")
    assert row["without_users_share"] == pytest.approx(0.25)
    # The first main has 100 persons within 100 m; the second ends 150 m from the second cell and has 60.
    assert row["mean_users"] == pytest.approx((200 * 100 + 100 * 60) / 400)
    assert row["inhabitants_served"] == 100.0
    with database.reading() as connection:
        lonely = connection.execute(
            text("SELECT repair_backlog_eur FROM asset_valuation WHERE asset_id = 3")
        ).scalar_one()
    assert 0 < row["backlog_without_users_eur"] == lonely < row["repair_backlog_eur"]
    assert row["backlog_per_inhabitant_eur"] == pytest.approx(float(row["repair_backlog_eur"]) / 100)


def test_recorded_users_go_before_the_grid(database: Database, register: Any) -> None:
    with register() as write:
        pipes(write, (1, 400_000, 400_100, 6_700_000), (2, 400_000, 400_300, 6_700_000))
        for day, users in (("2024-01-01", 99), ("2026-01-01", 12)):
            write.run("INSERT INTO service_usage VALUES (:code, 1, 'water_supply', :day, :users)", day=day, users=users)
    row = used(database)
    assert (row["users_basis"], row["mean_users"], row["inhabitants_served"]) == ("recorded", 12.0, None)
    assert row["unknown_users_share"] == pytest.approx(0.75)


def test_without_a_grid_and_records_nothing_is_claimed(database: Database, register: Any) -> None:
    with register() as write:
        pipes(write, (1, 400_000, 400_100, 6_700_000))
    assert used(database) == {}
