"""What the register said at the end of a day can be read on any later one, whatever has happened since."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from models.access import Role
from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.operations.export_requests import ExportRequest
from service.operations.exports import write_export
from service.operations.import_undo import undo_import
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

BUILDINGS = """
name: buildings
title: t
source_system: test
format: csv
targets:
  - target: building
    key: [id]
    values: {name: {column: name}, gross_floor_area_m2: {column: area}, built_year: {column: built}}
"""
AREAS = """
name: areas
title: t
source_system: test
format: vector
targets:
  - target: district
    values: {district_code: {column: id}, name_fi: {column: id}}
"""
CRS = "http://www.opengis.net/def/crs/EPSG/0/3067"
PLACE = {"type": "Point", "coordinates": [385010.125, 6672000.5, 12.25]}


def body(name: str, **values: Any) -> dict[str, Any]:
    return {"municipality_code": "999", "status": "in_use", "name": name, "geometry": PLACE, **values}


def area(code: str, left: int) -> str:
    ring = [[left, 6671000], [left + 1000, 6671000], [left + 1000, 6673000], [left, 6673000], [left, 6671000]]
    feature = {"type": "Feature", "properties": {"id": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]})


class Days:
    """A register to which each day something else happens."""

    def __init__(self, database: Database, client: FlaskClient, folder: Path) -> None:
        self.database, self.client, self.folder = database, client, folder
        self.batches: list[int] = []

    def imports(self, text: str, profile: str, name: str = "a.csv") -> None:
        (self.folder / name).write_text(text)
        report = import_file(
            self.database, self.folder / name, parse_profile(profile), municipality_code="999", changed_by="i"
        )
        assert report.applied, report.as_dict()
        self.batches.append(report.batch_id or 0)

    def sends(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        query = {} if method == "DELETE" else {"crs": CRS}
        options = {"content_type": kind, "query_string": query, "headers": {"If-Match": "*", **headers}}
        answer = self.client.open(f"/api/v1/{path}", method=method, json=json, **options)
        assert answer.status_code < 300, answer.text
        return answer.json

    def id_of(self, name: str) -> str:
        return next(each["id"] for each in self.shown() if each["name"] == name)

    def shown(self, **query: Any) -> list[dict[str, Any]]:
        """Give all buildings, in use and not, in pages of two, without the times that the test itself shifts."""
        found: list[dict[str, Any]] = []
        for status in ("in_use", "decommissioned"):
            asked = {"municipality": "999", "crs": CRS, "limit": 2, "sort": "-name", "status": status, **query}
            page = self.client.get("/api/v1/building", query_string=asked).json
            assert "items" in page, page
            while page:
                found += page["items"]
                page = page["next"] and self.client.get(page["next"]).json
        return [{name: value for name, value in each.items() if name != "changed_at"} for each in found]

    def exported(self, as_of: str | None) -> list[dict[str, str]]:
        path = self.folder / "out.csv"
        write_export(self.database, ExportRequest("999", "csv", ("building",), as_of=as_of), path)
        return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))

    def figures(self, as_of: str | None) -> dict[str, tuple[str, str]]:
        """Give of each exported building where it lies and what it is owed; numbers come as text."""
        return {each["name"]: (each["district_code"], each["repair_backlog_eur"]) for each in self.exported(as_of)}


@pytest.fixture
def days(database: Database, client_of: Callable[..., FlaskClient], tmp_path: Path) -> Days:
    return Days(database, client_of(Role.ADMIN, "999"), tmp_path)


def test_the_register_of_any_day_is_what_it_was_in_lists_single_assets_and_exports(
    days: Days, a_day_goes_by: Callable[[], None]
) -> None:
    ways: list[Callable[[], object]] = [
        lambda: days.imports(area("A", 384500), AREAS, "areas.geojson"),
        lambda: [days.sends("POST", "building", body(name, built_year=1970)) for name in ("one", "two", "three")],
        lambda: days.imports("id,name,area,built\n1,four,100,1960\n2,five,200,1970\n3,six,300,1980\n", BUILDINGS),
        lambda: value_municipality(days.database, ValuationRequest("999", 2026)),
        lambda: days.sends("PATCH", f"building/{days.id_of('two')}", {"owner": "x", "gross_floor_area_m2": 7.5}),
        lambda: days.sends("DELETE", f"building/{days.id_of('three')}"),
        lambda: days.imports("id,name,area,built\n1,four,111,1960\n2,V,200,1971\n", BUILDINGS),
        lambda: days.imports(area("A", 300000), AREAS, "areas.geojson"),
        lambda: days.sends("PUT", f"building/{days.id_of('four')}", body("IV", municipality_code="999")),
        lambda: undo_import(days.database, "999", days.batches[2], undone_by="u"),
        lambda: undo_import(days.database, "999", days.batches[1], undone_by="u"),
        lambda: value_municipality(days.database, ValuationRequest("999", 2030)),
    ]
    # So that nothing happens in the hour around midnight, whose day the clock of the test decides.
    today = datetime.datetime.now(ZoneInfo("Europe/Helsinki")).date()
    shown, exported = [], []
    for way in ways:
        way()
        shown.append(days.shown())
        exported.append(days.figures(None))
        a_day_goes_by()
    assert len({json.dumps([each, figures]) for each, figures in zip(shown, exported, strict=True)}) == len(ways)
    for number, (expected, figures) in enumerate(zip(shown, exported, strict=True)):
        day = (today - datetime.timedelta(days=len(ways) - number)).isoformat()
        assert days.shown(as_of=day) == expected, number
        assert days.figures(day) == figures, number
        for each in expected:
            one = days.client.get(f"/api/v1/assets/{each['id']}", query_string={"crs": CRS, "as_of": day}).json
            assert {name: one[name] for name in each} == each
    before = (today - datetime.timedelta(days=len(ways) + 1)).isoformat()
    assert days.shown(as_of=before) == []
    assert days.shown(as_of="2200-01-01") == days.shown()
    gone = days.client.get(f"/api/v1/assets/{shown[2][0]['id']}", query_string={"as_of": before})
    assert gone.status_code == 404


def test_filters_and_boxes_are_of_the_day_too(days: Days, a_day_goes_by: Callable[[], None]) -> None:
    made = days.sends("POST", "building", body("one", owner="city"))
    a_day_goes_by()
    elsewhere = {"type": "Point", "coordinates": [390000, 6680000]}
    days.sends("PATCH", f"building/{made['id']}", {"owner": "firm", "geometry": elsewhere})
    day = (datetime.datetime.now(ZoneInfo("Europe/Helsinki")).date() - datetime.timedelta(days=1)).isoformat()
    box = {"bbox": "385000,6671990,385020,6672010", "bbox-crs": CRS}
    for query in ({"q": "city"}, box):
        assert [each["owner"] for each in days.shown(as_of=day, **query)] == ["city"]
        assert days.shown(**query) == []


def test_of_a_day_one_municipality_is_read_and_only_by_who_may(
    days: Days, client_of: Callable[..., FlaskClient]
) -> None:
    national = client_of(Role.VIEWER)
    refused = national.get("/api/v1/assets?as_of=2026-01-01")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "municipality")
    assert client_of(Role.VIEWER, "091").get("/api/v1/assets?as_of=2026-01-01&municipality=999").status_code == 403
    assert days.client.get("/api/v1/assets?as_of=2026-02-30").status_code == 400
