"""All money of a run is at one price level, brought there by a cost index; what the index lacks stops the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import InvalidData, ParameterMissing
from service.operations.cost_indices import CostPoint, add_cost_index, points_from_csv
from service.operations.explanation import explain_asset
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest


@pytest.fixture
def index(database: Database, town: Any) -> None:
    """An index of 100 in 2020, 110 in 2023 and, as the mean of its months, 125 in 2025."""
    points = [CostPoint(2020, 0, 100), CostPoint(2023, 0, 110)]
    points += [CostPoint(2025, month, 119.5 + month - 1) for month in range(1, 13)]
    points += [CostPoint(2026, month, 130) for month in range(1, 8)]
    add_cost_index(database, "test_index", points, source_id="test", source_title="Test index")
    town.given("cost_index", "test_index", None)


def building_of_2020(town: Any) -> int:
    found = town.building("old", (2025, 0.55), replacement_cost_eur=1_000_000, price_level_year=2020)
    return int(found)


def test_a_recorded_cost_is_brought_to_the_level_of_the_run(town: Any, index: None) -> None:
    """1 000 000 × 125 / 100 = 1 250 000; backlog 0.20 of it. At the level of 2023: × 110 / 100."""
    found = building_of_2020(town)
    row = town.figures()[found]
    assert (row["replacement_cost_eur"], row["repair_backlog_eur"]) == (1_250_000, 250_000)
    row = town.figures(valuation_year=2025, price_level_year=2023)[found]
    assert (row["replacement_cost_eur"], row["repair_backlog_eur"]) == (1_100_000, 220_000)


def test_the_explanation_shows_the_factor_and_the_run_names_the_level(
    database: Database, town: Any, index: None
) -> None:
    found = building_of_2020(town)
    run_id = value_municipality(database, ValuationRequest("999", 2025))
    with database.reading() as connection:
        document = explain_asset(connection, "999", found, run_id)
        settings = connection.execute(
            text("SELECT settings FROM run WHERE run_id = :run"), {"run": run_id}
        ).scalar_one()
    step = next(each for each in document["steps"] if each["formula"] == "replacement_cost_recorded")
    assert [each["value"] for each in step["inputs"]] == [1_000_000, 1.25]
    assert step["result"]["value"] == 1_250_000
    assert settings["price_level_year"] == document["price_level_year"] == 2025


def test_unit_costs_and_measures_are_brought_to_the_level_and_the_region(town: Any, index: None) -> None:
    """Seeded street prices are of 2025: at the level of 2023, in a region of 0.9, 22 €/m² × 110/125 × 0.9 = 17.424."""
    town.given("regional_factor", 0.9, None)
    found = town.street(assessed=0.6, quantity=1000, material="asphalt", functional_class=2)
    row = town.figures(valuation_year=2025, price_level_year=2023)[found]
    assert float(row["repair_backlog_eur"]) == 17_424.0
    assert float(row["replacement_cost_eur"]) == pytest.approx(75_000 * 110 / 125 * 0.9)


@pytest.mark.parametrize(
    ("level", "says"),
    [(2022, "has no value for 2022; it covers 2020 … 2026"), (2026, "has 7 of the 12 months of 2026")],
)
def test_an_index_that_lacks_the_year_stops_the_run_and_says_which(
    database: Database, town: Any, index: None, level: int, says: str
) -> None:
    building_of_2020(town)
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025, price_level_year=level))
    assert [fault.pointer for fault in caught.value.faults] == [f"/cost_index/test_index/{level}"]
    assert says in caught.value.faults[0].detail


def test_an_unknown_index_stops_the_run(database: Database, town: Any) -> None:
    town.given("cost_index", "nowhere", None)
    building_of_2020(town)
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025))
    assert "there is no cost index 'nowhere'" in caught.value.faults[0].detail


def test_a_cost_without_a_price_level_is_taken_to_be_of_the_run(town: Any, index: None) -> None:
    found = town.building("new", (2025, 0.55), replacement_cost_eur=1_000_000)
    row = town.figures(valuation_year=2025, price_level_year=2020)[found]
    assert row["replacement_cost_eur"] == 1_000_000


def test_the_real_building_cost_index_is_imported_month_by_month(
    database: Database, town: Any, shared_data: Path
) -> None:
    """Mean of 2000 against 2010 by the file's own months, summed by hand here from its lines."""
    file = shared_data / "fi_building_cost_index" / "rakennuskustannusindeksi_1980_100.csv"
    content = file.read_text("utf-8")
    points = points_from_csv(content)
    assert (len(points), points[0]) == (547, CostPoint(1978, 1, 79.0))
    add_cost_index(database, "building_cost_index", points, source_id="rki", source_title="Building cost index")
    town.given("cost_index", "building_cost_index", None)
    found = town.building("old", (2010, 1.0), replacement_cost_eur=1_000_000, price_level_year=2000)
    lines = [line.split(",") for line in content.splitlines()]
    mean = {year: sum(float(each[1]) for each in lines if each[0][:4] == year) / 12 for year in ("2000", "2010")}
    row = town.figures(valuation_year=2022, price_level_year=2010)[found]
    assert float(row["replacement_cost_eur"]) == round(1_000_000 * mean["2010"] / mean["2000"], 2)
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2025, price_level_year=2023))
    assert "7 of the 12 months of 2023" in caught.value.faults[0].detail


@pytest.mark.parametrize(
    "content", ["kuukausi;indeksi\n2021M03;101,5\n2022;104,2\n", "month,index\n2021-03-01,101.5\n\n2022,104.2\n"]
)
def test_index_files_are_read_as_offices_write_them(content: str) -> None:
    assert points_from_csv(content) == [CostPoint(2021, 3, 101.5), CostPoint(2022, 0, 104.2)]


def test_a_faulty_index_file_names_every_faulty_line_and_nothing_is_kept(database: Database) -> None:
    with pytest.raises(InvalidData) as caught:
        points_from_csv("month,index\n2021-01,100\nsoon,100\n2021-02,much\n2021-03\n")
    assert [fault.pointer for fault in caught.value.faults] == ["/lines/3", "/lines/4", "/lines/5"]
    twice: list[Any] = [CostPoint(2021, 1, 100), CostPoint(2021, 1, 101), CostPoint(2021, 13, 0)]
    with pytest.raises(InvalidData) as caught:
        add_cost_index(database, "x", twice, source_id="nowhere")
    assert {fault.pointer for fault in caught.value.faults} == {
        "/points/1",
        "/points/2",
        "/points/2/value",
        "/source_id",
    }
    with database.reading() as connection:
        query = text("SELECT count(*) FROM cost_index WHERE index_code = 'x'")
        assert connection.execute(query).scalar_one() == 0
