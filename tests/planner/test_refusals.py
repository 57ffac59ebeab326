"""What is missing, overlaps or does not fit is told to the planner with its place, and nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database

RESULT_TABLES = (
    "asset_valuation",
    "valuation_group",
    "service_balance",
    "service_balance_year",
    "retention_rank",
    "function_need",
    "run_parameter",
    "run_parameter_set",
    "scenario_year",
    "scenario_budget",
    "scenario_measure",
    "scenario_reasons",
    "required_funding",
)
INPUT_TABLES = ("parameter_value", "service_need", "capacity", "budget", "population_forecast", "source")
NEED = {"municipality_code": "999", "scenario": "baseline", "year": 2030, "service_need": 10}
LIFE = {"name": "service_life_years", "municipality_code": "999", "asset_class": "quay", "source_id": "kuntokanta"}


def counted(database: Database, tables: tuple[str, ...]) -> dict[str, int]:
    with database.reading() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


@pytest.fixture(scope="module")
def base(planner: Any) -> dict[str, Any]:
    """A valuation to start from."""
    return dict(planner.run(valuation_year=2026, scenario="baseline"))


@pytest.fixture(autouse=True)
def nothing_is_left_behind(base: dict[str, Any], module_database: Database) -> Iterator[None]:
    before = counted(module_database, RESULT_TABLES)
    yield
    assert counted(module_database, RESULT_TABLES) == before


def places(problem: dict[str, Any]) -> dict[str, str]:
    return {fault["pointer"]: fault["detail"] for fault in problem["errors"]}


def why(run: dict[str, Any]) -> dict[str, str]:
    """Return the faults by place of a run that failed."""
    assert run["state"] == "failed"
    assert run["problem"]["type"] == "urn:kuntokanta:problem:run-failed"
    assert run["problem"]["detail"]
    return places(run["problem"])


@pytest.fixture
def without(module_database: Database) -> Iterator[Any]:
    """Takes rows away for one test."""
    kept: list[tuple[str, list[dict[str, Any]]]] = []

    def without(table: str, condition: str) -> None:
        with module_database.writing() as session:
            rows = session.execute(text(f"DELETE FROM {table} WHERE {condition} RETURNING to_jsonb({table}.*)"))
            kept.append((table, [row[0] for row in rows]))
        assert kept[-1][1]

    yield without
    with module_database.writing() as session:
        for table, rows in kept:
            statement = (
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
            )
            session.execute(text(statement), {"rows": json.dumps(rows)})


def test_a_missing_parameter_is_named(planner: Any, without: Any) -> None:
    without(
        "parameter_value",
        "name = 'annual_wear_share' AND asset_class IN (SELECT asset_class FROM asset_class WHERE code = 'quay')",
    )
    without("parameter_value", "name = 'planning_horizon_years'")
    found = why(planner.run(valuation_year=2026, scenario="baseline"))
    assert "/parameters/annual_wear_share" in found
    assert "quay" in found["/parameters/annual_wear_share"]


def test_a_forecast_that_lacks_years_is_named_with_the_area_and_the_years(planner: Any, without: Any) -> None:
    """Years between known ones are interpolated; those after the last one are missing."""
    without("population_forecast", "area_code = 'PO3' AND year >= 2035")
    found = why(planner.run(valuation_year=2026, scenario="baseline"))
    assert found == {"/service_areas/basic_education/PO3": "The forecast of PO3 covers 2024–2034, not 2026–2036."}


def test_a_forecast_that_lacks_an_age_is_named_with_the_area_and_the_age(planner: Any, without: Any) -> None:
    without("population_forecast", "area_code = 'PO3' AND age = 9")
    found = why(planner.run(valuation_year=2026, scenario="baseline"))
    assert list(found) == ["/population_forecasts/PO3"]
    assert "age 9 in 2026–2036" in found["/population_forecasts/PO3"]


def test_a_valuation_beyond_the_forecast_names_every_area_and_the_years_that_are_known(planner: Any) -> None:
    found = why(planner.run(valuation_year=2044, scenario="baseline"))
    assert "/service_areas/basic_education/PO3" in found
    assert "2024–2045" in found["/service_areas/basic_education/PO3"]


def test_a_scenario_of_the_need_that_is_not_there_is_named_with_those_that_are(planner: Any) -> None:
    assert "baseline" in why(planner.run(valuation_year=2026, scenario="boom"))["/scenario"]


def test_a_value_whose_validity_overlaps_is_refused_with_the_period_that_it_meets(
    planner: Any, module_database: Database
) -> None:
    planner("parameters", json.dumps({**LIFE, "valid_from": "2026-01-01", "value": 60}).encode())
    before = counted(module_database, INPUT_TABLES)
    refused = planner.problem("parameters", {**LIFE, "valid_from": "2025-01-01", "value": 50})
    assert (refused["status"], refused["type"]) == (409, "urn:kuntokanta:problem:overlapping-validity")
    assert "2026-01-01" in places(refused)["/valid_from"]
    assert counted(module_database, INPUT_TABLES) == before


REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "a need for an unknown service": (
        "service-needs",
        {**NEED, "service_code": "magic", "area_code": "PO3"},
        {"/service_code": "magic"},
    ),
    "a need for an unknown area": (
        "service-needs",
        {**NEED, "service_code": "library", "area_code": "PO3"},
        {"/area_code": "PO3"},
    ),
    "a budget for an unknown class": (
        "runs",
        {
            "municipality_code": "999",
            "kind": "scenario",
            "years": 3,
            "budgets": [{"asset_classes": ["building", "castle"], "amounts_eur": [1]}],
        },
        {"/budgets/0/asset_classes/1": "castle"},
    ),
    "a scenario longer than the forecast": (
        "runs",
        {"municipality_code": "999", "kind": "scenario", "years": 30},
        {"/years": "at most 19 years"},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_its_place(planner: Any, module_database: Database, case: str) -> None:
    path, body, expected = REFUSED[case]
    before = counted(module_database, (*INPUT_TABLES, "run"))
    refused = planner.problem(path, body)
    assert refused["status"] == 422
    found = places(refused)
    assert set(found) == set(expected)
    assert all(word in found[pointer] for pointer, word in expected.items())
    assert counted(module_database, (*INPUT_TABLES, "run")) == before


def test_a_capacity_unit_that_does_not_match_the_service_is_refused(engineer: Any, module_database: Database) -> None:
    body = {"service_code": "library", "valid_from": "2026-01-01", "capacity": 30, "capacity_unit": "m3/d"}
    before = counted(module_database, INPUT_TABLES)
    refused = engineer.problem("assets/999-1/capacities", body)
    assert "visits/d" in places(refused)["/capacity_unit"]
    assert counted(module_database, INPUT_TABLES) == before
