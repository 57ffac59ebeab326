"""GDAL as it is on Debian reads the service, page by page, without a warning."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

BUILDINGS_IN_USE = 10_547


def gdal(program: str, *arguments: str) -> str:
    """Run a program of GDAL and return what it prints; anything on the error stream is a failure."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_ogrinfo_reads_every_building_over_its_many_small_pages(server_url: str) -> None:
    shown = gdal("ogrinfo", "-al", "-so", f"OAPIF:{server_url}", "building")
    assert f"Feature Count: {BUILDINGS_IN_USE}" in shown


def test_ogrinfo_lists_all_collections(server_url: str) -> None:
    shown = gdal("ogrinfo", "-so", f"OAPIF:{server_url}")
    assert "(title: Valued assets)" in shown
    assert "(title: Water main) (3D Line String)" in shown


def test_ogrinfo_knows_the_type_of_columns_that_are_empty_on_the_first_page(server_url: str) -> None:
    shown = gdal("ogrinfo", "-so", f"OAPIF:{server_url}", "water_main")
    for column in ("renewed_year: Integer", "depth_m: Real", "is_lined: Integer(Boolean)", "repair_backlog_eur: Real"):
        assert column in shown
    assert "Feature Count: 25" in shown


def test_ogr2ogr_copies_everything_into_a_geopackage_in_tm35fin(server_url: str, tmp_path: Path) -> None:
    target = str(tmp_path / "buildings.gpkg")
    options = ["-t_srs", "EPSG:3067", "-nlt", "GEOMETRY", "-oo", "PAGE_SIZE=3000"]
    gdal("ogr2ogr", "-f", "GPKG", target, f"OAPIF:{server_url}", "building", *options)
    sums = "count(*) AS n, count(DISTINCT id) AS ids, min(ST_MinX(geom)) AS west, sum(repair_backlog_eur) AS backlog"
    query = f"SELECT {sums}, sum(storeys) AS storeys FROM building"
    shown = gdal("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", target, "-dialect", "SQLite", "-sql", query)
    copied = json.loads(shown)["features"][0]["properties"]
    assert copied["n"] == copied["ids"] == BUILDINGS_IN_USE
    assert copied["west"] == pytest.approx(327040, abs=0.01)
    expected = sum(100 * n + 2 for n in range(3, 10_501) if n not in (5, 6, 7))
    assert copied["backlog"] == pytest.approx(expected, abs=0.01)
    assert copied["storeys"] == sum(n % 8 for n in range(1, 10_551) if n not in (5, 6, 7))


def test_ogr2ogr_keeps_heights(server_url: str, tmp_path: Path) -> None:
    target = str(tmp_path / "mains.gpkg")
    gdal("ogr2ogr", "-f", "GPKG", target, f"OAPIF:{server_url}", "water_main", "-t_srs", "EPSG:3067")
    shown = gdal("ogrinfo", "-al", target, "water_main")
    assert "LINESTRING Z (385001" in shown
    assert shown.count("OGRFeature(") == 25


def test_a_window_reads_only_what_lies_in_it(server_url: str) -> None:
    window = ["-spat", "24.9274", "60.1686", "24.92755", "60.1687"]
    shown = gdal("ogrinfo", "-al", "-so", f"OAPIF:{server_url}", "water_main", *window)
    count = int(shown.partition("Feature Count: ")[2].split()[0])
    assert 1 <= count <= 6


def test_an_attribute_filter_reads_only_what_meets_it(server_url: str) -> None:
    shown = gdal("ogrinfo", "-al", "-so", f"OAPIF:{server_url}", "water_main", "-where", "nominal_diameter_mm = 150")
    assert "Feature Count: 7" in shown


@pytest.mark.parametrize("collection", ["valued_assets", "district", "service_area", "population_grid", "quay"])
def test_every_other_collection_can_be_read_too(server_url: str, collection: str) -> None:
    shown = gdal("ogrinfo", "-al", "-so", f"OAPIF:{server_url}", collection, "-oo", "PAGE_SIZE=10000")
    assert f"Layer name: {collection}" in shown
