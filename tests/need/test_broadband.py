"""Whom the telecom network reaches at 100 Mbit/s and at 1 Gbit/s, with target and gap."""

from __future__ import annotations

from typing import Any

import pytest

from service.database import Database
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.reports.broadband import broadband_report

NODE = (
    "WITH core AS (INSERT INTO asset (municipality_code, asset_id, asset_class, source_system, source_id, status,"
    " is_protected, row_version, changed_at, quantity, replacement_cost_eur, built_year, geometry)"
    " SELECT :code, :id, asset_class, 'test', :id, 'in_use', false, 1, '2026-01-01', 1, 9000, 2015,"
    " ST_SetSRID(ST_MakePoint(:x, 6700000), 3067) FROM asset_class WHERE code = 'telecom_node')"
    " INSERT INTO telecom_node (municipality_code, asset_id, max_speed_mbit_per_s) SELECT :code, :id, :speed"
)


def rows(database: Database) -> list[dict[str, Any]]:
    run = value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        return broadband_report(connection, "999", run).tables[0].rows


def test_each_speed_reaches_those_near_a_node_that_offers_it(database: Database, register: Any) -> None:
    """60 persons 100 m from a gigabit node, 30 by one of 100 Mbit/s, 10 far from both."""
    with register() as write:
        for cell, persons, x in (("a", 60, 400_000), ("b", 30, 410_000), ("c", 10, 420_000)):
            write.cell(cell, persons, (x - 50, 6_699_950, x + 50, 6_700_050))
        write.run(NODE, id=1, x=400_100, speed=1000)
        write.run(NODE, id=2, x=410_000, speed=100)
        write.parameter("broadband_target_share", "100", 0.95)
    hundred, gigabit = rows(database)
    assert (hundred["speed_mbit_per_s"], hundred["inhabitants_reached"], hundred["inhabitants"]) == (100, 90, 100)
    assert (hundred["target_share"], hundred["gap_inhabitants"]) == (0.95, pytest.approx(5))
    assert (gigabit["inhabitants_reached_share"], gigabit["gap_share"]) == (0.6, pytest.approx(0.4))
    assert (gigabit["buildings"], gigabit["buildings_reached_share"]) == (0, None)


def test_a_network_whose_speeds_nobody_knows_claims_nothing(database: Database, register: Any) -> None:
    with register() as write:
        write.cell("a", 60, (400_000, 6_700_000, 400_250, 6_700_250))
        write.run(NODE, id=1, x=400_100, speed=None)
    assert rows(database) == []


def test_the_demo_reaches_more_inhabitants_at_100_megabits_than_at_a_gigabit(planner: Any) -> None:
    run = planner.value(scenario="baseline")
    assert run["state"] == "finished", run["error"]
    hundred, gigabit = planner.tables("broadband")["broadband"]
    assert 0 < gigabit["inhabitants_reached"] < hundred["inhabitants_reached"] < hundred["inhabitants"]
    page = planner("GET", "reports/broadband?municipality=999&format=html&lang=fi")
    assert "Laajakaistan saatavuus" in page.text
