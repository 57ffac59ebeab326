"""Features: their properties, their coordinates, and the filters of Core."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from gis.crs import SERVED_CRS, TM35FIN, Crs
from gis.projection import reproject

BUILDINGS = 10_550
RETIRED = {"091-5", "091-6", "091-7"}
ITEMS = "/ogc/collections/{}/items"


def features(client: FlaskClient, collection: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(ITEMS.format(collection) + "?limit=10000&" + query)
    assert answer.status_code == 200, answer.text
    assert answer.json["numberReturned"] == len(answer.json["features"])
    return answer.json["features"]


def ids(client: FlaskClient, collection: str, query: str = "") -> list[str]:
    return [feature["id"] for feature in features(client, collection, query)]


def test_a_feature_has_the_id_that_the_asset_has_everywhere_and_every_property(client: FlaskClient) -> None:
    feature = client.get(ITEMS.format("building") + "/091-10").json
    assert feature["type"] == "Feature"
    assert feature["id"] == "091-10"
    properties = feature["properties"]
    assert properties["municipality_code"] == "091"
    assert properties["gross_floor_area_m2"] == 110.5
    assert properties["replacement_cost_eur"] == 10001.0
    assert properties["is_protected"] is False
    assert properties["built_year"] is None
    assert properties["address"] is None


def test_a_feature_is_read_on_condition_of_its_version(client: FlaskClient) -> None:
    path = ITEMS.format("building") + "/091-10"
    tag = client.get(path).headers["ETag"]
    for condition, status in (({"If-Match": tag}, 200), ({"If-Match": "*"}, 200), ({"If-None-Match": tag}, 304)):
        assert client.get(path, headers=condition).status_code == status
    refused = client.get(path, headers={"If-Match": '"another"'})
    assert (refused.status_code, refused.content_type) == (412, "application/problem+json")
    assert refused.headers["ETag"] == tag


def test_text_of_any_kind_arrives_as_it_was_stored(client: FlaskClient) -> None:
    assert client.get(ITEMS.format("building") + "/091-1").json["properties"]["name"] == 'Säästö "Åland" \\ & <talo>'


def test_the_figures_are_those_of_the_newest_finished_valuation(client: FlaskClient) -> None:
    properties = client.get(ITEMS.format("building") + "/091-100").json["properties"]
    assert properties["condition_index"] == 0.5
    assert properties["condition_basis"] == "age"
    assert properties["repair_backlog_eur"] == 10002
    assert properties["needed_backlog_eur"] + properties["avoidable_backlog_eur"] == properties["repair_backlog_eur"]


def test_an_asset_that_was_never_valued_has_no_figures_but_is_there(client: FlaskClient) -> None:
    for feature_id in ("091-1", "837-10501"):
        properties = client.get(ITEMS.format("building") + f"/{feature_id}").json["properties"]
        assert properties["condition_index"] is None
        assert properties["repair_backlog_eur"] is None


def test_all_assets_with_their_figures_are_one_collection(client: FlaskClient) -> None:
    found = {each["id"]: each["properties"] for each in features(client, "valued_assets", "asset_class=water_main")}
    assert len(found) == 25
    building = client.get(ITEMS.format("valued_assets") + "/091-100").json["properties"]
    assert building["asset_class"] == "building"
    assert building["repair_backlog_eur"] == 10002


def test_a_retired_asset_is_left_out_unless_asked_for_but_keeps_its_address(client: FlaskClient) -> None:
    assert not RETIRED & set(ids(client, "building", "municipality=091&storeys=5"))
    assert set(ids(client, "building", "status=decommissioned")) == RETIRED
    assert client.get(ITEMS.format("building") + "/091-5").status_code == 200


def test_a_feature_without_a_place_is_listed_and_lies_in_no_box(client: FlaskClient) -> None:
    assert client.get(ITEMS.format("building") + "/091-8").json["geometry"] is None
    assert "091-8" in ids(client, "building", "name=Talo 8")
    assert ids(client, "building", "name=Talo 8&bbox=19,59,32,71") == []


@pytest.mark.parametrize("crs", SERVED_CRS.values(), ids=SERVED_CRS)
def test_coordinates_come_in_the_system_asked_for_axes_as_it_says_heights_kept(client: FlaskClient, crs: Crs) -> None:
    start = reproject(shapely.Point(385001, 6672000), TM35FIN, crs, target_axes_as_declared=True)
    for path in ("/091-20001?crs=", "?limit=1&crs="):
        answer = client.get(ITEMS.format("water_main") + path + crs.uri)
        assert answer.headers["Content-Crs"] == f"<{crs.uri}>"
        geometry = answer.json.get("features", [answer.json])[0]["geometry"]
        first, second, height = geometry["coordinates"][0]
        assert (first, second) == pytest.approx(start.coords[0], rel=0, abs=2e-8 if crs.geographic else 2e-3)
        assert height == 1
        assert "crs" not in geometry


def test_without_a_system_asked_for_coordinates_are_longitude_and_latitude(client: FlaskClient) -> None:
    answer = client.get(ITEMS.format("water_main") + "?limit=1")
    assert answer.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert answer.headers["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("crs", SERVED_CRS.values(), ids=SERVED_CRS)
def test_a_box_selects_the_same_in_every_system_and_none_beyond_it(client: FlaskClient, crs: Crs) -> None:
    metre = 1e-5 if crs.geographic else 1
    feature = client.get(ITEMS.format("water_main") + f"/091-20010?crs={crs.uri}").json
    (a, b, _), (c, d, _) = feature["geometry"]["coordinates"]
    low, high = (min(a, c) - metre, min(b, d) - metre), (max(a, c) + metre, max(b, d) + metre)
    box = f"bbox={low[0]},{low[1]},{high[0]},{high[1]}&bbox-crs={crs.uri}"
    assert "091-20010" in ids(client, "water_main", box)
    beyond = f"bbox={low[0] + 200 * metre},{low[1] + 200 * metre},{high[0] + 200 * metre},{high[1] + 200 * metre}"
    assert ids(client, "water_main", f"{beyond}&bbox-crs={crs.uri}") == []


def test_the_box_is_read_in_crs84_whatever_system_the_answer_is_in(client: FlaskClient) -> None:
    query = "bbox=24.9274,60.1686,24.92748,60.1687&crs=http://www.opengis.net/def/crs/EPSG/0/3067"
    assert ids(client, "water_main", query) == ["091-20001"]


def test_a_box_selects_shapes_not_their_boxes(client: FlaskClient) -> None:
    box = "bbox-crs=EPSG:3067&bbox=383999,6671000,384500,6671001"
    assert ids(client, "district", box) == ["091-10", "091-20-A", "091-30/1 ä"]
    assert ids(client, "district", box.replace("383999", "384001")) == []


def test_heights_of_the_box_leave_out_what_lies_above_and_below(client: FlaskClient) -> None:
    box = "bbox-crs=EPSG:3067&bbox=384000,6671000,{},386000,6673000,{}"
    assert ids(client, "water_main", box.format(3, 4.2)) == ["091-20003", "091-20004"]
    assert len(ids(client, "water_main", box.format(-100, 100))) == 25


def test_what_has_no_height_is_not_left_out_for_it(client: FlaskClient) -> None:
    box = "bbox-crs=EPSG:3067&bbox=380000,6670000,50,380050,6670050,60"
    assert ids(client, "building", box) == ["091-1", "091-100", "091-101"]
    assert ids(client, "district", box)


def test_a_box_across_the_antimeridian_is_understood(client: FlaskClient) -> None:
    assert len(ids(client, "water_main", "bbox=24,-90,-170,90")) == 25
    assert ids(client, "water_main", "bbox=26,-90,-170,90") == []


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("storeys=3", lambda each: each["storeys"] == 3),
        ("energy_class=C", lambda each: each["energy_class"] == "C"),
        ("is_protected=true", lambda each: each["is_protected"] is True),
        ("built_year=1977", lambda each: each["built_year"] == 1977),
        ("volume_m3=325", lambda each: each["volume_m3"] == 325),
        ("replacement_cost_eur=10001.0", lambda each: each["replacement_cost_eur"] == 10001),
        ("condition_basis=assessed", lambda each: each["condition_basis"] == "assessed"),
        ("condition_index=0.5&storeys=2", lambda each: each["condition_index"] == 0.5 and each["storeys"] == 2),
        ("municipality=837", lambda each: each["municipality_code"] == "837"),
        ("municipality_code=837&energy_class=C", lambda each: each["municipality_code"] == "837"),
    ],
)
def test_a_property_selects_those_that_have_the_value(client: FlaskClient, query: str, holds: Any) -> None:
    everything = [each for page in pages(client) for each in page]
    expected = [each["id"] for each in everything if holds(each["properties"])]
    found = ids(client, "building", query)
    if query.endswith("energy_class=C"):
        expected = [each for each in expected if int(each[4:]) % 3 == 0]
    assert found == expected
    assert found


def pages(client: FlaskClient) -> list[list[dict[str, Any]]]:
    href, found = ITEMS.format("building") + "?limit=10000", []
    while href:
        page = client.get(href).json
        found.append(page["features"])
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    return found


@pytest.mark.parametrize("query", ["name=no", "storeys=99999", "storeys=-9223372036854775808", "volume_m3=1e300"])
def test_a_value_that_nothing_has_selects_nothing(client: FlaskClient, query: str) -> None:
    assert ids(client, "building", query) == []


def test_what_looks_like_sql_is_a_value_like_any_other(client: FlaskClient) -> None:
    assert ids(client, "building", "name=' OR 1=1 --") == []
    assert ids(client, "building", "name=%25") == []


@pytest.mark.parametrize(
    "instant",
    ["2026-01-01", "2026-01-01t00:00:00.5z", "2026-01-01T00:00:00+02:00/..", "../2026-01-01"],
)
def test_a_time_has_no_effect_as_no_feature_has_one(client: FlaskClient, instant: str) -> None:
    assert len(ids(client, "water_main", "datetime=" + instant.replace("+", "%2B"))) == 25


def test_areas_have_ids_of_their_whole_key_that_survive_an_address(client: FlaskClient) -> None:
    assert ids(client, "service_area") == ["091-basic_education~north", "091-basic_education~south"]
    assert client.get(ITEMS.format("service_area") + "/091-basic_education~south").json["geometry"] is None
    for feature in features(client, "district"):
        again = client.get(ITEMS.format("district") + "/" + feature["id"])
        assert again.json["properties"] == feature["properties"]
    assert len(ids(client, "population_grid")) == 30


@pytest.mark.parametrize(
    "feature_id",
    [
        "091-99999999",
        "091-010",
        "091-1.0",
        "091-",
        "091",
        "-1",
        "91-1",
        "837-1",
        "abc-1",
        "091-" + "9" * 40,
        "091-%00",
        "091-1~2",
    ],
)
def test_an_id_that_no_feature_has_is_not_found(client: FlaskClient, feature_id: str) -> None:
    answer = client.get(ITEMS.format("building") + "/" + feature_id)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_asset_of_another_class_is_not_found_here(client: FlaskClient) -> None:
    assert client.get(ITEMS.format("water_main") + "/091-1").status_code == 404


def test_a_page_for_people_shows_the_same_features_as_a_table(client: FlaskClient) -> None:
    page = client.get(ITEMS.format("building") + "?limit=3&f=html").text
    assert "Säästö &#34;Åland&#34; \\ &amp; &lt;talo&gt;" in page
    assert page.count("<tr>") == 4
    assert 'rel="next"' in page
