"""OGC API Features Part 2, coordinate reference systems by reference: the abstract tests of annex A."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyproj import Transformer

Get = Callable[..., Any]
Validate = Callable[[Any, str], None]
STANDARD = "http://www.opengis.net/spec/ogcapi-features-2/1.0"
CLASS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
SCHEMA = "http://schemas.opengis.net/ogcapi/features/part2/1.0/openapi/schemas/collection.yaml"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SYSTEMS = [CRS84, *(f"{EPSG}{code}" for code in (4326, 3067, 3857, *range(3873, 3886)))]
ITEMS = "/collections/water_main/items"
FEATURE = f"{ITEMS}/091-20001"


def test_the_class_is_declared(get: Get) -> None:
    assert CLASS in get("/conformance").json["conformsTo"]


def test_lists_of_systems(get: Get, validate: Validate) -> None:
    """/conf/crs/crs-uri, default-crs: URIs of systems, CRS84 among them and first."""
    for collection in get("/collections").json["collections"]:
        validate(collection, SCHEMA)
        assert collection["crs"][0] == CRS84
        assert set(collection["crs"]) == set(SYSTEMS)
        assert all(uri.startswith("http://www.opengis.net/def/crs/") for uri in collection["crs"])


def test_storage_system(get: Get) -> None:
    """/conf/crs/storageCrs: one of the list, given back without a loss."""
    for collection in get("/collections").json["collections"]:
        assert collection["storageCrs"] in collection["crs"]
    assert get(f"{FEATURE}?crs={EPSG}3067").json["geometry"]["coordinates"][0] == [385001, 6672000, 1]


@pytest.mark.parametrize("uri", SYSTEMS)
@pytest.mark.parametrize("path", [FEATURE, ITEMS])
def test_answers_in_each_system(get: Get, path: str, uri: str) -> None:
    """/conf/crs/crs-parameter, crs-parameter-transform: header and axes as the system declares them."""
    answer = get(f"{path}?crs={uri}")
    assert answer.headers["Content-Crs"] == f"<{uri}>"
    feature = answer.json if path == FEATURE else answer.json["features"][0]
    first, second = feature["geometry"]["coordinates"][0][:2]
    authority = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
    # always_xy is off: pyproj gives the axes in the order of the authority.
    expected = Transformer.from_crs("EPSG:3067", authority).transform(385001, 6672000)
    tolerance = 1e-7 if abs(expected[0]) < 180 else 0.01
    assert (first, second) == pytest.approx(expected, abs=tolerance)


def test_the_default_system(get: Get) -> None:
    """/conf/crs/crs-parameter-default: without `crs`, coordinates are in CRS84 and the header says so."""
    plain, explicit = get(ITEMS), get(f"{ITEMS}?crs={CRS84}")
    assert plain.headers["Content-Crs"] == explicit.headers["Content-Crs"] == f"<{CRS84}>"
    assert plain.json["features"] == explicit.json["features"]


@pytest.mark.parametrize("name", ["crs", "bbox-crs"])
@pytest.mark.parametrize("value", [f"{EPSG}99999", "nonsense", "", f"{EPSG}3133"])
def test_systems_that_are_not_served(get: Get, name: str, value: str) -> None:
    """/conf/crs/crs-parameter-invalid, bbox-crs-parameter-invalid: 400."""
    answer = get(f"{ITEMS}?bbox=24,60,25,61&{name}={value}")
    assert answer.status == 400
    assert name in [fault["pointer"] for fault in answer.json["errors"]]


@pytest.mark.parametrize("uri", SYSTEMS)
def test_boxes_in_each_system(get: Get, uri: str) -> None:
    """/conf/crs/bbox-crs-parameter: the same box in any system selects the same features."""
    authority = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
    transformer = Transformer.from_crs("EPSG:3067", authority)
    box = transformer.transform_bounds(384990, 6671990, 385021, 6672010)
    margin = 1e-6 if uri in (CRS84, f"{EPSG}4326") else 0.1
    sides = [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin]
    found = get(f"{ITEMS}?bbox={','.join(map(str, sides))}&bbox-crs={uri}").json["features"]
    assert {f"091-{20000 + n}" for n in range(1, 20)} <= {each["id"] for each in found}
    assert "091-20025" not in {each["id"] for each in found}


def test_the_default_system_of_boxes(get: Get) -> None:
    """/conf/crs/bbox-crs-parameter-default: CRS84, whatever the system of the answer."""
    box = "24.9,60.1,25,60.2"
    in_tm35 = get(f"{ITEMS}?bbox={box}&crs={EPSG}3067").json["features"]
    assert [each["id"] for each in in_tm35] == [each["id"] for each in get(f"{ITEMS}?bbox={box}").json["features"]]
    assert in_tm35


def test_links_keep_the_system(get: Get) -> None:
    """/conf/crs/crs-parameter: the page that `next` leads to is in the same system."""
    page = get(f"{ITEMS}?limit=5&crs={EPSG}3067")
    assert get(page.links("next")[0]["href"]).headers["Content-Crs"] == f"<{EPSG}3067>"
