"""Where the need of a service area comes from: ages and years, cohorts, the grid, areas within areas."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import InvalidData
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest


def needs(database: Database, **asked: Any) -> dict[str, dict[int, float]]:
    """Value the register and return the need by area and year."""
    year = asked.pop("year", 2026)
    run = value_municipality(database, ValuationRequest("999", year, **asked))
    with database.reading() as connection:
        query = text("SELECT area_code, year, service_need FROM service_balance_year WHERE run_id = :run ORDER BY year")
        found: dict[str, dict[int, float]] = {}
        for area, of_year, need in connection.execute(query, {"run": run}):
            found.setdefault(area, {})[of_year] = need
    return found


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    with database.reading() as connection:
        query = text(f"SELECT * FROM {table} WHERE run_id = (SELECT max(run_id) FROM run) ORDER BY area_code")
        return [dict(row) for row in connection.execute(query).mappings()]


def pointers(error: pytest.ExceptionInfo[InvalidData]) -> dict[str, str]:
    return {fault.pointer: fault.detail for fault in error.value.faults}


def test_participation_of_an_age_may_change_in_a_year(database: Database, register: Any) -> None:
    """100 persons of each age 7–15, reserve 5 %: 945 places; from 2029 on half of the 15-year-olds: 892.5."""
    with register() as write:
        write.area("north")
        write.persons("north", {2026: 100, 2036: 100})
        write.parameter("participation_share", "basic_education/15", 0.5, first="2029-01-01")
    found = needs(database)["north"]
    assert [found[year] for year in (2026, 2028, 2029, 2036)] == [945.0, 945.0, 892.5, 892.5]
    with database.reading() as connection:
        query = text("SELECT count(*) FROM run_parameter WHERE key = 'basic_education/15' AND name LIKE 'partic%'")
        assert connection.execute(query).scalar_one() == 2


def test_the_reserve_of_each_year_counts(database: Database, register: Any) -> None:
    with register() as write:
        write.area("north")
        write.persons("north", {2026: 100, 2036: 100})
        write.parameter("need_reserve_share", "basic_education", 0.1, first="2030-01-01")
    found = needs(database)["north"]
    assert (found[2029], found[2030]) == (945.0, 990.0)


def test_cohort_survival_is_as_published(database: Database, register: Any) -> None:
    """Golden B.11 (enrollcast vignette), grades K, 1, 2: the forecast 2024–2026 is 331.81579, 353.05482, 360.15607."""
    with register() as write:
        write.area("north")
        write.pupils("north", {2021: [100, 90, 80], 2022: [110, 95, 88], 2023: [120, 99, 91]})
        for year, born in {2023: 120, 2024: 125, 2025: 130, 2026: 128}.items():
            write.persons("north", {year: born}, ages=range(7, 8))
        write.parameter("need_reserve_share", "basic_education", 0.0)
    found = needs(database, year=2023, horizon_years=3, need_method="cohort_survival")["north"]
    assert found[2023] == 310.0
    assert [found[year] for year in (2024, 2025, 2026)] == pytest.approx([331.81579, 353.05482, 360.15607], abs=5e-6)
    assert rows(database, "service_balance")[0]["need_basis"] == "cohort_survival"


def test_cohorts_are_chosen_for_a_service_by_parameter(database: Database, register: Any) -> None:
    with register() as write:
        write.area("north")
        write.pupils("north", {2025: [10, 10], 2026: [10, 10]})
        write.persons("north", {2026: 20, 2036: 20})
        write.parameter("need_method", "basic_education", "cohort_survival")
    # The second grade is the first of the year before: 20 newcomers a year from 2027 on, 5 % reserve.
    found = needs(database)["north"]
    assert [found[year] for year in (2026, 2027, 2028)] == [21.0, 31.5, 42.0]
    assert needs(database, need_method="participation")["north"][2026] == 189.0


def test_cohorts_without_counts_or_with_gaps_name_what_is_missing(database: Database, register: Any) -> None:
    with register() as write:
        for area in ("gap", "none", "short"):
            write.area(area)
            write.persons(area, {2026: 20, 2036: 20})
        write.pupils("gap", {2023: [10, 10], 2025: [10, 10]})
        write.pupils("short", {2026: [10, 10]})
        write.parameter("need_method", "basic_education", "cohort_survival")
    with pytest.raises(InvalidData) as caught:
        needs(database)
    found = pointers(caught)
    assert "grade 0 is not counted in 2024" in {fault.detail for fault in caught.value.faults}
    assert "no pupils are counted" in found["/grade_enrolments/basic_education/none"]
    assert "two years running" in found["/grade_enrolments/basic_education/short"]
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM service_balance")).scalar_one() == 0


@pytest.mark.parametrize(("missing", "told"), [("age = 9", "age 9"), ("age = 9 AND year = 2036", "age 9 in 2027–2036")])
def test_an_age_that_a_forecast_lacks_is_named_with_its_years(
    database: Database, register: Any, missing: str, told: str
) -> None:
    with register() as write:
        write.area("north")
        write.persons("north", {2026: 100, 2036: 100})
        write.run(f"DELETE FROM population_forecast WHERE municipality_code = :code AND {missing}")
    with pytest.raises(InvalidData) as caught:
        needs(database)
    assert told in pointers(caught)["/population_forecasts/north"]
    with database.reading() as connection:
        state, error = connection.execute(text("SELECT state, error FROM run")).one()
        assert (state, told in error) == ("failed", True)


WEST, EAST = (400_000.0, 6_700_000.0, 401_000.0, 6_701_000.0), (401_000.0, 6_700_000.0, 402_000.0, 6_701_000.0)
ACROSS = (400_750.0, 6_700_000.0, 401_750.0, 6_701_000.0)


def test_an_area_without_a_forecast_has_its_part_of_the_grid(database: Database, register: Any) -> None:
    """A cell of 60 lies in the west, one of 40 for a quarter in the west: 70 and 30 of 100 persons, so 70 and 30 %."""
    with register() as write:
        write.area("west", box=WEST)
        write.area("east", box=EAST)
        write.persons("all", {2026: 200, 2036: 100})
        write.cell("a", 60, WEST)
        write.cell("b", 40, ACROSS)
    found = needs(database)
    assert (found["west"][2026], found["east"][2026]) == (1323.0, 567.0)  # 9 ages × 200 × 1.05 × the share
    assert found["west"][2036] == 661.5
    assert {row["need_basis"] for row in rows(database, "service_balance")} == {"grid"}


def test_the_ages_of_the_grid_count_where_it_tells_them(database: Database, register: Any) -> None:
    """Children 7–15: 30 in the west, 10 in the east, though as many people live in both."""
    with register() as write:
        write.area("west", box=WEST)
        write.area("east", box=EAST)
        write.persons("all", {2026: 100, 2036: 100})
        write.cell("a", 50, WEST, {0: 0, 7: 30, 16: 20})
        write.cell("b", 50, EAST, {0: 0, 7: 10, 16: 40})
    found = needs(database)
    assert found["west"][2026] == pytest.approx(0.75 * 945, abs=1e-6)
    assert found["east"][2026] == pytest.approx(0.25 * 945, abs=1e-6)


def test_areas_of_an_older_forecast_are_scaled_to_the_municipality_of_the_new_one(
    database: Database, register: Any
) -> None:
    with register() as write:
        for area, persons in (("north", 60), ("south", 40)):
            write.area(area)
            write.persons(area, {2026: persons, 2036: persons}, scenario="old")
        write.persons("all", {2026: 100, 2036: 100}, scenario="old")
        write.persons("all", {2026: 100, 2036: 50}, scenario="new")
    found = needs(database, scenario="new", area_scenario="old")
    assert (found["north"][2026], found["north"][2036], found["south"][2036]) == (567.0, 283.5, 189.0)
    with pytest.raises(InvalidData) as caught:
        needs(database, scenario="new", area_scenario="older")
    assert list(pointers(caught)) == ["/area_scenario"]


def test_sums_of_nested_areas_show_surplus_and_deficit_side_by_side(database: Database, register: Any) -> None:
    """North needs 94.5 of 100 places, south 189 of 100: the whole has a surplus of 5.5 and a deficit of 89."""
    with register() as write:
        write.area("whole")
        for area, persons in (("north", 10), ("south", 20)):
            write.area(area, parent="whole")
            write.persons(area, {2026: persons, 2036: persons})
            write.school(area, places=100)
    assert set(needs(database)) == {"north", "south"}
    [whole] = rows(database, "service_balance_sum")
    assert (whole["area_code"], whole["area_count"]) == ("whole", 2)
    assert (whole["sizing_need"], whole["capacity"]) == (283.5, 200.0)
    assert (whole["surplus"], whole["deficit"]) == (5.5, 89.0)


def test_areas_that_lie_in_one_another_in_a_circle_are_refused(database: Database, register: Any) -> None:
    with register() as write:
        for area in ("north", "south"):
            write.area(area)
        write.run(
            "UPDATE service_area SET parent_area_code = 'south' WHERE municipality_code = :code AND area_code = 'north'"
        )
        write.run(
            "UPDATE service_area SET parent_area_code = 'north' WHERE municipality_code = :code AND area_code = 'south'"
        )
    with pytest.raises(InvalidData, match="circle"):
        needs(database)


def test_cells_of_the_neighbouring_municipality_share_nothing(database: Database, register: Any) -> None:
    """Of 100 persons of the grid 60 live in the municipality's one district: they are all of its inhabitants."""
    with register() as write:
        write.area("west", box=WEST)
        write.persons("all", {2026: 100, 2036: 100})
        write.cell("a", 60, WEST)
        write.cell("b", 40, EAST)
        write.run(
            "INSERT INTO district (municipality_code, district_code, name_fi, geometry) VALUES (:code, '1', 'Länsi',"
            " ST_Multi(ST_MakeEnvelope(400000, 6700000, 401000, 6701000, 3067)))"
        )
    assert needs(database)["west"][2026] == 945.0


def test_a_forecast_that_tells_no_ages_is_refused_for_needs(database: Database, register: Any) -> None:
    with register() as write:
        write.area("north")
        write.persons("north", {2026: 100, 2036: 100})
        write.run(
            "INSERT INTO population_forecast (municipality_code, area_code, scenario, year, age, population,"
            " is_open_age) SELECT :code, 'all', 'observed_total', year, 0, 900, true"
            " FROM generate_series(2026, 2036) year"
        )
    for asked, pointer in (
        ({"scenario": "observed_total"}, "/scenario"),
        ({"scenario": "plan", "area_scenario": "observed_total"}, "/area_scenario"),
    ):
        with pytest.raises(InvalidData) as caught:
            needs(database, **asked)
        assert "of all ages together" in pointers(caught)[pointer]
    assert needs(database, scenario="plan")["north"][2026] == 945.0
