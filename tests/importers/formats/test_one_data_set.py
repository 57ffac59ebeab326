"""One real data set in eleven formats: the same assets whatever the file, and whatever it says of its coordinates."""

from __future__ import annotations

import dataclasses
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from sqlalchemy import text

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.import_report import ImportReport

pytestmark = pytest.mark.real_data

TAMPERE = "837"
BOUNDARY = "ST_Multi(ST_GeomFromWKB(:shape, 3067))"
BOUNDARY = "ST_Multi(ST_GeomFromWKB(:shape, 3067))"
PLAYGROUNDS = {
    "leikkipaikat.tab": None,
    "leikkipaikat.gml": None,
    "leikkipaikat.kml": None,
    "leikkipaikat_2008_crs3878.geojson": None,
    "leikkipaikat_rfc7946.geojson": None,
    "leikkipaikat_latin1.shp": None,
    "leikkipaikat_latin1_pilkku.csv": None,
    "leikkipaikat.xlsx": None,
    "puistot_3878.gpkg": "leikkipaikat",
}
MUNICIPALITIES = {"kunnat.fgb": None, "kunnat.mif": None, "kunnat.dxf": None, "puistot_3878.gpkg": "kunnat"}
PLAYGROUND = """
name: playgrounds
title: Playgrounds, whatever the format
source_system: playgrounds
format: any
geometry: {x: E, y: N, crs: "EPSG:3878"}
column_names: {kunnossapitaja: [kunnossapi]}
unknown: ["-"]
targets:
  - target: playground
    key: [ID]
    values:
      name: {column: nimi}
      green_area: {column: puisto}
      maintenance_class: {column: luokka}
      contractor: {column: kunnossapitaja}
"""
# A drawing has no attributes: the place is the only key that all four have.
AREA = """
name: areas
title: Areas, whatever the format
source_system: areas
format: any
targets:
  - target: park
    hashed_key: []
    values: {}
"""
DISTRICT = """
name: districts
title: Municipalities as districts of themselves
source_system: districts
format: any
municipality: {column: NATCODE, style: code}
targets:
  - target: district
    key: [NATCODE]
    values: {district_code: {column: NATCODE}, name_fi: {column: NAMEFIN}, name_sv: {column: NAMESWE}}
"""
LEVELS = """
name: levels
title: Places with levels
source_system: levels
format: vector
targets:
  - {target: lighting_column, key: [ID], values: {}}
"""
Rows = list[tuple[Any, ...]]
Imported = Callable[..., ImportReport]


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "import_formats_fi"


@pytest.fixture(scope="module")
def place(module_database: Database, shared_data: Path) -> Database:
    """The register, with the boundary of Tampere as Statistics Finland has it."""
    source = shared_data / "fi_municipalities" / "statfi_kunta1000k_2025_3067.gpkg"
    meta, _, shapes, _ = pyogrio.raw.read(source, where="kunta = '837'")
    assert (len(shapes), meta["crs"]) == (1, "EPSG:3067")
    with module_database.writing() as session:
        session.execute(
            text(f"UPDATE municipality SET boundary = {BOUNDARY} WHERE municipality_code = '837'"),
            {"shape": bytes(shapes[0])},
        )
    return module_database


def imported(database: Database, path: Path, profile: str, source_system: str, **options: Any) -> ImportReport:
    chosen = dataclasses.replace(parse_profile(profile), source_system=source_system)
    options = {"municipality_code": TAMPERE, **options}
    return import_file(database, path, chosen, changed_by="tester", **options)


def fetched(database: Database, query: str, **values: object) -> Rows:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query), values).all()]


def playgrounds(database: Database, source_system: str) -> Rows:
    query = (
        "SELECT source_id, name, green_area, maintenance_class, contractor, ST_X(g), ST_Y(g) FROM asset a"
        " JOIN playground USING (municipality_code, asset_id), ST_Transform(a.geometry, 3878) g"
        ' WHERE source_system = :source ORDER BY source_id COLLATE "C"'
    )
    return fetched(database, query, source=source_system)


def test_208_playgrounds_are_the_same_assets_from_every_format(place: Database, folder: Path) -> None:
    for name, layer in PLAYGROUNDS.items():
        report = imported(place, folder / name, PLAYGROUND, name, layer=layer)
        assert (report.total("added"), report.errors) == (208, []), name
    wanted = playgrounds(place, "leikkipaikat_2008_crs3878.geojson")
    for name in PLAYGROUNDS:
        found = playgrounds(place, name)
        assert [row[:5] for row in found] == [row[:5] for row in wanted], name
        # RFC 7946 has seven decimals of a degree, the MapInfo table centimetres.
        for row, right in zip(found, wanted, strict=True):
            assert row[5:] == pytest.approx(right[5:], abs=0.02), name
    assert ("Ä" in wanted[0][4], len({row[0] for row in wanted})) == (True, 208)


def test_13_municipalities_are_the_same_areas_from_every_format(place: Database, folder: Path) -> None:
    sources: dict[str, set[Any]] = {}
    for name, layer in MUNICIPALITIES.items():
        # The drawing says no coordinate system, and thirteen municipalities are not within one.
        report = imported(
            place, folder / name, AREA, f"areas {name}", layer=layer, crs="EPSG:3067" if name.endswith("dxf") else None
        )
        assert report.total("added") + report.total("faulty") == 13, (name, report.faults)
        rows = fetched(place, "SELECT source_id FROM asset WHERE source_system = :name", name=f"areas {name}")
        sources[name] = {row[0] for row in rows}
    assert len(sources["kunnat.fgb"]) == 13
    assert all(found == sources["kunnat.fgb"] for found in sources.values())
    for name in ("kunnat.mif", "kunnat.fgb"):
        report = imported(place, folder / name, DISTRICT, "districts", municipality_code=None)
        assert report.errors == []
    names = fetched(place, "SELECT municipality_code, name_sv FROM district WHERE name_fi = 'Espoo'")
    assert names == [("049", "Esbo")]


def test_files_of_several_parts_read_alike_as_a_zip(place: Database, folder: Path, tmp_path: Path) -> None:
    for name in ("leikkipaikat.tab", "leikkipaikat_latin1.shp"):
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob(f"{Path(name).stem}.*"):
                if part.suffix in {".tab", ".dat", ".map", ".id", ".shp", ".dbf", ".shx", ".prj", ".cpg"}:
                    archive.write(part, f"kansio/{part.name}")
        imported(place, path, PLAYGROUND, path.name)
        assert [row[:5] for row in playgrounds(place, path.name)] == [
            row[:5] for row in playgrounds(place, "leikkipaikat_2008_crs3878.geojson")
        ]


@pytest.fixture
def without_crs(folder: Path, tmp_path: Path) -> Path:
    """The Shapefile without its .prj and its .cpg, hence without coordinate system and encoding."""
    for ending in (".shp", ".shx", ".dbf"):
        shutil.copy(folder / f"leikkipaikat_latin1{ending}", tmp_path / f"a{ending}")
    return tmp_path / "a.shp"


def rules(report: ImportReport) -> list[str]:
    """Return what was found of the coordinate system; the same place in another register is told as well."""
    return sorted({fault.rule for fault in report.faults if fault.rule.startswith("crs_")})


def test_a_guessed_coordinate_system_is_shown_and_taken_only_once_it_is_confirmed(
    place: Database, without_crs: Path
) -> None:
    profile = PLAYGROUND.replace('geometry: {x: E, y: N, crs: "EPSG:3878"}\n', "")
    refused = imported(place, without_crs, profile, "guess")
    assert (refused.applied, rules(refused)) == (False, ["crs_unconfirmed"])
    assert refused.faults[0].value == "EPSG:3878"
    assert "within the boundary of municipality 837" in refused.faults[0].detail
    assert playgrounds(place, "guess") == []
    shown = imported(place, without_crs, profile, "guess", dry_run=True)
    assert (shown.total("added"), rules(shown)) == (208, ["crs_guessed"])
    assert shown.assumptions["crs"] == "EPSG:3878"
    confirmed = imported(place, without_crs, profile, "guess", confirm_crs=True)
    assert (confirmed.applied, confirmed.total("added")) == (True, 208)
    told = imported(place, without_crs, profile, "guess", crs="EPSG:3878")
    assert (told.total("unchanged"), rules(told)) == (208, [])
    assert told.assumptions["crs_origin"] == "the caller"
    assert told.assumptions["encoding"] in {"cp1252", "ISO-8859-1"}
    assert any("ÄÄ" in (row[2] or "") or "Ä" in (row[4] or "") for row in playgrounds(place, "guess"))


def csv(tmp_path: Path, rows: list[tuple[float, float]]) -> Path:
    lines = ["ID;nimi;puisto;luokka;kunnossapitaja;E;N"]
    lines += [f"{number};n;p;l;k;{x!r};{y!r}" for number, (x, y) in enumerate(rows)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


IN_TAMPERE = {
    "EPSG:3067": (327_000.0, 6_822_000.0),
    "EPSG:2393": (3_327_110.0, 6_824_860.0),
    "EPSG:3131": (487_440.0, 6_822_000.0),
    "EPSG:4326": (23.76, 61.5),
    "EPSG:3857": (2_644_950.0, 8_744_000.0),
}


@pytest.mark.parametrize(("code", "at"), IN_TAMPERE.items())
@pytest.mark.parametrize("swapped", [False, True])
def test_coordinates_without_a_system_are_told_by_the_boundary(
    place: Database, tmp_path: Path, code: str, at: tuple[float, float], swapped: bool
) -> None:
    step = 0.0001 if code == "EPSG:4326" else 10.0
    rows = [(at[0] + n * step, at[1] + n * step) for n in range(5)]
    path = csv(tmp_path, [(y, x) for x, y in rows] if swapped else rows)
    profile = PLAYGROUND.replace(', crs: "EPSG:3878"', "")
    report = imported(place, path, profile, "told", dry_run=True)
    assert (report.assumptions.get("crs"), rules(report)) == (code, ["crs_guessed"])
    assert report.assumptions["crs_axes"].startswith("northing" if swapped else "easting")
    accuracy = {"EPSG:2393": "0.5 m", "EPSG:4326": "1 m", "EPSG:3857": "1 m"}.get(code, "0 m")
    assert report.assumptions["crs_accuracy"].startswith(accuracy)


def test_what_cannot_be_told_is_refused_with_what_was_seen(place: Database, tmp_path: Path) -> None:
    profile = PLAYGROUND.replace(', crs: "EPSG:3878"', "")
    nowhere = imported(place, csv(tmp_path, [(12.0, 34.0), (13.0, 35.0)]), profile, "x", confirm_crs=True)
    assert rules(nowhere) == ["crs_unknown"]
    assert "x 12–13, y 34–35" in nowhere.faults[0].detail
    # Oulu has no boundary here, no districts and no assets: TM35FIN or any zone without prefix.
    path = csv(tmp_path, [(427_000.0, 7_210_000.0)])
    several = imported(place, path, profile, "x", municipality_code="564", confirm_crs=True)
    assert rules(several) == ["crs_ambiguous"]
    assert {"EPSG:3067", "EPSG:3133"} <= set(several.faults[0].detail.replace("(", " ").split())


def test_a_caller_overrides_a_file_that_says_a_wrong_system_and_a_profile_does_not(
    place: Database, tmp_path: Path, folder: Path
) -> None:
    for ending in (".shp", ".shx", ".dbf", ".cpg"):
        shutil.copy(folder / f"leikkipaikat_latin1{ending}", tmp_path / f"a{ending}")
    wrong = (folder / "leikkipaikat_latin1.prj").read_text(encoding="ascii").replace("GK24FIN", "GK25FIN")
    (tmp_path / "a.prj").write_text(wrong.replace("24.0", "25.0").replace("24500000", "25500000"), encoding="ascii")
    assert imported(place, tmp_path / "a.shp", PLAYGROUND, "y", dry_run=True).errors
    report = imported(place, tmp_path / "a.shp", PLAYGROUND, "y", dry_run=True, crs="EPSG:3878")
    assert (report.total("added"), rules(report)) == (208, ["crs_overridden"])
    vector = PLAYGROUND.replace("format: any", "format: vector").replace("x: E, y: N, ", "")
    stated = imported(place, tmp_path / "a.shp", vector, "y", dry_run=True)
    assert "crs_conflict" in rules(stated)


def test_geojson_in_metres_that_says_nothing_is_guessed_like_any_other_file(
    place: Database, tmp_path: Path, folder: Path
) -> None:
    content = (folder / "leikkipaikat_2008_crs3878.geojson").read_text(encoding="utf-8")
    start = content.index('"crs"')
    path = tmp_path / "a.geojson"
    path.write_text(content[:start] + content[content.index("\n", start) :].lstrip(), encoding="utf-8")
    profile = PLAYGROUND.replace('geometry: {x: E, y: N, crs: "EPSG:3878"}\n', "")
    report = imported(place, path, profile, "z", dry_run=True)
    assert (report.total("added"), report.assumptions["crs"]) == (208, "EPSG:3878")


def test_levels_are_kept_with_their_height_system_where_the_file_says_it(place: Database, tmp_path: Path) -> None:
    shapes = shapely.from_wkt(["POINT Z (327000 6822000 101.5)", "POINT Z (327100 6822000 99.25)"])
    ids = np.array([1, 2])
    for crs, system in (("EPSG:3067+5717", "N60"), ("EPSG:3067", None)):
        path = tmp_path / f"{system}.gpkg"
        pyogrio.raw.write(path, shapely.to_wkb(shapes), [ids], ["ID"], driver="GPKG", geometry_type="Point Z", crs=crs)
        report = imported(place, path, LEVELS, f"levels {system}")
        assert (report.total("added"), report.assumptions.get("height_system")) == (2, system)
        query = "SELECT ST_Z(geometry_z), height_system FROM asset WHERE source_system = :name ORDER BY source_id"
        assert fetched(place, query, name=f"levels {system}") == [(101.5, system), (99.25, system)]
