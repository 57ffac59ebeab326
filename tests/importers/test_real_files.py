"""The open data files of ../shared/data, each with the counts that its SOURCE.txt gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio.raw import read
from sqlalchemy import text

from service.database import Database
from service.engine.population import population_from_rows, population_in_years
from service.importers.pipeline import import_file
from service.importers.read_csv import CsvLayout, read_csv
from service.operations.import_report import ImportReport

pytestmark = pytest.mark.real_data

FILES = {
    "ryhti_buildings": ("fi_ryhti_buildings/ryhti_open_building_points.geojson", None),
    "tampere_playgrounds": ("fi_playgrounds_tampere_oulu/tampere_leikkipaikat.geojson", "837"),
    "oulu_playgrounds": ("fi_playgrounds_tampere_oulu/oulu_leikkipaikat.gpkg", "564"),
    "digiroad_links": ("fi_digiroad_links/hsl_digiroad_fixup.gpkg", None),
    "sandiego_pavement": ("us_sandiego_pavement_2015/oci_2015_datasd.csv", "999"),
    "nyc_school_capacity": ("us_nyc_school_capacity/Enrollment_Capacity_And_Utilization_Reports.csv", "999"),
    "kitchener_water_mains": ("ca_kitchener_water/Water_Mains.csv", "999"),
    "kitchener_main_breaks": ("ca_kitchener_water/Water_Main_Breaks.csv", "999"),
    "statfin_population_projection": ("fi_population_projection_2024/statfin_14wx.jsonstat2.json", None),
    "statfin_population_2019": ("fi_population_2019_age/005_11re_2019.csv", None),
    "hsy_population_grid": ("fi_hsy_population_grid/hsy_populationgrid.geojson", "091"),
    "helsinki_districts": ("fi_helsinki_areas/helsinki_city_districts_2021.gpkg", "091"),
    "helsinki_postal_areas": ("fi_helsinki_areas/helsinki_postal_areas_2023.geojson", None),
}
ADDED = {
    # 173 points, of which two stand in the file twice, feature id and all.
    "ryhti_buildings": {"building": 171},
    "tampere_playgrounds": {"playground": 208},
    "oulu_playgrounds": {"playground": 101},
    "digiroad_links": {"street_segment": 255},
    "sandiego_pavement": {"street_segment": 30_712, "condition_assessment": 30_712},
    "nyc_school_capacity": {"building": 1_540, "capacity": 8_128, "service_usage": 8_240},
    # 624 of the 15 903 mains have the score -1, which is none.
    "kitchener_water_mains": {"water_main": 15_903, "condition_assessment": 15_279},
    "kitchener_main_breaks": {"outage": 2_766},
    "statfin_population_projection": {"population_forecast": 93_000},
    # 31 722 rows, of which 311 are totals.
    "statfin_population_2019": {"population_forecast": 31_411},
    "hsy_population_grid": {"population_grid": 3_291, "population_grid_age": 3_291 * 9},
    "helsinki_districts": {"district": 8},
    "helsinki_postal_areas": {"district": 84},
}
Reports = dict[str, ImportReport]
Rows = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def reports(module_database: Database, shared_data: Path) -> Reports:
    return {name: imported(module_database, shared_data, name) for name in FILES}


@pytest.fixture
def rows(module_database: Database, reports: Reports) -> Rows:
    def fetched(query: str, **values: object) -> list[Any]:
        with module_database.reading() as connection:
            return list(connection.execute(text(query), values).all())

    return fetched


def imported(database: Database, shared_data: Path, name: str) -> ImportReport:
    file, municipality = FILES[name]
    return import_file(database, shared_data / file, name, municipality, changed_by="tester")


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_imported_with_the_counts_of_its_source(reports: Reports, name: str) -> None:
    report = reports[name]
    assert report.errors == []
    assert {target: counts.added for target, counts in report.targets.items()} == ADDED[name]


@pytest.mark.parametrize("name", FILES)
def test_a_second_import_of_a_real_file_changes_nothing(
    module_database: Database, shared_data: Path, reports: Reports, name: str
) -> None:
    report = imported(module_database, shared_data, name)
    assert (report.total("added"), report.total("changed")) == (0, 0)
    assert report.total("unchanged") == sum(ADDED[name].values())


def test_large_files_take_seconds(reports: Reports) -> None:
    assert reports["statfin_population_projection"].seconds < 30
    assert reports["sandiego_pavement"].seconds < 30


def test_rows_that_repeat_a_building_are_told_and_an_unknown_place_stays_unknown(reports: Reports, rows: Rows) -> None:
    told = [(fault.row, fault.rule) for fault in reports["ryhti_buildings"].warnings]
    assert sorted(told) == sorted([(103, "repeated_row"), (144, "repeated_row"), (61, "place_unknown")])
    places = rows("SELECT count(*), count(geometry) FROM asset WHERE source_system = 'ryhti'")
    assert tuple(places[0]) == (171, 170)


def test_ryhti_codes_become_the_registers_and_zeros_become_unknown(rows: Rows) -> None:
    found = rows(
        "SELECT a.built_year, a.quantity, a.material, a.status, b.building_class, b.heat_source, b.volume_m3"
        " FROM asset a JOIN building b USING (municipality_code, asset_id)"
        " WHERE b.permanent_building_id = '1021681337'"
    )
    assert tuple(found[0]) == (1965, 100.0, "timber", "out_of_use", None, "oil", None)
    assert rows("SELECT count(*) FROM asset WHERE built_year = 1800 OR quantity = 0")[0][0] == 0


@pytest.mark.parametrize(("system", "code"), [("tampere_playgrounds", "837"), ("oulu_playgrounds", "564")])
def test_playgrounds_in_epsg_3878_and_3133_lie_within_their_city(
    rows: Rows, shared_data: Path, system: str, code: str
) -> None:
    path = shared_data / "fi_municipalities" / "statfi_kunta1000k_2025_3067.gpkg"
    _, _, shapes, fields = read(path, columns=["kunta"])
    city = shapely.from_wkb(shapes)[fields[0] == code][0]
    found = rows("SELECT ST_AsBinary(geometry) FROM asset WHERE source_system = :system", system=system)
    places = shapely.from_wkb([bytes(row[0]) for row in found])
    assert shapely.within(places, city).all()


def test_latin1_names_and_the_number_before_them_are_read(rows: Rows) -> None:
    found = {row[0] for row in rows("SELECT green_area FROM playground WHERE green_area LIKE '%TILKONM%'")}
    assert found == {"TILKONMÄENPUISTO 1687-001"}
    names = {row[0] for row in rows("SELECT name FROM asset WHERE source_system = 'oulu_playgrounds'")}
    assert "PELTOLAN LEIKKIPUISTO" in names


def test_digiroad_links_keep_their_heights_and_go_to_their_municipalities(rows: Rows) -> None:
    found = rows(
        "SELECT count(*), count(geometry_z), count(DISTINCT municipality_code), max(ST_ZMax(geometry_z)) > 0"
        " FROM asset WHERE source_system = 'digiroad'"
    )
    assert found[0][:2] == (255, 255)
    assert rows("SELECT count(*) FROM asset WHERE source_system = 'digiroad' AND municipality_code = '091'")[0][0] == 87


def test_san_diegos_network_condition_index_is_reproduced(rows: Rows) -> None:
    found = rows(
        "SELECT sum(c.condition_index * a.quantity) / sum(a.quantity) FROM asset a"
        " JOIN condition_assessment c USING (municipality_code, asset_id) WHERE a.source_system = 'san_diego_oci'"
    )
    assert found[0][0] == pytest.approx(0.71566, abs=5e-6)


def test_kitcheners_mains_have_their_length_and_most_breaks_find_their_main(rows: Rows) -> None:
    length, unknown_size = rows(
        "SELECT sum(a.quantity), count(*) FILTER (WHERE w.nominal_diameter_mm IS NULL) FROM asset a"
        " JOIN water_main w USING (municipality_code, asset_id)"
    )[0]
    assert (round(length / 1000), unknown_size) == (929, 49)
    joined, everything = rows("SELECT count(asset_id), count(*) FROM outage")[0]
    assert joined / everything == pytest.approx(0.846, abs=5e-4)


def test_breaks_of_mains_that_are_not_there_are_told_and_kept(reports: Reports) -> None:
    told = [fault.rule for fault in reports["kitchener_main_breaks"].warnings]
    assert (set(told), len(told)) == ({"asset_missing"}, 427)


def test_new_yorks_utilisation_is_recomputed_from_capacity_and_enrolment(rows: Rows, shared_data: Path) -> None:
    found = rows(
        "SELECT a.source_id, u.observed_on, u.users, k.capacity FROM service_usage u JOIN capacity k"
        " ON k.municipality_code = u.municipality_code AND k.asset_id = u.asset_id AND k.valid_from = u.observed_on"
        " JOIN asset a ON a.municipality_code = u.municipality_code AND a.asset_id = u.asset_id"
    )
    computed = {
        (row.source_id, f"{row.observed_on:%m/%d/%Y}"): 100 * row.users / row.capacity for row in found if row.capacity
    }
    published = published_utilisation(shared_data)
    differing = {key for key, share in computed.items() if abs(share - published[key]) > 0.5}
    # 69 buildings of the report of 2015: the file's share counts pupils whom its enrolment column does not.
    assert (len(computed), len(differing)) == (7_990, 69)
    assert {day for _, day in differing} == {"04/27/2015"}
    assert all(published[key] > computed[key] for key in differing)


def published_utilisation(shared_data: Path) -> dict[tuple[str, str], float]:
    table = read_csv(shared_data / FILES["nyc_school_capacity"][0], CsvLayout(separator=","))
    columns = [table.columns[name].tolist() for name in ("Bldg ID", "Data As Of", "Target Bldg Util")]
    return {(building, day): float(share) for building, day, share in zip(*columns, strict=True) if share}


def test_pupils_of_the_whole_country_fall_by_the_projection_and_2030_lies_between(rows: Rows) -> None:
    found = rows(
        "SELECT year, age, population FROM population_forecast WHERE municipality_code = '000'"
        " AND area_code = 'all' AND scenario = 'statfin_2024' AND age BETWEEN 7 AND 15"
    )
    years, ages, persons = (np.array(column) for column in zip(*found, strict=True))
    forecast = population_from_rows(np.zeros(len(years), dtype=int), years, ages, persons.astype(float))
    pupils = population_in_years(forecast, np.array([2024, 2030, 2035])).persons.sum(axis=(1, 2))
    assert pupils[[0, 2]].tolist() == [551_495, 462_794]
    assert pupils[1] == pytest.approx(551_495 + (462_794 - 551_495) * 6 / 11)


def test_the_projection_has_309_municipalities_and_the_country(rows: Rows) -> None:
    found = rows("SELECT count(DISTINCT municipality_code) FROM population_forecast WHERE scenario = 'statfin_2024'")
    assert found[0][0] == 310


def test_the_population_of_2019_is_whole_without_its_totals_and_has_an_open_age(rows: Rows) -> None:
    query = "SELECT sum(population), count(*) FILTER (WHERE is_open_age) FROM population_forecast WHERE year = 2019"
    country = rows(f"{query} AND municipality_code = '000'")[0]
    assert tuple(country) == (5_525_292, 1)
    municipalities = rows(f"{query} AND municipality_code <> '000'")[0]
    assert tuple(municipalities) == (5_525_292, 310)


def test_the_grid_has_its_inhabitants_and_those_without_a_place_are_marked(rows: Rows) -> None:
    found = rows("SELECT sum(population), count(*) FILTER (WHERE NOT has_known_place) FROM population_grid")
    assert tuple(found[0]) == (1_132_099, 1)
    assert rows("SELECT cell_id, population FROM population_grid WHERE NOT has_known_place")[0] == ("27699", 31_470)
    assert rows("SELECT count(*) FROM population_grid WHERE floor_area_per_person_m2 > 1000000")[0][0] == 0


def test_each_import_leaves_one_record_per_municipality(rows: Rows) -> None:
    found = rows("SELECT municipality_code, added FROM import_batch WHERE profile = 'ryhti_buildings' AND added > 0")
    assert sorted(map(tuple, found)) == [("016", 29), ("018", 23), ("019", 11), ("020", 57), ("082", 51)]
