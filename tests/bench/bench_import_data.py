"""The file of `make bench-import`: a million street lines with twenty attributes, and the profile that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from service.database import Database
from service.demo.benchmark import COLUMNS, DISTRICT_M, ORIGIN, ROWS, benchmark_areas
from service.operations.demo import load_benchmark_municipality

MUNICIPALITY = "837"
LAYER = "streets"
CHUNK = 100_000
EXTENT = (*ORIGIN, ORIGIN[0] + COLUMNS * DISTRICT_M, ORIGIN[1] + ROWS * DISTRICT_M)
MATERIALS = ["asphalt", "soft_asphalt", "concrete", "paving_stone", "gravel"]
# fmt: off
FIELDS = (
    "source_id", "name", "owner", "status", "built_year", "renewed_year", "material", "replacement_cost_eur",
    "price_level_year", "criticality", "is_protected", "digiroad_link_id", "functional_class",
    "maintenance_class", "length_m", "width_m", "lanes", "daily_traffic_adt", "is_on_bridge", "street_class",
)
# fmt: on
PROFILE = """
name: bench
title: Streets to measure the import with
source_system: bench
format: vector
layer: streets
targets:
  - target: street_segment
    key: [source_id]
    values:
""" + "".join(f"      {name}: {{column: {name}}}\n" for name in FIELDS if name != "source_id")


def write_file(path: Path, count: int) -> None:
    """Write the lines to a GeoPackage, in no order of place, as the files of registers have them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for first, shapes, columns in _chunks(count):
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            list(columns.values()),
            np.array(list(columns)),
            layer=LAYER,
            crs="EPSG:3067",
            geometry_type="LineString",
            append=first > 0,
        )


def _chunks(count: int) -> Iterator[tuple[int, NDArray[Any], dict[str, NDArray[Any]]]]:
    rng = np.random.default_rng(5)
    for first in range(0, count, CHUNK):
        rows = min(CHUNK, count - first)
        shapes, length = _lines(rng, rows)
        yield first, shapes, _attributes(rng, first, length)


def _lines(rng: np.random.Generator, count: int) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return bent lines of five points that lie within the municipality, and their lengths."""
    start = np.array(EXTENT[:2]) + 500 + rng.random((count, 2)) * (np.array(EXTENT[2:]) - np.array(EXTENT[:2]) - 1000)
    heading = rng.uniform(0, 2 * np.pi, (count, 1)) + rng.normal(0, 0.2, (count, 4))
    steps = rng.uniform(5, 60, (count, 4, 1)) * np.stack([np.cos(heading), np.sin(heading)], axis=2)
    points = start[:, None, :] + np.concatenate([np.zeros((count, 1, 2)), steps.cumsum(axis=1)], axis=1)
    shapes: NDArray[Any] = np.asarray(shapely.linestrings(points.round(3)), dtype=object)
    return shapes, shapely.length(shapes)


def _attributes(rng: np.random.Generator, first: int, length: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    count = len(length)
    numbers = np.arange(first, first + count)
    built = rng.integers(1900, 2025, count)
    renewed = np.where(built < 1990, built + 30.0, np.nan)
    of_class = rng.integers(1, 7, count)
    links = [f"{number:08x}-7f1c-4b5e-9a3d-0c2f5e8b6a41:1" for number in numbers.tolist()]
    return {
        "source_id": np.array([f"S{number}" for number in numbers.tolist()], object),
        "name": np.array([f"Mittauskatu {number % 9000}" for number in numbers.tolist()], object),
        "owner": np.full(count, "Mittauskylä", object),
        "status": rng.choice(np.array(["in_use", "planned", "out_of_use"], object), count, p=[0.97, 0.02, 0.01]),
        "built_year": np.minimum(built, 2024),
        "renewed_year": np.where(rng.random(count) < 0.3, renewed, np.nan),
        "material": rng.choice(np.array(MATERIALS, object), count),
        "replacement_cost_eur": np.round(length * rng.uniform(300, 900, count), 2),
        "price_level_year": np.full(count, 2024),
        "criticality": rng.integers(1, 6, count),
        "is_protected": rng.random(count) < 0.01,
        "digiroad_link_id": np.array(links, object),
        "functional_class": of_class,
        "maintenance_class": np.array([f"M{number % 3 + 1}" for number in of_class.tolist()], object),
        "length_m": np.round(length, 1),
        "width_m": np.round(rng.uniform(3, 14, count), 1),
        "lanes": rng.integers(1, 5, count),
        "daily_traffic_adt": rng.integers(20, 20_000, count),
        "is_on_bridge": rng.random(count) < 0.02,
        "street_class": rng.choice(np.array(["collector", "local", "main"], object), count),
    }


def prepare_register(database: Database) -> None:
    """Give the municipality its boundary and its twenty districts, so that places are checked as they would be."""
    load_benchmark_municipality(database, MUNICIPALITY, 0)
    boundary = shapely.union_all(next(each.geometry for each in benchmark_areas() if each.table == "district"))
    statement = text(
        "UPDATE municipality SET boundary = ST_Multi(ST_GeomFromText(:boundary, 3067)) WHERE municipality_code = :code"
    )
    with database.writing() as session:
        session.execute(statement, {"boundary": boundary.wkt, "code": MUNICIPALITY})
