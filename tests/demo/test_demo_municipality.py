import datetime
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from gis.finland import lies_in_finland
from models.identifiers import building_id_fault
from models.registry import ASSET_CLASSES
from service.database import Database
from service.demo.assessments import INSPECTIONS, on_scale
from service.demo.municipality import MUNICIPALITY_CODE, generate_municipality
from service.demo.population import YEARS
from service.demo.rows import DemoMunicipality, Records, column_length
from service.demo.services import AREAS, SURPLUS_AREA, SURPLUS_FROM, area_capacity, area_populations, need_by_year
from service.operations.demo import DemoSummary, load_demo
from service.operations.seeding import seed_rows
from service.queries.districts import assign_districts


@pytest.fixture(scope="module")
def generated() -> DemoMunicipality:
    return generate_municipality()


@pytest.fixture(scope="module")
def loaded(module_database: Database) -> DemoSummary:
    return load_demo(module_database, only_if_empty=True)


def _records(generated: DemoMunicipality, table: str) -> Records:
    return next(each for each in (*generated.areas, *generated.records) if each.table == table)


def _count(database: Database, query: str) -> Any:
    with database.reading() as connection:
        return connection.execute(text(query)).scalar_one()


def test_the_same_seed_gives_the_same_municipality(generated: DemoMunicipality) -> None:
    again = generate_municipality()
    assert again.counts() == generated.counts()
    for first, second in zip(generated.assets, again.assets, strict=True):
        assert shapely.to_wkb(first.geometry).tolist() == shapely.to_wkb(second.geometry).tolist()
        assert {name: list(_listed(values)) for name, values in first.columns.items()} == {
            name: list(_listed(values)) for name, values in second.columns.items()
        }


def _listed(values: Any) -> Any:
    return values.tolist() if isinstance(values, np.ndarray) else values if isinstance(values, list) else [values]


def test_every_asset_class_has_assets_and_there_are_a_few_thousand(generated: DemoMunicipality) -> None:
    counts = generated.counts()
    assert set(counts) == set(ASSET_CLASSES)
    assert 5000 < sum(counts.values()) < 10_000


def test_the_districts_tile_the_municipality(generated: DemoMunicipality) -> None:
    districts = _records(generated, "district").geometry
    assert districts is not None
    assert shapely.area(districts).sum() == pytest.approx(shapely.area(generated.boundary), rel=1e-9)
    assert shapely.area(shapely.union_all(districts)) == pytest.approx(shapely.area(generated.boundary), rel=1e-9)
    assert shapely.is_valid(districts).all()


def test_geometries_are_valid_of_their_class_and_within_the_boundary(generated: DemoMunicipality) -> None:
    assert lies_in_finland(shapely.bounds(generated.boundary).tolist())
    shapely.prepare(generated.boundary)
    for rows in generated.assets:
        kinds = {shape.geom_type.upper() for shape in rows.geometry}
        assert kinds <= set(ASSET_CLASSES[rows.asset_class].geometry_types)
        assert shapely.is_valid(rows.geometry).all()
        assert shapely.contains(generated.boundary, rows.geometry).all(), rows.asset_class


def test_buildings_do_not_lie_on_each_other_or_on_a_street(generated: DemoMunicipality) -> None:
    rows = {each.asset_class: each.geometry for each in generated.assets}
    buildings = rows["building"]
    pairs = shapely.STRtree(buildings).query(buildings, predicate="intersects")
    assert (pairs[0] == pairs[1]).all()
    assert shapely.STRtree(rows["street_segment"]).query(buildings, predicate="intersects").size == 0


def test_some_years_are_unknown_and_none_lies_in_the_future(generated: DemoMunicipality) -> None:
    for rows in generated.assets:
        in_use = np.array(_listed(rows.columns["status"])) != "planned"
        years = np.array(rows.columns["built_year"], object)[in_use if len(in_use) > 1 else slice(None)]
        assert all(year is None or 1880 <= year <= 2025 for year in years)
    every_year = [year for rows in generated.assets for year in rows.columns["built_year"]]
    assert 0.02 < every_year.count(None) / len(every_year) < 0.2


def test_pipes_end_at_nodes_that_are_in_the_register(generated: DemoMunicipality) -> None:
    columns = {rows.asset_class: rows.columns for rows in generated.assets}
    manholes = set(columns["manhole"]["source_id"])
    for code in ("sewer", "stormwater_sewer"):
        assert set(columns[code]["from_node_id"]) | set(columns[code]["to_node_id"]) <= manholes
    valves = set(columns["valve"]["source_id"])
    assert set(columns["water_main"]["from_node_id"]) <= valves


def test_source_ids_are_unique_within_the_municipality(generated: DemoMunicipality) -> None:
    ids = Counter(each for rows in generated.assets for each in rows.columns["source_id"])
    assert [each for each, count in ids.items() if count > 1] == []


def test_building_and_property_ids_are_well_formed_and_of_no_real_municipality(generated: DemoMunicipality) -> None:
    columns = generated.assets[0].columns
    assert {building_id_fault(each) for each in columns["permanent_building_id"]} == {None}
    assert all(re.fullmatch(r"999\d{11}", each) for each in columns["property_id"])


def test_every_owner_says_that_it_is_a_demonstration(generated: DemoMunicipality) -> None:
    owners = {owner for rows in generated.assets for owner in _listed(rows.columns["owner"])}
    assert owners
    assert all("esittely" in owner for owner in owners)


@pytest.mark.parametrize("scale_code", sorted({each.scale_code for each in INSPECTIONS.values()}))
def test_the_index_of_an_assessment_is_what_its_scale_says(scale_code: str) -> None:
    points = [row for row in seed_rows("condition_scale_value") if row["scale_code"] == scale_code]
    points.sort(key=lambda row: float(row["value_given"]))
    given, index = on_scale(scale_code, np.linspace(0.05, 1, 50))
    meant = np.interp(
        [float(each) for each in given],
        [float(row["value_given"]) for row in points],
        [float(row["condition_index"]) for row in points],
    )
    assert index == pytest.approx(meant)


def test_one_school_area_has_too_many_places_from_2033_on_and_a_growing_one_too_few() -> None:
    populations = area_populations()
    by_code = {area.code: area for area in AREAS}
    need = need_by_year(by_code[SURPLUS_AREA], populations)
    capacity = area_capacity(by_code[SURPLUS_AREA], populations)
    assert YEARS[(need < capacity).argmax()] == SURPLUS_FROM == 2033
    growing = need_by_year(by_code["PO2"], populations)
    assert growing[YEARS == 2030] > area_capacity(by_code["PO2"], populations)


def test_school_age_population_falls_in_the_whole_municipality_and_districts_add_up_to_it() -> None:
    populations = area_populations()
    pupils = populations["all"][:, 7:16].sum(axis=1)
    assert pupils[YEARS == 2035] < 0.9 * pupils[YEARS == 2024]
    districts = sum(persons for code, persons in populations.items() if re.fullmatch(r"\d\d", code))
    assert populations["all"] == pytest.approx(districts)


def test_loading_writes_what_was_generated(module_database: Database, loaded: DemoSummary) -> None:
    generated = generate_municipality()
    assert loaded.by_class == generated.counts()
    rows: Counter[str] = Counter()
    for each in (*generated.areas, *generated.records):
        rows[each.table] += column_length(each.columns)
    assert loaded.records == dict(rows)
    assert _count(module_database, "SELECT count(*) FROM asset WHERE source_system = 'demo'") == loaded.assets
    for table, count in {**loaded.by_class, **loaded.records}.items():
        assert _count(module_database, f"SELECT count(*) FROM {table} WHERE municipality_code = '999'") == count


def test_every_asset_has_its_first_version_in_the_history(module_database: Database, loaded: DemoSummary) -> None:
    created = "SELECT count(*) FROM asset_version WHERE operation = 'create' AND row_version = 1 AND before IS NULL"
    assert _count(module_database, created) == loaded.assets
    building = "SELECT after->>'gross_floor_area_m2' FROM asset_version ORDER BY asset_id LIMIT 1"
    assert float(_count(module_database, building)) > 0


def test_districts_are_those_that_the_register_finds_itself(module_database: Database, loaded: DemoSummary) -> None:
    with module_database.writing() as session:
        assert assign_districts(session, MUNICIPALITY_CODE) == 0


def test_loading_a_second_time_changes_nothing(module_database: Database, loaded: DemoSummary) -> None:
    assert load_demo(module_database, only_if_empty=True).assets == 0
    assert load_demo(module_database, only_if_empty=False).assets == 0
    assert _count(module_database, "SELECT count(*) FROM asset") == loaded.assets


def test_the_demo_leaves_a_register_in_use_alone_unless_told_otherwise(database: Database) -> None:
    changed_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO asset (municipality_code, asset_id, asset_class, status, is_protected, source_system,"
                " row_version, changed_at) VALUES ('091', 1, 14, 'in_use', false, 'own', 1, :changed_at)"
            ),
            {"changed_at": changed_at},
        )
    assert load_demo(database, only_if_empty=True).assets == 0
    assert load_demo(database, only_if_empty=False).assets > 5000


def test_measures_outages_and_budgets_are_told_for_past_and_future_years(generated: DemoMunicipality) -> None:
    assert set(_records(generated, "measure").columns["state"]) == {"done", "planned"}
    outages = _records(generated, "outage").columns
    assert set(outages["is_planned"]) == {True, False}
    assert min(outages["customers_affected"]) >= 1
    assert {int(year) for year in _records(generated, "budget").columns["year"]} >= set(range(2024, 2036))
