"""Figures that open data publish about themselves, recomputed by the engine from the files in ../shared/data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from service.engine.need import ServiceUse, participation_by_age, service_need, utilisation
from service.engine.population import Population, YearOutsideForecastError, population_from_rows, population_in_years
from service.engine.value import consumption_ratio, technical_value

pytestmark = pytest.mark.real_data


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def whole_country(shared_data: Path) -> Population:
    """The StatFin projection 2024 (table 14wx) for the whole country."""
    rows = rows_of(shared_data / "fi_population_projection_2024" / "projection_long.csv")
    country = [(int(row["year"]), int(row["age"]), float(row["population"])) for row in rows if row["area"] == "SSS"]
    year, age, persons = (np.array(column) for column in zip(*country, strict=True))
    return population_from_rows(np.zeros(len(year), np.int64), year, age, persons)


def pupils(population: Population) -> list[float]:
    share = participation_by_age(population.ages, np.array([7]), np.array([15]), np.array([1.0]))
    use = ServiceUse(share[np.newaxis], np.ones((1, len(share))), np.zeros(1))
    return service_need(population, use)[:, 0, 0].tolist()


def test_pupils_of_the_whole_country_are_those_of_statfin(whole_country: Population) -> None:
    assert pupils(population_in_years(whole_country, np.array([2024, 2035]))) == [551_495.0, 462_794.0]


def test_pupils_of_2030_lie_on_the_line_between_2024_and_2035(whole_country: Population) -> None:
    expected = 551_495 + (462_794 - 551_495) * 6 / 11

    assert pupils(population_in_years(whole_country, np.array([2030]))) == pytest.approx([expected], abs=1e-6)


def test_projection_is_not_drawn_on_beyond_2040(whole_country: Population) -> None:
    with pytest.raises(YearOutsideForecastError, match="2024–2040"):
        population_in_years(whole_country, np.array([2041]))


def test_san_diego_network_condition_is_weighted_by_area(shared_data: Path) -> None:
    rows = rows_of(shared_data / "us_sandiego_pavement_2015" / "oci_2015_datasd.csv")
    area = np.array([float(row["area_sq_ft"]) for row in rows])
    condition = np.array([float(row["oci"]) for row in rows]) / 100.0

    assert len(rows) == 30_712
    assert consumption_ratio(technical_value(area, condition), area) == pytest.approx(0.71566, abs=5e-6)


def test_new_york_school_utilisation_is_as_reported(shared_data: Path) -> None:
    rows = rows_of(shared_data / "us_nyc_school_capacity" / "Enrollment_Capacity_And_Utilization_Reports.csv")
    buildings = [row for row in rows if row["Target Bldg Util"] and row["Target Bldg Cap"] and row["Bldg Enroll"]]
    enrolled, places, reported = (
        np.array([float(row[name].replace(",", "")) for row in buildings])
        for name in ("Bldg Enroll", "Target Bldg Cap", "Target Bldg Util")
    )
    used = utilisation(enrolled, places) * 100.0

    with_places = places > 0
    assert np.isnan(used[~with_places]).all()
    close = np.abs(used[with_places] - reported[with_places]) <= 0.5 + 1e-9
    # The published whole per cent contradicts its own row in 69 of 15 843.
    assert (len(buildings), int((~close).sum())) == (15_843, 69)
