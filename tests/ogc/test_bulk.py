"""Whole collections as CSV, GeoPackage and FlatGeobuf: everything that is selected, once, as it is in the register."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from service.database import Database

COLLECTIONS = "/ogc/collections"
TM35FIN = "http://www.opengis.net/def/crs/EPSG/0/3067"
GK25 = "http://www.opengis.net/def/crs/EPSG/0/3879"
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
BUILDINGS_IN_USE = 10_547
FORMATS = {"csv": "csv", "gpkg": "gpkg", "flatgeobuf": "fgb"}
FILES = ("gpkg", "flatgeobuf")
SELECTIONS = (
    "",
    "municipality=837",
    "storeys=3&bbox=24.8,60.1,24.9,60.2",
    "is_protected=true",
    "status=decommissioned",
    "bbox=-10,-10,0,0",
    "name=none",
)


def whole(client: FlaskClient, collection: str, form: str, query: str = "") -> TestResponse:
    answer = client.get(f"{COLLECTIONS}/{collection}/items?f={form}&{query}", buffered=True)
    assert answer.status_code == 200, answer.text
    return answer


def saved(client: FlaskClient, folder: Path, collection: str, form: str, query: str = "") -> Path:
    path = folder / f"{collection}.{FORMATS[form]}"
    path.write_bytes(whole(client, collection, form, query).data)
    return path


def csv_rows(client: FlaskClient, collection: str, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(whole(client, collection, "csv", query).data.decode(), newline="")))


def items(client: FlaskClient, collection: str, query: str = "") -> dict[str, dict[str, Any]]:
    """Every feature by its id, read page by page."""
    features: dict[str, dict[str, Any]] = {}
    href = f"{COLLECTIONS}/{collection}/items?limit=10000&{query}"
    while href:
        page = client.get(href).json
        features |= {feature["id"]: feature for feature in page["features"]}
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    return features


def gdal(program: str, *arguments: str) -> str:
    """Run a program of GDAL; anything on the error stream is a failure."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def read_back(path: Path) -> dict[str, dict[str, Any]]:
    """The features of a file by id, as GDAL of Debian gives them; coordinates as they are in the file."""
    target = path.with_suffix(".json")
    options = ["-lco", "COORDINATE_PRECISION=9", "-lco", "SIGNIFICANT_FIGURES=17"]
    gdal("ogr2ogr", "-f", "GeoJSON", str(target), str(path), *options)
    return {each["properties"]["id"]: each for each in json.loads(target.read_text())["features"]}


def shape_of(feature: dict[str, Any]) -> Any:
    return shapely.from_geojson(json.dumps(feature["geometry"])) if feature["geometry"] else None


def assert_same_place(shape: Any, expected: Any, within: float) -> None:
    if expected is None:
        assert shape is None
        return
    one, other = shapely.get_parts(shape), shapely.get_parts(expected)
    assert len(one) == len(other)
    for given, wanted in zip(one, other, strict=True):
        assert shapely.get_coordinate_dimension(given) == shapely.get_coordinate_dimension(wanted)
        dimensions = shapely.get_coordinate_dimension(wanted) == 3
        assert shapely.get_coordinates(given, include_z=dimensions) == pytest.approx(
            shapely.get_coordinates(wanted, include_z=dimensions), abs=within
        )


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_what_pages_hold_each_feature_once(
    client: FlaskClient, tmp_path: Path, form: str, selection: str
) -> None:
    expected = items(client, "building", selection)
    if form == "csv":
        found = [row["id"] for row in csv_rows(client, "building", selection)]
    else:
        path = saved(client, tmp_path, "building", form, selection)
        found = pyogrio.raw.read(path, columns=["id"], read_geometry=False)[3][0].tolist()
    assert len(found) == len(set(found)) == len(expected)
    assert set(found) == set(expected)


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize(
    ("collection", "system", "within"),
    [
        ("building", TM35FIN, 0.001),
        ("water_main", TM35FIN, 0.001),
        ("district", GK25, 0.001),
        ("population_grid", "", 1e-8),
    ],
)
def test_attributes_and_places_of_files_are_those_of_items(
    client: FlaskClient, tmp_path: Path, form: str, collection: str, system: str, within: float
) -> None:
    query = f"crs={system}" if system else ""
    expected = items(client, collection, query)
    found = read_back(saved(client, tmp_path, collection, form, query))
    assert set(found) == set(expected)
    for identifier, feature in list(expected.items())[:400]:
        properties = {name: value for name, value in found[identifier]["properties"].items() if name != "id"}
        # FlatGeobuf leaves out what is null.
        assert {**dict.fromkeys(feature["properties"]), **properties} == feature["properties"]
        shape = shape_of(feature)
        if system == GK25:  # northing comes first in the answer to items, easting in every file
            shape = shapely.transform(shape, lambda places: places[:, ::-1])
        assert_same_place(shape_of(found[identifier]), shape, within)


@pytest.mark.parametrize("collection", ["building", "water_main", "service_area", "population_grid"])
def test_attributes_and_places_of_csv_are_those_of_items(client: FlaskClient, collection: str) -> None:
    expected = items(client, collection, f"crs={TM35FIN}")
    for row in csv_rows(client, collection, f"crs={TM35FIN}")[:400]:
        feature = expected[row.pop("id")]
        shape = row.pop("WKT")
        assert_same_place(shapely.from_wkt(shape) if shape else None, shape_of(feature), 0.001)
        assert list(row) == list(feature["properties"])
        for name, value in feature["properties"].items():
            assert row[name] == "" if value is None else same(row[name], value), (name, row[name], value)


def same(shown: str, value: Any) -> bool:
    if isinstance(value, bool):
        return shown == str(value).lower()
    return float(shown) == value if isinstance(value, int | float) else shown == value


@pytest.mark.parametrize("form", FILES)
def test_columns_have_types_even_where_every_value_is_null(client: FlaskClient, tmp_path: Path, form: str) -> None:
    shown = gdal("ogrinfo", "-al", "-so", str(saved(client, tmp_path, "water_main", form)))
    expected = ("renewed_year: Integer64", "depth_m: Real", "is_lined: Integer(Boolean)", "name: String")
    for column in (*expected, "repair_backlog_eur: Real", "id: String"):
        assert column in shown
    assert "Geometry: 3D Multi Line String" in shown
    assert "Feature Count: 25" in shown


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize(("system", "code"), [(TM35FIN, 3067), (GK25, 3879), (WGS84, 4326), ("", 4326)])
def test_a_file_says_its_system_and_easting_or_longitude_comes_first(
    client: FlaskClient, tmp_path: Path, form: str, system: str, code: int
) -> None:
    query = f"crs={system}" if system else ""
    answer = whole(client, "district", form, query)
    assert answer.headers["Content-Crs"] == f"<{system or 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'}>"
    path = tmp_path / f"district.{FORMATS[form]}"
    path.write_bytes(answer.data)
    described = pyogrio.read_info(path)
    assert described["crs"] == f"EPSG:{code}"
    west, south, *_ = described["total_bounds"]
    assert {3067: (380000, 6670000), 3879: (25490974, 6670716), 4326: (24.8, 60.1)}[code] == pytest.approx(
        (west, south), abs=1 if code == 3879 else 0.1
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("collection", ["valued_assets", "quay", "service_area", "population_grid", "sewer"])
def test_every_collection_can_be_had_even_an_empty_one(
    client: FlaskClient, tmp_path: Path, form: str, collection: str
) -> None:
    path = saved(client, tmp_path, collection, form)
    count = len(items(client, collection))
    if form == "csv":
        assert len(csv_rows(client, collection)) == count
    else:
        assert f"Feature Count: {count}" in gdal("ogrinfo", "-al", "-so", str(path))


def test_heights_are_kept_where_some_features_have_none(client: FlaskClient, filled: Database, tmp_path: Path) -> None:
    flat = text("UPDATE asset SET geometry_z = NULL WHERE municipality_code = '091' AND asset_id = 20003")
    restore = text(
        "UPDATE asset SET geometry_z = ST_SetSRID(ST_MakeLine(ST_MakePoint(385003, 6672000, 3),"
        " ST_MakePoint(385033, 6672000, 3.5)), 3067) WHERE municipality_code = '091' AND asset_id = 20003"
    )
    with filled.writing() as session:
        session.execute(flat)
    try:
        package = saved(client, tmp_path, "water_main", "gpkg", f"crs={TM35FIN}")
        buf = saved(client, tmp_path, "water_main", "flatgeobuf", f"crs={TM35FIN}")
    finally:
        with filled.writing() as session:
            session.execute(restore)
    shown = gdal("ogrinfo", "-al", str(package))
    assert "MULTILINESTRING ((385003 6672000,385033 6672000))" in shown
    assert "MULTILINESTRING Z ((385001 6672000 1,385031 6672000 1.5))" in shown
    assert "z (Integer) = 2" in gdal("ogrinfo", str(package), "-sql", "SELECT z FROM gpkg_geometry_columns")
    # A layer of FlatGeobuf has heights or has none: what is unknown is not a number, and no height of 0 is made up.
    assert "MULTILINESTRING Z ((385003 6672000 nan,385033 6672000 nan))" in gdal("ogrinfo", "-al", str(buf))


def test_a_mixed_collection_keeps_kinds_and_heights_in_a_geopackage(client: FlaskClient, tmp_path: Path) -> None:
    shown = gdal("ogrinfo", "-al", str(saved(client, tmp_path, "valued_assets", "gpkg", f"crs={TM35FIN}")))
    for shape in ("LINESTRING Z (385001 6672000 1,", "POINT (380080 6670000)", "POLYGON ((380040 6670000,"):
        assert shape in shown


def test_flatgeobuf_has_a_spatial_index(client: FlaskClient, tmp_path: Path) -> None:
    path = saved(client, tmp_path, "water_main", "flatgeobuf", f"crs={TM35FIN}")
    assert pyogrio.read_info(path)["capabilities"]["fast_spatial_filter"]
    found = gdal("ogrinfo", "-al", "-so", str(path), "-spat", "385000", "6671990", "385001.5", "6672010")
    assert "Feature Count: 1" in found


def test_csv_tells_an_empty_text_from_none_and_runs_no_formula(client: FlaskClient, filled: Database) -> None:
    names = {11: '=HYPERLINK("http://x","a")', 12: "+1", 13: "-1", 14: "@SUM(A1)", 15: "\t=1", 16: "\r=1", 17: "a=1"}
    with filled.writing() as session:
        for number, name in names.items():
            change = "UPDATE asset SET name = :name WHERE municipality_code = '091' AND asset_id = :id"
            session.execute(text(change), {"name": name, "id": number})
    try:
        rows = {row["id"]: row for row in csv_rows(client, "building")}
        content = whole(client, "building", "csv").data.decode()
    finally:
        with filled.writing() as session:
            session.execute(text("UPDATE asset SET name = 'Talo ' || asset_id WHERE asset_id BETWEEN 11 AND 17"))
    assert {number: rows[f"091-{number}"]["name"] for number in names} == {
        number: name if name == "a=1" else f"'{name}" for number, name in names.items()
    }
    assert rows["091-1"]["name"] == 'Säästö "Åland" \\ & <talo>'
    assert '"091-2","091",,' in content  # no name: nothing between the commas
    assert rows["091-20"]["replacement_cost_eur"] == "20002.00"


def test_gdal_reads_csv_with_its_geometry(client: FlaskClient, tmp_path: Path) -> None:
    path = saved(client, tmp_path, "water_main", "csv", f"crs={TM35FIN}")
    shown = gdal("ogrinfo", "-al", str(path))
    assert shown.count("OGRFeature(") == 25
    assert "LINESTRING Z (385001 6672000 1,385031 6672000 1.5)" in shown


def test_csv_has_a_type_a_name_and_lines_as_rfc_4180_says(client: FlaskClient) -> None:
    answer = whole(client, "district", "csv")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="district.csv"'
    header, first, *_ = answer.data.decode().split("\r\n")
    assert header == "id,municipality_code,district_code,name_fi,name_sv,source_system,source_id,WKT"
    assert first.startswith('"091-10","091","10","Piiri 10","Distrikt 10",,,"MULTIPOLYGON(((')
    assert answer.data.endswith(b'"\r\n')
    empty = whole(client, "quay", "csv").data.decode()
    assert empty.count("\r\n") == 1


@pytest.mark.parametrize(
    ("form", "media_type"), [("gpkg", "application/geopackage+sqlite3"), ("flatgeobuf", "application/flatgeobuf")]
)
def test_a_file_has_a_type_a_name_and_its_length(client: FlaskClient, form: str, media_type: str) -> None:
    answer = whole(client, "district", form)
    assert answer.content_type == media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="district.{FORMATS[form]}"'
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 1000


@pytest.mark.parametrize("form", FORMATS)
def test_a_limit_bounds_the_rows_if_it_is_given_and_no_page_size_does(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    def count(query: str) -> int:
        if form == "csv":
            return len(csv_rows(client, "building", query))
        return int(
            pyogrio.read_info(saved(client, tmp_path, "building", form, query), force_feature_count=True)["features"]
        )

    assert count("limit=7") == 7
    assert count("limit=10520") == 10_520
    assert count("limit=1000000000000") == BUILDINGS_IN_USE


@pytest.mark.parametrize("form", FORMATS)
def test_sorting_and_chosen_properties_hold_for_whole_collections(
    client: FlaskClient, form: str, tmp_path: Path
) -> None:
    query = "sortby=-storeys&properties=name,storeys&municipality=837"
    if form == "csv":
        rows = csv_rows(client, "building", query)
        assert list(rows[0]) == ["id", "name", "storeys", "WKT"]
        storeys = [int(row["storeys"]) for row in rows]
        assert storeys == sorted(storeys, reverse=True)
    else:
        found = pyogrio.read_info(saved(client, tmp_path, "building", form, query))["fields"].tolist()
        assert found == ["id", "name", "storeys"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_cql2_filter_holds_for_whole_collections(client: FlaskClient, form: str, tmp_path: Path) -> None:
    query = "filter=storeys%20%3E%206%20AND%20municipality_code%3D%27837%27"
    expected = set(items(client, "building", query))
    if form == "csv":
        found = {row["id"] for row in csv_rows(client, "building", query)}
    else:
        found = set(read_back(saved(client, tmp_path, "building", form, query)))
    assert found == expected
    assert 0 < len(expected) < 50


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("cursor=abc", "cursor"),
        ("storeys=x", "storeys"),
        ("bbox=1,2", "bbox"),
        ("crs=EPSG:1", "crs"),
        ("limit=0", "limit"),
        ("nonsense=1", "nonsense"),
    ],
)
def test_a_malformed_request_for_a_whole_collection_is_told_as_a_problem(
    client: FlaskClient, form: str, query: str, parameter: str
) -> None:
    answer = client.get(f"{COLLECTIONS}/building/items?f={form}&{query}", buffered=True)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert parameter in {fault["pointer"] for fault in answer.json["errors"]}


def test_head_tells_type_and_name_without_reading_the_collection(client: FlaskClient) -> None:
    answer = client.head(f"{COLLECTIONS}/building/items?f=gpkg&crs={TM35FIN}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="building.gpkg"'
    assert answer.headers["Content-Crs"] == f"<{TM35FIN}>"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        ("application/geopackage+sqlite3", "application/geopackage+sqlite3"),
        ("application/flatgeobuf;q=0.9, application/geo+json;q=0.5", "application/flatgeobuf"),
        ("text/csv;q=0.1, text/html", "text/html"),
        ("text/*", "text/html"),
        ("*/*", "application/geo+json"),
    ],
)
def test_accept_names_the_format_too(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get(f"{COLLECTIONS}/district/items", headers={"Accept": accept}, buffered=True)
    assert answer.mimetype == media_type
    assert "Accept" in answer.headers["Vary"].split(", ")


def test_pages_link_to_all_that_they_are_a_part_of(client: FlaskClient) -> None:
    page = client.get(f"{COLLECTIONS}/building/items?limit=5&municipality=837&storeys=3").json
    by_type = {link["type"].partition(";")[0]: link["href"] for link in page["links"] if link["rel"] == "alternate"}
    for media_type in ("text/csv", "application/geopackage+sqlite3", "application/flatgeobuf"):
        href = by_type[media_type]
        assert "limit=" not in href
        assert "crs=http://www.opengis.net/def/crs/EPSG/0/3067" in href
    assert client.get(by_type["text/csv"], buffered=True).data.count(b"\r\n") == 1 + 6


def test_the_definition_tells_of_every_format(client: FlaskClient) -> None:
    document = client.get("/ogc/api").json
    content = document["components"]["responses"]["Features"]["content"]
    assert {"text/csv", "application/geopackage+sqlite3", "application/flatgeobuf"} <= set(content)
    assert document["components"]["parameters"]["itemsFormat"]["schema"]["enum"] == ["json", "html", *FORMATS]
    told = client.get(f"{COLLECTIONS}/building/items?f=xml").json["errors"][0]["detail"]
    assert all(form in told for form in FORMATS)
