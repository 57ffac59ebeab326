"""Every file of ../shared/data: imported by a profile with the counts of its SOURCE.txt, or named with a reason.

The thirteen files of test_real_files.py are imported there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import load_profile
from service.operations.cost_indices import add_cost_index, points_from_csv
from service.operations.import_report import ImportReport

pytestmark = pytest.mark.real_data


@dataclass(frozen=True)
class Case:
    """A file, its profile, and what must come of it.

    Attributes:
        file: Path below ../shared/data.
        profile: Profile that comes with the service.
        municipality: Told with the import, where the file does not say it.
        read: Rows of the file.
        added: Rows added by target.
        changed: Rows changed by target.
        faults: Errors by rule; the rest is accepted without them.
    """

    file: str
    profile: str
    municipality: str | None
    read: int
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)


def water(name: str, read: int, pipes: int, valves: int, pumps: int) -> Case:
    """A benchmark network, whose coordinates are of no place in Finland."""
    added = {"water_main": pipes, "valve": valves, "pump_station": pumps}
    return Case(f"epanet_networks/{name}.inp", "epanet_benchmark_network", "999", read, added)


def sewers(name: str, read: int, pipes: int, manholes: int, pumps: int, **faults: int) -> Case:
    """A sample of SWMM, likewise."""
    added = {"stormwater_sewer": pipes, "manhole": manholes, "pump_station": pumps}
    return Case(f"swmm_models/{name}.inp", "swmm_sample_network", "999", read, added, faults=faults)


CASES = (
    # 17 504 bridges; 40 without a rating, which is every one without a sound day of inspection.
    Case("us_nys_bridges/raw_bridge_condition_data.txt", "nysdot_bridges", "999", 17_504,
         {"bridge": 17_504, "condition_assessment": 17_464}),
    Case("uk_trafford_broadband/average_broadband_speed.csv", "trafford_broadband", "999", 21,
         {"telecom_node": 21, "capacity": 21}),
    Case("fi_daycare_units/daycare_units.csv", "evaka_daycare_units", "837", 144, {"building": 144}),
    Case("fi_population_series/population_2000_2022.csv", "statfin_population_series", None, 7_107,
         {"population_forecast": 7_107}),
    Case("fi_population_series/postal_code_population_2022.csv", "statfin_population_by_postal_code", "000", 3_027,
         {"population_forecast": 3_027}),
    Case("fi_population_projection_2024/projection_long.csv", "statfin_projection_long", None, 93_000,
         {"population_forecast": 93_000}),
    # 3 207 edges of a directed graph: 1 905 lines, each once.
    Case("fi_helsinki_osm/OSM_Kamppi.gpkg", "osmnx_streets", "091", 3_207,
         {"street_segment": 1_323, "foot_and_cycle_way": 582}),
    # 494 areas are buildings by their tag, a ship and entrances apart; of 5 the ring is broken, 7 more have no area.
    Case("fi_helsinki_osm/Helsinki.osm.pbf", "osm_buildings", "091", 1_095, {"building": 479},
         faults={"geometry": 11, "geometry_invalid": 7}),
    Case("fi_helsinki_osm/Kamppi_Helsinki_Finland_buildings.shp", "kamppi_buildings", "091", 434, {"building": 434}),
    Case("fi_ryhti_buildings/mml_buildings.geojson", "mml_buildings", None, 720, {"building": 720}),
    Case("fi_inframodel/M3_RS-CL.tg.xml", "inframodel_alignments", "684", 1, {"street_segment": 1}),
    Case("fi_inframodel/Y10_RS-CL.tg.xml", "inframodel_alignments", "684", 1, {"street_segment": 1}),
    Case("fi_inframodel/Y11_RS-CL.tg.xml", "inframodel_alignments", "684", 1, {"street_segment": 1}),
    Case("fi_inframodel/Lightning_columns.xy.xml", "inframodel_lighting_columns", "684", 37, {"lighting_column": 37}),
    Case("fi_kuntagml_building/building-2.1.2.xml", "kuntagml_buildings", "638", 2, {"building": 2}),
    Case("fi_kuntagml_building/building-2.2.0.xml", "kuntagml_buildings", "245", 2, {"building": 2}),
    water("Net1", 24, 12, 0, 1),
    water("Net3", 216, 117, 0, 2),
    water("Anytown", 71, 43, 0, 3),
    water("Balerma", 901, 454, 0, 0),
    water("ky10", 1_996, 1_043, 5, 13),
    sewers("Example1", 27, 13, 13, 0),
    sewers("model_full_features_network", 18, 7, 7, 1),
    sewers("model_state_plane", 89, 44, 31, 0),
    # InvalidLink1 and InvalidLink2.
    sewers("invalid_model", 20, 6, 7, 1, node_missing=2),
    # 482 pipes: 241 trenches, each with a supply and a return pipe; 44 consumers.
    Case("heat_gas_networks/sw_heat.json", "schutterwald_district_heating", "999", 1_064,
         {"district_heating_pipe": 241, "heat_exchanger": 44}),
    # The register's own list of municipalities is of this source: nothing changes.
    Case("fi_municipalities/municipality_key_2013_2026.csv", "municipality_names", None, 4_365, {"municipality": 0}),
    Case("fi_municipalities/municipality_key_2026.csv", "municipality_names", None, 308, {"municipality": 0}),
    Case("fi_municipalities/statfi_kunta1000k_2025_3067.gpkg", "municipality_boundaries_statfin", None, 308,
         {"municipality": 0}, {"municipality": 308}),
    Case("fi_municipalities/mml_kuntarajat_wgs84.geojson", "municipality_boundaries_mml", None, 309,
         {"municipality": 0}, {"municipality": 309}),
)  # fmt: skip
COST_INDEX = "fi_building_cost_index/rakennuskustannusindeksi_1980_100.csv"
NOT_IMPORTED = {
    "fi_turku_city_assets/": "no profile is written for it: taken in by proposals in test_unseen_register.py",
    "ogc_api_features_specs/": "a standard's documents",
    "import_format_fixtures/": "features of formats, read in tests/importers/formats",
    "import_formats_fi/": "one data set in many formats, read in tests/importers/formats",
    "us_sandiego_pavement_2015/data_dict.md": "a description",
    "epanet_networks/ky10_landslide_data.geojson": "where land may slide around a network: no asset",
    "fi_ryhti_buildings/mml_parcels.geojson": "parcels of land, which the register does not keep",
    "heat_gas_networks/gas_net_schutterwald_1bar.json": "pipes of gas, for which the register has no class",
}
COMPANIONS = {".dbf", ".shx", ".prj", ".cpg"}
Rows = Callable[..., list[Any]]


def imported(database: Database, shared_data: Path, case: Case) -> ImportReport:
    profile = load_profile(case.profile)
    if case.profile in {"epanet_benchmark_network", "swmm_sample_network"}:
        # Each model is a source of its own: they number their pipes alike.
        profile = replace(profile, source_system=Path(case.file).stem)
    path = shared_data / case.file
    partly = bool(case.faults)
    return import_file(database, path, profile, case.municipality, accept_partial=partly, changed_by="tester")


@pytest.fixture(scope="module")
def reports(module_database: Database, shared_data: Path) -> dict[str, ImportReport]:
    return {case.file: imported(module_database, shared_data, case) for case in CASES}


@pytest.fixture
def rows(module_database: Database, reports: dict[str, ImportReport]) -> Rows:
    def fetched(query: str, **values: object) -> list[Any]:
        with module_database.reading() as connection:
            return list(connection.execute(text(query), values).all())

    return fetched


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_file_is_imported_with_the_counts_of_its_source(reports: dict[str, ImportReport], case: Case) -> None:
    report = reports[case.file]
    by_rule = [fault.rule for fault in report.errors]
    assert {rule: by_rule.count(rule) for rule in by_rule} == case.faults
    assert report.applied
    assert report.rows_read == case.read
    assert {target: counts.added for target, counts in report.targets.items()} == case.added
    assert {target: counts.changed for target, counts in report.targets.items() if counts.changed} == case.changed


def test_every_file_is_imported_here_or_named_with_the_reason(shared_data: Path) -> None:
    elsewhere = (Path(__file__).parent / "test_real_files.py").read_text(encoding="utf-8")
    named = {case.file for case in CASES} | {COST_INDEX}
    files = sorted(str(path.relative_to(shared_data)) for path in shared_data.rglob("*") if path.is_file())
    forgotten = [
        file
        for file in files
        if file not in named
        and f'"{file}"' not in elsewhere
        and not any(file.startswith(reason) for reason in NOT_IMPORTED)
        and Path(file).name != "SOURCE.txt"
        and Path(file).suffix not in COMPANIONS
    ]
    assert forgotten == []


def test_the_building_cost_index_has_a_point_for_each_of_its_547_months(
    module_database: Database, shared_data: Path, rows: Rows
) -> None:
    points = points_from_csv((shared_data / COST_INDEX).read_text(encoding="utf-8"))
    add_cost_index(module_database, "hitas", points, source_id="hitas", source_title="City of Helsinki, hitas")
    found = rows("SELECT count(*), min(year), max(year), max(value) FROM cost_index WHERE index_code = 'hitas'")
    assert tuple(found[0])[:3] == (547, 1978, 2023)


def test_bridges_below_5_of_7_are_as_many_as_the_department_calls_poor(rows: Rows, shared_data: Path) -> None:
    lines = (shared_data / CASES[0].file).read_text(encoding="utf-8").splitlines()[1:]
    poor = sum(line.endswith("\t1") for line in lines)
    found = rows(
        "SELECT count(*) FROM condition_assessment WHERE scale_code = 'nysdot_1_7' AND condition_index < 4.0 / 6"
    )
    assert found[0][0] == poor == 6_311


def test_speeds_of_wards_are_capacities_of_broadband_and_no_offered_speed(rows: Rows) -> None:
    found = rows(
        "SELECT k.capacity, n.max_speed_mbit_per_s FROM asset a JOIN capacity k USING (municipality_code, asset_id)"
        " JOIN telecom_node n USING (municipality_code, asset_id)"
        " WHERE a.name = 'Altrincham' AND k.service_code = 'broadband'"
    )
    assert [tuple(row) for row in found] == [(77.8, None)]


def test_buildings_of_kuntagml_have_their_class_of_2018_and_lie_in_their_municipality(rows: Rows) -> None:
    found = rows(
        "SELECT b.permanent_building_id, a.built_year, a.quantity, b.volume_m3, b.building_class, a.material,"
        " b.heat_source, ST_Intersects(m.boundary, a.geometry) FROM asset a"
        " JOIN building b USING (municipality_code, asset_id) JOIN municipality m USING (municipality_code)"
        " WHERE a.source_system = 'kuntagml' ORDER BY a.source_id"
    )
    assert [tuple(row) for row in found] == [
        ("199887766E", 1998, 281, 837, "0112", "brick", "oil", True),
        ("122334455R", 1962, 2682, 8240, "0121", "concrete", "district_heating", True),
        ("1234567892", None, 168, 627, "0110", "timber", "electricity", True),
        (None, None, 70, None, "1911", "timber", None, True),
    ]


def test_designed_streets_and_surveyed_columns_lie_in_rauma_with_heights(rows: Rows) -> None:
    found = rows(
        "SELECT c.code, a.status, count(*), count(a.geometry_z), bool_and(ST_Covers(m.boundary, a.geometry))"
        " FROM asset a JOIN asset_class c USING (asset_class) JOIN municipality m USING (municipality_code)"
        " WHERE a.source_system LIKE 'inframodel%' GROUP BY 1, 2 ORDER BY 1"
    )
    assert [tuple(row) for row in found] == [
        ("lighting_column", "in_use", 37, 37, True),
        ("street_segment", "planned", 3, 3, True),
    ]


def test_feet_and_inches_of_networks_are_metres_and_millimetres_and_dummies_are_unknown(rows: Rows) -> None:
    found = rows(
        "SELECT a.source_system, round(sum(a.quantity)), min(w.nominal_diameter_mm), max(w.nominal_diameter_mm),"
        " count(*) FILTER (WHERE w.nominal_diameter_mm IS NULL), count(w.from_node_id), count(a.geometry)"
        " FROM asset a JOIN water_main w USING (municipality_code, asset_id) GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in found] == [
        ("Anytown", 81_474, 203, 762, 6, 43, 0),
        ("Balerma", 100_263, 113, 452, 0, 454, 0),
        ("Net1", 19_364, 152, 457, 0, 12, 0),
        ("Net3", 65_749, 203, 762, 3, 117, 0),
        ("ky10", 430_026, 25, 356, 0, 1_043, 0),
    ]


def laid_in_finland(network: Path, target: Path) -> Path:
    """Write a network with its coordinates in feet as metres around 400 km east and 6 800 km north."""
    section, lines = "", []
    for line in network.read_text(encoding="utf-8").splitlines():
        section = line if line.startswith("[") else section
        fields = line.split()
        if section in {"[COORDINATES]", "[VERTICES]"} and len(fields) == 3 and not line.startswith(";"):
            x, y = (float(number) * 0.3048 for number in fields[1:])
            lines.append(f"{fields[0]} {x - 1_357_172:.3f} {y + 5_628_654:.3f}")
        else:
            lines.append(line)
    target.write_text("\n".join(lines), encoding="utf-8")
    return target


def test_a_water_network_with_a_coordinate_system_keeps_its_lines_and_the_nodes_at_their_ends(
    database: Database, shared_data: Path, tmp_path: Path
) -> None:
    path = laid_in_finland(shared_data / "epanet_networks" / "ky10.inp", tmp_path / "ky10.inp")
    report = import_file(database, path, "epanet_water_network", "999", changed_by="tester", crs="EPSG:3067")
    assert (report.errors, report.targets["water_main"].added) == ([], 1_043)
    with database.reading() as connection:
        pipes = connection.execute(
            text(
                "SELECT count(a.geometry), count(*) FILTER (WHERE abs(ST_Length(a.geometry) / a.quantity - 1) < 0.05),"
                " count(DISTINCT n.node) FROM asset a JOIN water_main w USING (municipality_code, asset_id),"
                " LATERAL (VALUES (w.from_node_id), (w.to_node_id)) n (node)"
            )
        ).one()
        pumps = connection.execute(
            text("SELECT count(geometry) FROM asset WHERE source_id LIKE 'pumps/%'")
        ).scalar_one()
    assert (pipes[0], pumps) == (2 * 1_043, 13)
    assert pipes[1] > 0.95 * 2 * 1_043


def test_heat_pipes_count_once_per_trench_and_consumers_have_their_power(rows: Rows) -> None:
    length, size = rows(
        "SELECT sum(a.quantity), max(d.nominal_diameter_mm) FROM asset a"
        " JOIN district_heating_pipe d USING (municipality_code, asset_id)"
    )[0]
    # The file's 5.252 km are those of both pipes.
    assert (round(length, 1), size) == (2_626.1, 800)
    assert rows("SELECT DISTINCT thermal_power_kw FROM heat_exchanger")[0][0] == 6.322


def test_boundaries_cover_finland_and_its_waters(rows: Rows) -> None:
    found = rows("SELECT count(boundary), sum(ST_Area(boundary)) / 1e6 FROM municipality")
    assert found[0][0] == 309
    assert found[0][1] == pytest.approx(390_900, rel=1e-3)


def test_a_street_graph_has_each_street_once_whatever_its_directions(rows: Rows) -> None:
    repeated = rows(
        "SELECT count(*) FROM asset a JOIN asset b ON a.asset_id < b.asset_id AND a.source_system = b.source_system"
        " AND a.geometry ~= b.geometry AND ST_Equals(a.geometry, b.geometry) WHERE a.source_system = 'osm_streets'"
    )
    assert repeated[0][0] == 0
