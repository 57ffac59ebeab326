"""The planner's first step: next year's forecast comes from a StatFin file, and the need report follows it."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main

PLANNER_PATH = "population-forecasts?municipality=999&area=all&scenario=statfin_2026&year_from=2031&year_to=2031"


def forecast_file(year: int = 2026) -> bytes:
    written = CliRunner().invoke(main, ["demo", "forecast", "--year", str(year)])
    assert written.exit_code == 0, written.output
    return written.stdout_bytes


def balances(tables: dict[str, list[dict[str, Any]]], table: str = "service_areas") -> dict[str, dict[str, Any]]:
    return {row["area_code"]: row for row in tables[table] if row["service_code"] == "basic_education"}


def test_an_imported_forecast_shows_a_school_area_in_surplus_from_2031(planner: Any) -> None:
    answer = planner.imported(forecast_file(), "statfin_14wx.json", "statfin_population_projection")
    assert answer.status_code in (200, 201), answer.text
    pupils = [each for each in planner("GET", f"{PLANNER_PATH}&limit=1000").json["items"] if each["age"] == 7]
    assert [each["year"] for each in pupils] == [2031]

    run = planner.value(scenario="statfin_2026", area_scenario="baseline")
    assert run["state"] == "finished", run["error"]
    assert (run["settings"]["scenario"], run["settings"]["area_scenario"]) == ("statfin_2026", "baseline")
    area = balances(planner.tables())["PO3"]
    assert area["first_surplus_year"] == 2031
    assert area["need_basis"] == "scaled_forecast"


def test_two_forecasts_stand_side_by_side_and_fewer_births_mean_fewer_pupils(planner: Any) -> None:
    """Of those under 45, 1.25 % leave each year from 2026 on; of children born from 2025 on there are 12 % fewer.

    So 0.9875⁶ = 0.927 of the pupils are left in 2031, and 0.88 · 0.9875¹⁵ = 0.73 in 2040.
    """
    planner.imported(forecast_file(), "statfin_14wx.json", "statfin_population_projection")
    planner.value(scenario="baseline", horizon_years=19)
    planner.value(scenario="statfin_2026", area_scenario="baseline", horizon_years=19)
    rows = [
        row
        for row in planner.tables(scenario="statfin_2026,baseline")["scenarios"]
        if (row["service_code"], row["area_code"]) == ("basic_education", "PO2")
    ]
    assert [row["scenario"] for row in rows] == ["statfin_2026", "baseline"]
    assert rows[0]["sizing_need"] < 0.95 * rows[1]["sizing_need"]
    needs = [
        {
            row["year"]: row["service_need"]
            for row in planner.tables(run=row["run_id"])["years"]
            if row["area_code"] == "PO2"
        }
        for row in rows
    ]
    assert needs[0][2031] / needs[1][2031] == pytest.approx(0.9875**6, abs=0.005)
    assert needs[0][2040] / needs[1][2040] == pytest.approx(0.88 * 0.9875**15, abs=0.005)


def test_a_forecast_of_the_whole_municipality_is_shared_out_by_the_population_grid(planner: Any) -> None:
    planner.imported(forecast_file(), "statfin_14wx.json", "statfin_population_projection")
    by_forecast = planner.value(scenario="baseline")["run_id"]
    by_grid = planner.value(scenario="statfin_2026")["run_id"]
    first, second = (balances(planner.tables(run=run)) for run in (by_forecast, by_grid))
    assert {row["need_basis"] for row in second.values()} == {"grid"}
    total = sum(row["sizing_need"] for row in second.values())
    assert abs(total / sum(row["sizing_need"] for row in first.values()) - 1) < 0.1


def test_needs_that_were_given_directly_stand_whatever_the_new_forecast_says(planner: Any) -> None:
    """A forecast of inhabitants says nothing of library visits: their need is that of the scenario before."""
    planner.imported(forecast_file(), "statfin_14wx.json", "statfin_population_projection")
    before = planner.value(scenario="baseline")["run_id"]
    after = planner.value(scenario="statfin_2026", area_scenario="baseline")["run_id"]
    first, second = (
        {row["service_code"]: row for row in planner.tables(run=run)["service_areas"] if row["need_basis"] == "given"}
        for run in (before, after)
    )
    assert set(first) == {"library", "water_supply"}
    assert first == second


def test_scenarios_that_were_not_valued_or_named_wrongly_are_told(planner: Any) -> None:
    path = "reports/service-need?municipality=999&scenario="
    planner.value(scenario="baseline")
    unknown = planner("GET", f"{path}baseline,boom")
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (404, "scenario")
    assert "'boom'" in unknown.json["detail"]
    assert planner("GET", f"{path}baseline,baseline").status_code == 400
    assert planner("GET", f"{path}baseline&run=1").status_code == 400
    assert planner("GET", "reports/backlog?municipality=999&scenario=baseline").status_code == 400
