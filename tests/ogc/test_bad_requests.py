"""Requests that cannot be carried out: a problem that names every fault, never a stack trace."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.ogc.items_parameters import ITEMS_PARAMETERS

BUILDINGS = "/ogc/collections/building/items"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=24,60,NaN,61", "bbox"),
        ("bbox=24,61,25,60", "bbox"),
        ("bbox=24,60,25,61,26", "bbox"),
        ("bbox=24,60,25,61&bbox=24,60,25,61", "bbox"),
        ("bbox=385000,6672000,386000,6673000", "bbox"),
        ("bbox=24,60,25,61&bbox-crs=EPSG:99999", "bbox-crs"),
        ("bbox-crs=", "bbox-crs"),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/3133", "crs"),
        ("crs=x", "crs"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("limit=1e3", "limit"),
        ("limit=%D9%A3", "limit"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2026-13-01", "datetime"),
        ("datetime=2026-01-01T00:00:00", "datetime"),
        ("datetime=2026-02-01/2026-01-01", "datetime"),
        ("datetime=..", "datetime"),
        ("datetime=2026-W01-1", "datetime"),
        ("datetime=20260101", "datetime"),
        ("datetime=a/b/c", "datetime"),
        ("datetime=", "datetime"),
        ("storeys=three", "storeys"),
        ("storeys=1_0", "storeys"),
        ("storeys=1.5", "storeys"),
        ("storeys=99999999999999999999", "storeys"),
        ("volume_m3=inf", "volume_m3"),
        ("is_protected=yes", "is_protected"),
        ("energy_class=H", "energy_class"),
        ("condition_basis=guess", "condition_basis"),
        ("name=%00", "name"),
        ("municipality=91", "municipality"),
        ("municipality=Helsinki", "municipality"),
        ("volume_m3=%D9%A3", "volume_m3"),
        ("volume_m3=+1+", "volume_m3"),
        ("offset=10", "offset"),
        ("Limit=10", "Limit"),
        ("f=shp", "f"),
    ],
)
def test_a_malformed_parameter_is_refused_by_its_name(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"{BUILDINGS}?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {fault["pointer"] for fault in answer.json["errors"]} == {parameter}
    assert answer.json["errors"][0]["detail"]


def test_no_feature_lies_in_two_municipalities(client: FlaskClient) -> None:
    assert client.get(f"{BUILDINGS}?municipality=091").json["features"]
    assert client.get(f"{BUILDINGS}?municipality=091&municipality_code=091").json["features"]
    assert client.get(f"{BUILDINGS}?municipality=091&municipality_code=837").json["features"] == []
    assert client.get(f"{BUILDINGS}?municipality=091&municipality_code=837&f=csv").text.count("\n") == 1


def test_a_number_outside_a_property_s_limits_is_a_question_without_an_answer(client: FlaskClient) -> None:
    assert client.get(f"{BUILDINGS}?volume_m3=-1&storeys=-9223372036854775808").json["features"] == []


def test_every_fault_is_told_at_once(client: FlaskClient) -> None:
    answer = client.get(f"{BUILDINGS}?bbox=x,1,2,y&limit=0&crs=no&storeys=many&nonsense=1&datetime=never&f=shp")
    pointers = [fault["pointer"] for fault in answer.json["errors"]]
    assert sorted(set(pointers)) == ["bbox", "crs", "datetime", "f", "limit", "nonsense", "storeys"]
    assert pointers.count("bbox") == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*ITEMS_PARAMETERS, "storeys", "name", "x"]), st.text(max_size=30), max_size=4))
def test_no_query_does_worse_than_being_refused(client: FlaskClient, query: dict[str, str]) -> None:
    assert client.get("/ogc/collections/water_main/items", query_string=query).status_code in (200, 400, 403)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_no_id_does_worse_than_not_being_found(client: FlaskClient, feature_id: str) -> None:
    path = "/ogc/collections/district/items/" + feature_id.replace("?", "%3F").replace("#", "%23")
    assert client.get(path).status_code in (200, 308, 404)
