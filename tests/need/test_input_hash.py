"""Two runs have one input hash only where nothing that decides their figures differs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.operations.valuation_computation import ValuationRequest, compute

REQUEST = ValuationRequest("999", 2026, scenario="baseline")
OWN = "WHERE municipality_code = '999'"
PARAMETER = (
    "INSERT INTO parameter_value (name, municipality_code, asset_class, key, valid_from, valid_to, value, code,"
    " source_id, is_demo) VALUES"
)
CHANGES = {
    "an asset's building year": f"UPDATE asset SET built_year = built_year - 1 {OWN} AND built_year IS NOT NULL",
    "an assessment": f"UPDATE condition_assessment SET condition_index = condition_index / 2 {OWN}",
    "a component": f"UPDATE component SET service_life_years = service_life_years + 1 {OWN}",
    "a capacity": f"UPDATE capacity SET capacity = capacity + 1 {OWN}",
    "a forecast": f"UPDATE population_forecast SET population = population + 1 {OWN}",
    "pupils by grade": f"UPDATE grade_enrolment SET users = users + 1 {OWN}",
    "the population grid": f"UPDATE population_grid SET population = population + 1 {OWN}",
    "the place of the grid's people": f"UPDATE population_grid SET geometry = ST_Translate(geometry, 60, 0) {OWN}",
    "a traffic count": f"UPDATE street_segment SET daily_traffic_adt = coalesce(daily_traffic_adt, 0) + 1 {OWN}",
    "users recorded": "INSERT INTO service_usage SELECT municipality_code, asset_id, 'water_supply', '2026-01-01', 5"
    f" FROM water_main {OWN} ORDER BY asset_id LIMIT 1",
    "the length of a network": f"UPDATE asset SET geometry = ST_Scale(geometry, 1.0001, 1.0) {OWN}"
    " AND ST_GeometryType(geometry) = 'ST_LineString'",
    "the speed of telecom nodes": f"UPDATE telecom_node SET max_speed_mbit_per_s = 100 {OWN}",
    "where telecom nodes are": f"UPDATE asset SET geometry = ST_Translate(geometry, 900, 0) {OWN} AND asset_class ="
    " (SELECT asset_class FROM asset_class WHERE code = 'telecom_node')",
    "a suitability": f"UPDATE suitability SET curing_cost_eur = curing_cost_eur + 1 {OWN}",
    "a planned renewal": "INSERT INTO measure (municipality_code, measure_id, asset_id, kind, state, year, cost_eur,"
    " capacity_after, service_code) SELECT municipality_code, nextval('measure_id_seq'), asset_id, 'renewal',"
    f" 'planned', 2030, 1, 9, service_code FROM capacity {OWN} ORDER BY asset_id LIMIT 1",
    "a measure's price": "UPDATE measure_rule SET unit_cost_eur = unit_cost_eur + 1, cost_share = cost_share * 0.9",
    "a cost index": "UPDATE cost_index SET value = value * (1 + (year % 7) * 0.01)",
    "a parameter": f"{PARAMETER} ('target_condition', '999', NULL, NULL, '2020-01-01', NULL, 0.76, NULL, 'kuntokanta',"
    " false)",
    "a target of broadband": "UPDATE parameter_value SET value = value * 0.9 WHERE name = 'broadband_target_share'",
    "a distance of service": "UPDATE parameter_value SET value = value + 10 WHERE name = 'service_distance_m'",
    "the year from which a reserve holds": f"{PARAMETER} ('need_reserve_share', '999', NULL, 'basic_education',"
    " '2029-01-01', NULL, 0.2, NULL, 'kuntokanta', false)",
}


@pytest.fixture(scope="module")
def before(planner: Any, module_database: Database) -> str:
    """The hash of the demo municipality as it is."""
    with module_database.reading() as connection:
        return compute(connection, REQUEST).input_hash


@pytest.mark.parametrize("what", CHANGES)
def test_what_decides_figures_decides_the_hash(module_database: Database, before: str, what: str) -> None:
    with module_database.writing() as session:
        assert session.connection().execute(text(CHANGES[what])).rowcount > 0
        after = compute(session.connection(), REQUEST).input_hash
        session.rollback()
    assert after != before


def test_the_same_input_gives_the_same_hash_whatever_numbers_its_parameters_have(
    module_database: Database, before: str
) -> None:
    anew = "UPDATE parameter_value SET parameter_value_id = 2000000 - parameter_value_id"
    with module_database.writing() as session:
        session.execute(text(anew))
        assert compute(session.connection(), REQUEST).input_hash == before
        session.rollback()
