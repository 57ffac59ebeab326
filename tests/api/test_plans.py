"""What planners rely on: needs by area and year, parameters by date, and the statistics behind them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.database import Database

AREA = {
    "municipality_code": "901",
    "service_code": "basic_education",
    "area_code": "north",
    "population_area_code": "all",
    "name_fi": "Pohjoinen",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]],
    },
}
NEED = {
    "municipality_code": "901",
    "service_code": "basic_education",
    "area_code": "north",
    "scenario": "base",
    "year": 2030,
    "service_need": 412.5,
}
NEED_PATH = "/api/v1/service-needs/901/basic_education/north/base/2030"
PARAMETER = {
    "name": "service_life_years",
    "municipality_code": "901",
    "asset_class": "quay",
    "valid_from": "2024-01-01",
    "value": 50,
    "source_id": "council 2024",
    "source_title": "Decision of the council",
}


@pytest.fixture(scope="module", autouse=True)
def area(planner: Any) -> None:
    answer = planner("POST", "/api/v1/service-areas", json=AREA)
    assert answer.status_code == 201, answer.text


def faults(answer: Any, status: int = 422) -> set[str]:
    assert answer.status_code == status, answer.text
    return {fault["pointer"] for fault in answer.json["errors"]}


def test_a_service_area_is_listed_with_its_geometry(planner: Any) -> None:
    items = planner("GET", "/api/v1/service-areas?service=basic_education").json["items"]
    assert [each["area_code"] for each in items] == ["north"]
    assert items[0]["geometry"]["type"] == "MultiPolygon"
    assert items[0]["geometry"]["coordinates"][0][0][0] == pytest.approx([24.9, 60.1])
    in_metres = planner("GET", "/api/v1/service-areas?crs=EPSG:3067").json["items"][0]
    assert in_metres["geometry"]["coordinates"][0][0][0][0] > 380_000


def test_a_faulty_service_area_is_refused_with_every_fault(planner: Any, admin: Any) -> None:
    assert planner("POST", "/api/v1/service-areas", json=AREA).status_code == 409
    body = {**AREA, "service_code": "magic", "parent_area_code": "nowhere", "municipality_code": "997"}
    pointers = {"/service_code", "/parent_area_code", "/municipality_code"}
    assert faults(admin("POST", "/api/v1/service-areas", json=body)) == pointers
    body = {**AREA, "geometry": {"type": "Point", "coordinates": [25, 60]}, "name_fi": 5}
    assert faults(planner("POST", "/api/v1/service-areas", json=body)) == {"/geometry/type", "/name_fi"}


def test_a_service_need_is_added_replaced_and_never_overwritten_unseen(planner: Any) -> None:
    answer = planner("POST", "/api/v1/service-needs", json=NEED)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith(NEED_PATH)
    assert planner("POST", "/api/v1/service-needs", json=NEED).status_code == 409
    assert planner("PUT", NEED_PATH, json={"service_need": 1}).status_code == 428
    etag = planner("GET", NEED_PATH).headers["ETag"]
    assert etag == answer.headers["ETag"]
    replaced = planner("PUT", NEED_PATH, json={"service_need": 430}, headers={"If-Match": etag})
    assert replaced.json["service_need"] == 430
    stale = planner("PUT", NEED_PATH, json={"service_need": 440}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert planner("GET", NEED_PATH, headers={"If-None-Match": replaced.headers["ETag"]}).status_code == 304
    new = planner("PUT", NEED_PATH.replace("2030", "2031"), json={"service_need": 5, "note": "arvio"})
    assert (new.status_code, new.json["note"]) == (200, "arvio")
    years = [each["year"] for each in planner("GET", "/api/v1/service-needs?year_from=2031").json["items"]]
    assert years == [2031]


def test_a_need_of_an_unknown_area_is_refused(planner: Any) -> None:
    assert faults(planner("POST", "/api/v1/service-needs", json={**NEED, "area_code": "x"})) == {"/area_code"}
    faulty = {**NEED, "service_need": -1, "year": 3000}
    assert faults(planner("POST", "/api/v1/service-needs", json=faulty)) == {"/service_need", "/year"}
    assert planner("GET", NEED_PATH.replace("north", "south")).status_code == 404
    assert planner("GET", NEED_PATH.replace("2030", "99999")).status_code == 404


def test_a_new_value_of_a_parameter_closes_the_one_before(planner: Any) -> None:
    first = planner("POST", "/api/v1/parameters", json=PARAMETER)
    assert first.status_code == 201, first.text
    assert (first.json["valid_to"], first.json["asset_class"]) == (None, "quay")
    second = planner("POST", "/api/v1/parameters", json={**PARAMETER, "valid_from": "2026-01-01", "value": 60})
    assert second.status_code == 201, second.text

    def values(day: str) -> list[float]:
        query = f"name=service_life_years&class=quay&municipality=901&valid_on={day}"
        items = planner("GET", f"/api/v1/parameters?{query}").json["items"]
        return [each["value"] for each in items if each["municipality_code"] == "901"]

    assert [values("2023-12-31"), values("2025-12-31"), values("2026-01-01")] == [[], [50.0], [60.0]]
    overlapping = planner("POST", "/api/v1/parameters", json={**PARAMETER, "valid_from": "2025-01-01"})
    assert overlapping.status_code == 409
    assert overlapping.json["type"] == "urn:kuntokanta:problem:overlapping-validity"
    assert values("2025-12-31") == [50.0]


def test_a_faulty_parameter_value_is_refused_with_every_fault(planner: Any) -> None:
    def post(**changes: Any) -> set[str]:
        return faults(planner("POST", "/api/v1/parameters", json={**PARAMETER, **changes}))

    assert post(name="horoscope", source_id="nowhere", source_title=None) == {"/name", "/source_id"}
    assert post(value=-5) == {"/value"}
    assert post(value=None) == {"/value"}
    assert post(code="x") == {"/value"}
    assert post(asset_class="ship", valid_from="soon", value="x") == {"/asset_class", "/valid_from", "/value"}


def test_national_parameters_are_listed_with_unit_and_source(planner: Any) -> None:
    items = planner("GET", "/api/v1/parameters?name=service_life_years&limit=1000").json["items"]
    assert items
    assert all(each["unit"] and each["source_id"] for each in items)


def test_services_and_municipalities_are_listed(planner: Any) -> None:
    services = planner("GET", "/api/v1/services").json["items"]
    assert "basic_education" in [each["service_code"] for each in services]
    page = planner("GET", "/api/v1/municipalities?limit=2")
    assert len(page.json["items"]) == 2
    assert page.json["next"]


def test_forecasts_and_budgets_are_filtered(planner: Any, module_database: Database) -> None:
    with module_database.writing() as session:
        session.execute(
            text(
                "INSERT INTO population_forecast (municipality_code, area_code, scenario, year, age, population,"
                " is_open_age) SELECT '901', 'all', 'base', year, age, age * 10, false"
                " FROM generate_series(2025, 2030) year, generate_series(0, 20) age"
            )
        )
        session.execute(text("INSERT INTO budget VALUES ('901', 2026, 1, 1500000.5), ('901', 2027, 10, 2)"))
    path = "/api/v1/population-forecasts?area=all&scenario=base&age=7&year_from=2026&year_to=2028"
    items = planner("GET", path).json["items"]
    assert [(each["year"], each["population"]) for each in items] == [(2026, 70.0), (2027, 70.0), (2028, 70.0)]
    budgets = planner("GET", "/api/v1/budgets?class=building")
    assert '"amount_eur":1500000.50' in budgets.text
    assert [each["asset_class"] for each in budgets.json["items"]] == ["building"]


def test_a_budget_is_added_and_never_overwritten_unseen(planner: Any, engineer: Any) -> None:
    path = "/api/v1/budgets/901/2040/bridge"
    assert planner("GET", path).status_code == 404
    answer = planner("PUT", path, json={"amount_eur": 1000.005})
    assert (answer.status_code, answer.json["amount_eur"]) == (200, 1000.0)
    assert planner("PUT", path, json={"amount_eur": 1}).status_code == 428
    assert planner("PUT", path, json={"amount_eur": 1}, headers={"If-Match": '"x"'}).status_code == 412
    etag = planner("GET", path).headers["ETag"]
    assert planner("PUT", path, json={"amount_eur": 2}, headers={"If-Match": etag}).json["amount_eur"] == 2
    assert planner("PUT", path, json={"amount_eur": -2}, headers={"If-Match": "*"}).status_code == 422
    assert engineer("PUT", path, json={"amount_eur": 2}, headers={"If-Match": "*"}).status_code == 403
    assert planner("PUT", path.replace("bridge", "ship"), json={"amount_eur": 1}).status_code == 404


def test_scales_and_sources_can_be_looked_up(planner: Any) -> None:
    points = planner("GET", "/api/v1/condition-scales?limit=1000").json["items"]
    assert {"scale_code": "fi_1_5", "value_given": "5", "condition_index": 1.0}.items() <= next(
        each for each in points if (each["scale_code"], each["value_given"]) == ("fi_1_5", "5")
    ).items()
    assert planner("GET", "/api/v1/sources").json["items"][0]["title"]
