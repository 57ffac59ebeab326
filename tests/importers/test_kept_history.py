"""The history of imported assets reads the same whether its documents are kept or told by the register."""

from __future__ import annotations

import csv
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.registry import ASSET_CLASSES
from service.database import Database
from service.operations.archives import write_archive
from service.operations.assets import replace_asset, retire_asset
from service.operations.import_report import ImportReport
from service.operations.import_undo import undo_import
from service.queries.asset_key import AssetKey
from service.queries.audit_reading import AuditQuery, load_audit_page

Importer = Callable[..., ImportReport]
Rows = Callable[..., list[Any]]

MAINS = """
name: mains
title: t
source_system: test
format: vector
targets:
  - target: water_main
    key: [id]
    values: {name: {column: name}, length_m: {column: length}, replacement_cost_eur: {column: cost}}
"""
AREAS = """
name: areas
title: t
source_system: test
format: vector
targets:
  - target: district
    values: {district_code: {column: id}, name_fi: {column: name}}
"""
NAMED = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}


def collection(*features: tuple[dict[str, Any], str, Any]) -> str:
    described = [
        {"type": "Feature", "properties": values, "geometry": {"type": kind, "coordinates": points}}
        for values, kind, points in features
    ]
    return json.dumps({"type": "FeatureCollection", "crs": NAMED, "features": described})


def mains(*names: str) -> str:
    return collection(
        *(
            (
                {"id": str(number), "name": name, "length": 7.25 + number, "cost": 1234.5},
                "LineString",
                [(385000.1234567 + number, 6672000.5, 12.5), (385100.25, 6672100.0, 13.0)],
            )
            for number, name in enumerate(names)
        )
    )


def square(code: str, left: float) -> tuple[dict[str, Any], str, Any]:
    right = left + 1000
    ring = [(left, 6671000), (right, 6671000), (right, 6673000), (left, 6673000), (left, 6671000)]
    return {"id": code, "name": code}, "Polygon", [ring]


def created(database: Database) -> dict[int, Any]:
    """Return the documents of the first versions, as REST reads the history."""
    with database.reading() as connection:
        page = load_audit_page(connection, AuditQuery("999", table="asset"))
    return {each["asset_id"]: each["after"] for each in page.entries if each["operation"] == "create"}


def archived(database: Database, path: Path) -> dict[int, Any]:
    """Return the documents of the first versions, as an archive has them."""
    csv.field_size_limit(sys.maxsize)
    write_archive(database, "999", path)
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("tables/asset_version.csv").decode().splitlines()
    found = [row for row in csv.DictReader(lines) if row["operation"] == "create"]
    return {int(row["asset_id"]): json.loads(row["after"]) for row in found}


def test_what_was_added_reads_the_same_whatever_happens_to_it_later(
    imported: Importer, database: Database, rows: Rows, tmp_path: Path
) -> None:
    imported(collection(square("A", 384500.0)), AREAS, name="areas.geojson")
    added = imported(mains("One", "Two", "Three", "Four"), MAINS, name="a.geojson")
    first = created(database)
    assert {each["name"] for each in first.values()} == {"One", "Two", "Three", "Four"}
    assert {each["district_code"] for each in first.values()} == {"A"}
    assert archived(database, tmp_path / "a.zip") == first
    one, two, four = (next(n for n, each in first.items() if each["name"] == name) for name in ("One", "Two", "Four"))
    pipe = ASSET_CLASSES["water_main"]
    replace_asset(database, pipe, AssetKey("999", one), {"name": "1"}, expected=None, changed_by="p")
    retire_asset(database, pipe, AssetKey("999", two), expected=None, changed_by="p")
    assert imported(mains("One", "Two", "III", "Four"), MAINS, name="b.geojson").total("changed") >= 1
    assert created(database) == first
    # A district found anew is no version of an asset: the audit tells of it, and no version is written over.
    imported(collection(square("A", 300000.0), square("B", 384600.0)), AREAS, name="areas.geojson")
    assert rows("SELECT district_code FROM asset WHERE asset_id = :id", id=four)[0][0] == "B"
    assert rows("SELECT asset_id FROM asset_version WHERE operation = 'create' AND after IS NOT NULL") == []
    noted = (
        "SELECT asset_id, before ->> 'district_code', after ->> 'district_code' FROM audit_entry WHERE asset_id = :id"
    )
    assert rows(noted, id=four) == [(four, "A", "B")]
    assert created(database) == first
    assert archived(database, tmp_path / "b.zip") == first
    assert added.batch_id is not None
    undone = undo_import(database, "999", added.batch_id, undone_by="u")
    assert (undone.removed, undone.conflict_count) == (1, 3)
    assert created(database) == first
    (gone,) = rows("SELECT asset_id, before FROM asset_version WHERE operation = 'undo'")
    assert (gone.asset_id, gone.before) == (four, first[four] | {"district_code": "B"})
