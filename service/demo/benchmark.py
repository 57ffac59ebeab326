"""Registers of any size to measure with: plain rectangles of districts, filled with assets of all classes.

Drawn whole arrays at a time. Everything is spread evenly, which no municipality is; only the numbers are realistic.
The assets of a class come along a Hilbert curve, as imports number them.
"""

import datetime
from collections.abc import Iterator

import numpy as np
import shapely

from gis.hilbert import hilbert_numbers
from models.registry import ASSET_CLASSES
from service.demo.assessments import INSPECTIONS, RECORDED_AT, on_scale
from service.demo.rows import AssetRows, Columns, FloatArray, IntArray, Objects, Records, unknown_where
from service.demo.town import as_multipolygons

SOURCE_SYSTEM = "benchmark"
ASSESSED_SHARE = 0.3
CHUNK = 50_000
ORIGIN = (370_000.0, 6_900_000.0)
DISTRICT_M = 6_000.0
COLUMNS, ROWS = 5, 4
SHARES = {
    "building": 0.02,
    "playground": 0.002,
    "sports_ground": 0.001,
    "park": 0.007,
    "water_main": 0.12,
    "sewer": 0.11,
    "stormwater_sewer": 0.07,
    "manhole": 0.12,
    "valve": 0.08,
    "hydrant": 0.02,
    "pump_station": 0.001,
    "district_heating_pipe": 0.05,
    "heat_exchanger": 0.01,
    "telecom_cable": 0.06,
    "telecom_duct": 0.02,
    "telecom_node": 0.004,
    "lighting_cable": 0.05,
    "lighting_column": 0.12,
    "street_segment": 0.06,
    "foot_and_cycle_way": 0.025,
    "bridge": 0.001,
    "traffic_sign": 0.04,
    "traffic_signal": 0.001,
    "parking_facility": 0.007,
    "quay": 0.001,
}
_PLACES_PER_SCHOOL = 300.0
_SCHOOL_EVERY = 100
_HALF_SIDE_M = 12.0


def district_code(number: int) -> str:
    """Return the code of a district of the benchmark.

    >>> district_code(0)
    'B01'
    """
    return f"B{number + 1:02d}"


def _rectangles() -> Objects:
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)))
    west, south = ORIGIN[0] + column * DISTRICT_M, ORIGIN[1] + row * DISTRICT_M
    return as_multipolygons(np.array(shapely.box(west, south, west + DISTRICT_M, south + DISTRICT_M), object))


def benchmark_areas() -> list[Records]:
    """Return twenty districts, each with a service area of basic education."""
    codes = [district_code(number) for number in range(COLUMNS * ROWS)]
    names = {"name_fi": [f"Mittausalue {code}" for code in codes], "name_sv": [f"Mätområde {code}" for code in codes]}
    district = {"district_code": codes, **names, "source_system": SOURCE_SYSTEM, "source_id": codes}
    area = {"service_code": "basic_education", "area_code": codes, "population_area_code": codes, **names}
    return [
        Records("district", district, geometry=_rectangles()),
        Records("service_area", area, geometry=_rectangles()),
        _needs(codes),
    ]


def _needs(codes: list[str]) -> Records:
    years = np.arange(2020, 2081)
    columns: Columns = {
        "service_code": "basic_education",
        "area_code": [code for code in codes for _ in years],
        "scenario": "baseline",
        "year": np.tile(years, len(codes)),
        "service_need": np.tile(np.linspace(3000, 1800, len(years)), len(codes)),
    }
    return Records("service_need", columns)


def benchmark_chunks(asset_count: int, seed: int = 1) -> Iterator[AssetRows]:
    """Give the assets, some tens of thousands of one class at a time."""
    rng = np.random.default_rng(seed)
    for code, count in class_counts(asset_count).items():
        points = _points(rng, count)
        for first in range(0, count, CHUNK):
            yield _chunk(rng, code, first, points[first : first + CHUNK])


def class_counts(asset_count: int) -> dict[str, int]:
    """Return how many assets of each class add up to the number, none of them 0 from 1 000 on."""
    counts = {code: int(share * asset_count) for code, share in SHARES.items()}
    counts["water_main"] += asset_count - sum(counts.values())
    return counts


def _points(rng: np.random.Generator, count: int) -> FloatArray:
    points: FloatArray = np.array(ORIGIN) + rng.random((count, 2)) * np.array([COLUMNS, ROWS]) * DISTRICT_M
    return points[hilbert_numbers(points).argsort(kind="stable")]


def _chunk(rng: np.random.Generator, code: str, first: int, points: FloatArray) -> AssetRows:
    count = len(points)
    geometry, length = _geometry(rng, code, points)
    built = rng.integers(1900, 2025, count)
    columns: Columns = {
        "owner": "Mittausaineisto",
        "status": "in_use",
        "built_year": unknown_where(rng.random(count) < 0.1, built),
        "renewed_year": unknown_where((rng.random(count) < 0.8) | (built > 1990), np.minimum(built + 30, 2024)),
        "quantity": _quantity(rng, code, length),
        "material": _materials(rng, code, count),
        "is_protected": (rng.random(count) < 0.01),
        "district_code": _districts(points),
        "source_system": SOURCE_SYSTEM,
        "source_id": [f"{code}-{number}" for number in range(first, first + count)],
    }
    if code == "building":
        columns["building_class"] = rng.choice(["0820", "0810", "0400", "0712", "0121"], count).astype(object)
    return AssetRows(code, columns, geometry)


def _districts(points: FloatArray) -> Objects:
    column, row = ((points - np.array(ORIGIN)) // DISTRICT_M).astype(np.int64).T
    codes = np.array([district_code(number) for number in range(COLUMNS * ROWS)], object)
    of_point: Objects = codes[row * COLUMNS + column]
    return of_point


def _geometry(rng: np.random.Generator, code: str, points: FloatArray) -> tuple[Objects, FloatArray]:
    """Return geometries of the class's first kind beginning at the points, and the lengths of the lines."""
    kinds = ASSET_CLASSES[code].geometry_types
    length = rng.uniform(15, 160, len(points))
    if "LINESTRING" in kinds and "POINT" not in kinds:
        angle = rng.uniform(0, 2 * np.pi, len(points))
        end = points + length[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return np.array(shapely.linestrings(np.stack([points, end], axis=1)), object), length
    if "POLYGON" in kinds:
        corners = (*(points - _HALF_SIDE_M).T, *(points + _HALF_SIDE_M).T)
        return np.array(shapely.box(*corners), object), length
    return np.array(shapely.points(points), object), length


def _quantity(rng: np.random.Generator, code: str, length: FloatArray) -> FloatArray:
    quantity = ASSET_CLASSES[code].quantity
    if quantity == "count":
        return np.ones(len(length))
    if quantity == "length_m":
        return np.round(length, 1)
    return np.round(
        length * 6 if "LINESTRING" in ASSET_CLASSES[code].geometry_types else rng.uniform(200, 3000, len(length))
    )


def _materials(rng: np.random.Generator, code: str, count: int) -> Objects | None:
    material = ASSET_CLASSES[code].attribute("material")
    if material is None or material.choices is None:
        return None
    return np.array(material.choices, object)[rng.integers(0, len(material.choices), count)]


def benchmark_records(rows: AssetRows, seed: int = 2) -> list[Records]:
    """Return the assessments of 30 % of a chunk's assets, and a capacity for each hundredth building."""
    rng = np.random.default_rng([seed, *rows.columns["source_id"][0].encode()])
    chosen = np.flatnonzero(rng.random(len(rows)) < ASSESSED_SHARE)
    records = [_assessments(rng, rows, chosen)] if len(chosen) else []
    return records + ([_capacities(len(rows))] if rows.asset_class == "building" else [])


def _assessments(rng: np.random.Generator, rows: AssetRows, chosen: IntArray) -> Records:
    inspection = INSPECTIONS.get(rows.asset_class, INSPECTIONS["building"])
    given, index = on_scale(inspection.scale_code, np.clip(rng.normal(0.65, 0.2, len(chosen)), 0.05, 1))
    day = np.datetime64("2014-05-01", "D") + rng.integers(0, 4000, len(chosen)).astype("timedelta64[D]")
    columns: Columns = {
        "assessed_on": day,
        "scale_code": inspection.scale_code,
        "value_given": given,
        "condition_index": index,
        "method": inspection.method,
        "recorded_at": RECORDED_AT,
        "recorded_by": SOURCE_SYSTEM,
    }
    return Records("condition_assessment", columns, asset=chosen)


def _capacities(count: int) -> Records:
    asset = np.arange(0, count, _SCHOOL_EVERY)
    columns: Columns = {
        "service_code": "basic_education",
        "valid_from": datetime.date(2015, 8, 1),
        "capacity": np.full(len(asset), _PLACES_PER_SCHOOL),
        "running_cost_eur": np.full(len(asset), 250_000.0),
    }
    return Records("capacity", columns, asset=asset)
