"""OGC API Features Part 1, conformance class Core: the abstract tests of annex A.2, each named in its test."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

STANDARD = "http://www.opengis.net/spec/ogcapi-features-1/1.0"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
BUILDINGS = "/collections/building/items"
COLLECTIONS = ("building", "water_main", "valued_assets", "district", "service_area", "population_grid", "quay")
Get = Callable[..., Any]
Validate = Callable[[Any, str], None]


def test_http(get: Get) -> None:
    """/conf/core/http: HTTP 1.1, with the status codes of the standard for what is there, missing and wrong."""
    statuses = {path: get(path).status for path in ("/", "/no_such", "/collections/no_such/items", "?x=1")}
    assert list(statuses.values()) == [200, 404, 404, 400]
    assert get("/collections", method="HEAD").content == b""
    assert get("/collections", method="DELETE").status == 405


def test_root(get: Get, validate: Validate) -> None:
    """/conf/core/root-op, root-success: the landing page links to definition, conformance and data."""
    answer = get("/")
    assert answer.status == 200
    validate(answer.json, "landingPage")
    for rel in ("conformance", "data"):
        assert answer.links(rel)
    assert answer.links("service-desc") or answer.links("service-doc")


def test_api_definition(get: Get) -> None:
    """/conf/core/api-definition-op, api-definition-success: the definition is where the landing page says."""
    for rel in ("service-desc", "service-doc"):
        for link in get("/").links(rel):
            answer = get(link["href"], accept=link["type"])
            assert answer.status == 200
            assert answer.media_type == link["type"].partition(";")[0]


def test_conformance(get: Get, validate: Validate) -> None:
    """/conf/core/conformance-op, conformance-success: the classes are declared, Core among them, each once."""
    answer = get(get("/").links("conformance")[0]["href"])
    assert answer.status == 200
    validate(answer.json, "confClasses")
    classes = answer.json["conformsTo"]
    assert CORE in classes
    assert len(classes) == len(set(classes))


def test_feature_collections_metadata(get: Get, validate: Validate) -> None:
    """/conf/core/fc-md-op, fc-md-success, fc-md-links, fc-md-items, fc-md-items-links, fc-md-extent,
    fc-md-extent-multi: the collections, each with its links and its one extent in CRS84."""
    answer = get(get("/").links("data")[0]["href"])
    assert answer.status == 200
    validate(answer.json, "collections")
    assert answer.links("self")
    assert answer.links("alternate")
    for collection in answer.json["collections"]:
        items = [link for link in collection["links"] if link["rel"] == "items"]
        assert {"application/geo+json", "text/html"} <= {link["type"] for link in items}
        if "extent" in collection:
            spatial = collection["extent"]["spatial"]
            assert spatial["crs"] == CRS84
            ((west, south, east, north),) = spatial["bbox"]
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90


def test_feature_collection_metadata(get: Get, validate: Validate) -> None:
    """/conf/core/sfc-md-op, sfc-md-success: each collection by itself says what the list of collections says."""
    for listed in get("/collections").json["collections"]:
        answer = get(f"/collections/{listed['id']}")
        assert answer.status == 200
        validate(answer.json, "collection")
        own = {name: value for name, value in answer.json.items() if name != "links"}
        assert own == {name: value for name, value in listed.items() if name != "links"}
        assert {link["rel"] for link in listed["links"]} <= {link["rel"] for link in answer.json["links"]}


@pytest.mark.parametrize("name", COLLECTIONS[:-1])
def test_geometries_are_in_crs84(get: Get, name: str) -> None:
    """/conf/core/crs84: longitude and latitude, in and out, within the extent that the collection tells."""
    west, south, east, north = get(f"/collections/{name}").json["extent"]["spatial"]["bbox"][0]
    for feature in get(f"/collections/{name}/items?limit=50").json["features"]:
        if feature["geometry"]:
            longitude, latitude = _corner(feature)[:2]
            assert west - 1e-5 <= longitude <= east + 1e-5
            assert south - 1e-5 <= latitude <= north + 1e-5


@pytest.mark.parametrize("name", COLLECTIONS)
def test_features(get: Get, validate: Validate, name: str) -> None:
    """/conf/core/fc-op, fc-response, fc-links, fc-timeStamp, fc-numberMatched, fc-numberReturned."""
    answer = get(f"/collections/{name}/items?limit=20")
    assert answer.status == 200
    page = answer.json
    validate(page, "featureCollectionGeoJSON")
    assert answer.links("self")
    assert answer.links("alternate")
    assert all(link["type"] for link in page["links"])
    assert page["numberReturned"] == len(page["features"])
    assert page.get("numberMatched", page["numberReturned"]) >= page["numberReturned"]
    stamp = datetime.datetime.fromisoformat(page["timeStamp"])
    assert abs(datetime.datetime.now(datetime.UTC) - stamp) < datetime.timedelta(minutes=5)


def test_bbox(get: Get) -> None:
    """/conf/core/fc-bbox-definition, fc-bbox-response: just the features that touch the box, CRS84 by default."""
    everything = get(f"{BUILDINGS}?limit=500").json["features"]
    wests = sorted(_corner(each)[0] for each in everything if each["geometry"])
    middle = wests[len(wests) // 2]
    east = get(f"{BUILDINGS}?limit=500&bbox={middle},50,40,70").json["features"]
    assert east
    assert all(_furthest_east(each["geometry"]) >= middle - 1e-7 for each in east)
    explicit = get(f"{BUILDINGS}?limit=500&bbox={middle},50,40,70&bbox-crs={CRS84}").json["features"]
    with_heights = get(f"{BUILDINGS}?limit=500&bbox={middle},50,-100,40,70,9000").json["features"]
    assert explicit == with_heights == east
    assert get(f"{BUILDINGS}?bbox=170,-30,-170,-10").json["features"] == []


def _corner(feature: dict[str, Any]) -> list[float]:
    coordinates = feature["geometry"]["coordinates"]
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return list(coordinates)


def _furthest_east(geometry: dict[str, Any]) -> float:
    points = geometry["coordinates"][0] if geometry["type"] == "Polygon" else [geometry["coordinates"]]
    return max(point[0] for point in points)


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "24,61,25,60", "24,-95,25,60", "1,2,3,4,5,6,7"])
def test_bbox_that_is_none(get: Get, bbox: str) -> None:
    """/conf/core/query-param-invalid: on bbox, 400 with a problem that names it."""
    answer = get(f"{BUILDINGS}?bbox={bbox}")
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"] == "bbox"


@pytest.mark.parametrize(("limit", "returned"), [(1, 1), (10, 10), (10_000, 10_000), (1_000_000, 10_000)])
def test_limit(get: Get, limit: int, returned: int) -> None:
    """/conf/core/fc-limit-definition, fc-limit-response: never more than asked for, nor than the maximum."""
    assert len(get(f"{BUILDINGS}?limit={limit}").json["features"]) == returned


def test_limit_by_default(get: Get) -> None:
    """/conf/core/fc-limit-definition: the default is the one that the definition gives."""
    definition = get("/api").json
    assert get(BUILDINGS).json["numberReturned"] == definition["components"]["parameters"]["limit"]["schema"]["default"]


@pytest.mark.parametrize("limit", ["0", "-1", "x", ""])
def test_limit_that_is_none(get: Get, limit: str) -> None:
    """/conf/core/query-param-invalid: on limit."""
    assert get(f"{BUILDINGS}?limit={limit}").status == 400


@pytest.mark.parametrize(
    "when",
    [
        "2026-02-12T23:20:50Z",
        "2026-02-12T00:00:00Z/2026-03-18T12:31:12Z",
        "2026-02-12T00:00:00Z/..",
        "../2026-03-18T12:31:12Z",
        "2026-02-12T00:00:00Z/",
        "/2026-03-18T12:31:12Z",
    ],
)
def test_datetime(get: Get, when: str) -> None:
    """/conf/core/fc-time-definition, fc-time-response: every form is taken; features without a time match any."""
    assert get(f"{BUILDINGS}?limit=5&datetime={when}").json["features"] == get(f"{BUILDINGS}?limit=5").json["features"]


@pytest.mark.parametrize("when", ["yesterday", "2026-02-30", "2026-03-18T12:31:12Z/2026-02-12T00:00:00Z", "../.."])
def test_datetime_that_is_none(get: Get, when: str) -> None:
    """/conf/core/query-param-invalid: on datetime; an interval without any bound is allowed by none of its forms."""
    answer = get(f"{BUILDINGS}?datetime={when}")
    assert answer.status == (200 if when == "../.." else 400)


def test_filter_by_property(get: Get) -> None:
    """A property (recommended by Part 1) as a parameter selects by its value."""
    chosen = get("/collections/water_main/items?nominal_diameter_mm=150").json["features"]
    assert chosen
    assert {each["properties"]["nominal_diameter_mm"] for each in chosen} == {150}


@pytest.mark.parametrize("path", ["/", "/conformance", "/api", "/collections", "/collections/building", BUILDINGS])
def test_unknown_parameter(get: Get, path: str) -> None:
    """/conf/core/query-param-unknown: 400."""
    assert get(f"{path}?no_such_parameter=1").status == 400


def test_next_links(get: Get) -> None:
    """/conf/core/fc-links: `next` leads through every feature once, and is absent on the last page."""
    href, ids = "/collections/population_grid/items?limit=7", []
    while href:
        page = get(href)
        ids += [each["id"] for each in page.json["features"]]
        href = next((link["href"] for link in page.links("next")), "")
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.parametrize("name", COLLECTIONS[:-1])
def test_feature(get: Get, validate: Validate, name: str) -> None:
    """/conf/core/f-op, f-success, f-links: each feature by itself, as in its page, linked to its collection."""
    for listed in get(f"/collections/{name}/items?limit=3").json["features"]:
        answer = get(f"/collections/{name}/items/{listed['id']}")
        assert answer.status == 200
        validate(answer.json, "featureGeoJSON")
        assert {key: value for key, value in answer.json.items() if key != "links"} == listed
        assert answer.links("self")
        assert answer.links("alternate")
        assert answer.links("collection")[0]["href"].endswith(f"/collections/{name}")


def test_feature_that_is_not_there(get: Get, validate: Validate) -> None:
    """/conf/core/http: 404 with a problem document."""
    answer = get(f"{BUILDINGS}/091-99999999")
    assert answer.status == 404
    assert answer.media_type == "application/problem+json"
    validate(answer.json, "exception")
