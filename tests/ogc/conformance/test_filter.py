"""OGC API Features Part 3, filtering, and CQL2 as it arrives over HTTP: requirements of Part 3, each named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Get = Callable[..., Any]
PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TM35FIN = "http://www.opengis.net/def/crs/EPSG/0/3067"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ITEMS = "/collections/water_main/items"
WRITTEN_AS_TEXT = "nominal_diameter_mm%20%3E%20150"
WRITTEN_AS_JSON = json.dumps({"op": ">", "args": [{"property": "nominal_diameter_mm"}, 150]}, separators=(",", ":"))
EVERYTHING = 25


@pytest.fixture(autouse=True)
def _is_declared(get: Get) -> None:
    declared = set(get("/conformance").json["conformsTo"])
    assert {f"{PART_3}{name}" for name in ("queryables", "filter", "features-filter")} <= declared
    assert {f"{CQL2}{name}" for name in ("cql2-text", "cql2-json", "basic-cql2")} <= declared


def found(get: Get, query: str) -> list[dict[str, Any]]:
    answer = get(f"{ITEMS}?{query}")
    assert answer.status == 200, answer.content
    return list(answer.json["features"])


def test_queryables(get: Get) -> None:
    """/req/queryables/queryables-link, queryables-response: a JSON Schema that the collection links to."""
    for collection in get("/collections").json["collections"]:
        (link, *_) = [link for link in collection["links"] if link["rel"] == QUERYABLES]
        answer = get(link["href"], accept="application/schema+json")
        assert answer.status == 200
        assert answer.media_type == "application/schema+json"
        schema = answer.json
        assert schema["$schema"] in {
            "https://json-schema.org/draft/2020-12/schema",
            "https://json-schema.org/draft/2019-09/schema",
        }
        assert schema["$id"] == link["href"].partition("?")[0]
        assert schema["type"] == "object"
        assert all("type" in each or "format" in each for each in schema["properties"].values())


def test_queryables_are_query_parameters(get: Get) -> None:
    """/req/queryables-query-parameters/parameters: those of simple types can be given as name=value."""
    queryables = get("/collections/water_main/queryables").json["properties"]
    (first, *_) = found(get, "limit=1")
    for name in queryables.keys() & first["properties"].keys():
        value = first["properties"][name]
        if isinstance(value, str | int | float):
            written = str(value).lower() if isinstance(value, bool) else value
            assert first["id"] in [each["id"] for each in found(get, f"{name}={written}")], name


@pytest.mark.parametrize("query", [f"filter={WRITTEN_AS_TEXT}", f"filter={WRITTEN_AS_TEXT}&filter-lang=cql2-text"])
def test_filter_as_text(get: Get, query: str) -> None:
    """/req/filter/filter-param, filter-lang-param, /req/features-filter/filter-param; cql2-text is the default."""
    chosen = found(get, query)
    assert 0 < len(chosen) < EVERYTHING
    assert all(each["properties"]["nominal_diameter_mm"] > 150 for each in chosen)
    left = found(get, f"filter=NOT%20({WRITTEN_AS_TEXT})")
    assert len(chosen) + len(left) == EVERYTHING


def test_filter_as_json(get: Get) -> None:
    """/req/filter/filter-lang-param: the same filter as cql2-json selects the same."""
    as_json = found(get, f"filter-lang=cql2-json&filter={WRITTEN_AS_JSON}")
    assert as_json == found(get, f"filter={WRITTEN_AS_TEXT}")


def test_filter_crs(get: Get) -> None:
    """/req/filter/filter-crs-wgs84, filter-crs-param: CRS84 unless another system is named."""
    box = "BBOX(384990,6671990,385012.5,6672010)"
    in_tm35 = found(get, f"filter=S_INTERSECTS(geometry,{box})&filter-crs={TM35FIN}")
    assert [each["id"] for each in in_tm35] == [f"091-{20000 + n}" for n in range(1, 13)]
    degrees = "BBOX(24.9,60.1,25,60.2)"
    assert found(get, f"filter=S_INTERSECTS(geometry,{degrees})") == found(
        get, f"filter=S_INTERSECTS(geometry,{degrees})&filter-crs={CRS84}"
    )
    assert get(f"{ITEMS}?filter=S_INTERSECTS(geometry,{degrees})&filter-crs=nonsense").status == 400


def test_filter_and_other_parameters(get: Get) -> None:
    """/req/filter/mixing-expressions: all conditions hold, with bbox, datetime and properties as parameters."""
    bbox = "bbox=24.9,60.1,25,60.2&datetime=2026-01-01T00:00:00Z/.."
    assert found(get, f"{bbox}&filter={WRITTEN_AS_TEXT}") == found(get, f"filter={WRITTEN_AS_TEXT}")
    assert found(get, f"nominal_diameter_mm=150&filter={WRITTEN_AS_TEXT}") == []
    assert found(get, f"bbox=0,0,1,1&filter={WRITTEN_AS_TEXT}") == []


def test_filter_holds_on_the_next_page(get: Get) -> None:
    """/req/features-filter/filter-response: every page holds just the features that meet the filter."""
    href, ids = f"{ITEMS}?limit=3&filter={WRITTEN_AS_TEXT}", []
    while href:
        page = get(href)
        ids += [each["id"] for each in page.json["features"]]
        href = next((link["href"] for link in page.links("next")), "")
    assert ids == [each["id"] for each in found(get, f"filter={WRITTEN_AS_TEXT}")]


@pytest.mark.parametrize(
    "query",
    [
        "filter=no_such_property%20%3D%201",
        "filter=nominal_diameter_mm%20%3D%20'wide'",
        "filter=nominal_diameter_mm%20%3D",
        "filter=",
        "filter=nominal_diameter_mm%3D1&filter-lang=ecql",
        "filter=%7B%7D&filter-lang=cql2-json",
        "filter=no_such_function(nominal_diameter_mm)%3D1",
    ],
)
def test_filters_that_are_none(get: Get, query: str) -> None:
    """/req/filter/expression-construction, /req/queryables/…additionalProperties: 400 with a problem that says why."""
    answer = get(f"{ITEMS}?{query}")
    assert answer.status == 400
    assert answer.media_type == "application/problem+json"
    assert answer.json["errors"]
