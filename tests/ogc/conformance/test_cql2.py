"""CQL2: the abstract tests of its annex, each predicate on each queryable, as text and as JSON.

The annex has further tests on the countries and rivers of Natural Earth, which no register of assets holds; in their
place stand predicates on the register of these tests, judged beside the features by Python or Shapely. More of them
are in `test_cql2_classes.py`, `test_cql2_spatial.py` and `test_cql2_random.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import quote

import cql2
import pytest
import shapely

STANDARD = "http://www.opengis.net/spec/cql2/1.0"
Get = Callable[..., Any]
COLLECTIONS = ("building", "water_main", "district", "population_grid")
VALUES = {"string": "'foo'", "boolean": "true", "number": "3.14", "integer": "1"}
WORLD, WORLD_POLYGON = "BBOX(-180,-90,180,90)", "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
LINE, POINT, POINTS, NOWHERE = "LINESTRING(7 50,10 51)", "POINT(7.02 49.92)", "MULTIPOINT(7 50,10 51)", "POINT(90 180)"
Ids = set[str]
Ask = Callable[[str, str], Ids]
BOTH = pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
EACH = pytest.mark.parametrize("collection", COLLECTIONS)


def page_of(get: Get, collection: str, text: str, language: str) -> Any:
    written = text if language == "cql2-text" else json.dumps(cql2.parse_text(text).to_json(), separators=(",", ":"))
    few = "&municipality=837" if collection == "building" else ""
    return get(
        f"/collections/{collection}/items?limit=1000{few}&filter-lang={language}&filter={quote(written, safe='')}"
    )


@pytest.fixture
def ask(get: Get, language: str) -> Ask:
    """The ids of the features that meet a filter."""

    def ask(collection: str, text: str) -> Ids:
        answer = page_of(get, collection, text, language)
        assert answer.status == 200, (text, answer.content)
        return {feature["id"] for feature in answer.json["features"]}

    return ask


def queryables(get: Get, collection: str, *types: str) -> list[tuple[str, str]]:
    """Names and types of the queryables of some types."""
    properties = get(f"/collections/{collection}/queryables").json["properties"]
    return [
        (name, each["type"])
        for name, each in properties.items()
        if each.get("type") in types and "enum" not in each and each.get("format") != "date"
    ]


@EACH
def test_queryables_have_types(get: Get, collection: str) -> None:
    """/conf/basic-cql2/basic-test: a filter can be made of what the queryables say."""
    properties = get(f"/collections/{collection}/queryables").json["properties"]
    assert all("type" in each or each["format"].startswith("geometry-") for each in properties.values())
    assert queryables(get, collection, *VALUES)


@BOTH
@EACH
def test_comparison(get: Get, ask: Ask, collection: str) -> None:
    """/conf/basic-cql2/comparison, /conf/cql2-text/validate, /conf/cql2-json/validate: opposites share nothing."""
    for name, kind in queryables(get, collection, *VALUES):
        for one, other in (("=", "<>"), (">", "<="), ("<", ">=")):
            assert not ask(collection, f"{name} {one} {VALUES[kind]}") & ask(
                collection, f"{name} {other} {VALUES[kind]}"
            )


@BOTH
@EACH
def test_is_null(get: Get, ask: Ask, collection: str) -> None:
    """/conf/basic-cql2/is-null: known or unknown, never both, and all of them together."""
    everything = ask(collection, "true")
    for name, _ in queryables(get, collection, *VALUES):
        unknown, known = ask(collection, f"{name} IS NULL"), ask(collection, f"{name} is not null")
        assert not unknown & known
        assert unknown | known == everything


@BOTH
@EACH
def test_boolean(ask: Ask, collection: str) -> None:
    """/conf/basic-cql2/boolean: `false` is met by nothing."""
    assert ask(collection, "true")
    assert ask(collection, "false") == set()


PREDICATES: dict[str, Callable[[dict[str, Any]], bool | None]] = {
    "storeys = 3": lambda p: p["storeys"] == 3,
    "name > 'Talo 10520'": lambda p: p["name"] > "Talo 10520",
    "energy_class IS NULL": lambda p: p["energy_class"] is None,
    "is_protected = true": lambda p: p["is_protected"],
    "name LIKE 'Talo 1051%'": lambda p: p["name"].startswith("Talo 1051"),
    "storeys BETWEEN 2 AND 3": lambda p: 2 <= p["storeys"] <= 3,
    "storeys IN (1, 4)": lambda p: p["storeys"] in (1, 4),
    "CASEI(name) = CASEI('TALO 10510')": lambda p: p["name"] == "Talo 10510",
    "ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('TÄLÖ 1052%'))": lambda p: p["name"].startswith("Talo 1052"),
}


@pytest.fixture(scope="module")
def buildings(get: Get) -> list[dict[str, Any]]:
    return list(get("/collections/building/items?municipality=837&limit=1000").json["features"])


@BOTH
@pytest.mark.parametrize("text", PREDICATES)
def test_predicates_on_known_features(ask: Ask, buildings: list[dict[str, Any]], text: str) -> None:
    """/conf/basic-cql2/test-data, /conf/advanced-comparison-operators/test-data,
    /conf/case-insensitive-comparison/test-data, /conf/accent-insensitive-comparison/test-data: just what meets them."""
    expected = {each["id"] for each in buildings if PREDICATES[text](each["properties"])}
    assert expected
    assert ask("building", text) == expected


@BOTH
def test_logical(ask: Ask, buildings: list[dict[str, Any]]) -> None:
    """/conf/basic-cql2/logical, /conf/advanced-comparison-operators/logical,
    /conf/case-insensitive-comparison/logical, /conf/accent-insensitive-comparison/logical: AND, OR, NOT, nested."""
    texts = list(PREDICATES)
    for shift in range(1, len(texts)):
        p1, p2, p3, p4 = (texts[i * shift % len(texts)] for i in range(4))
        expected = {
            each["id"]
            for each in buildings
            for q1, q2, q3, q4 in [[bool(PREDICATES[text](each["properties"])) for text in (p1, p2, p3, p4)]]
            if (not q2 and q1) or (q3 and q4) or not (q1 or q4)
        }
        assert ask("building", f"(NOT ({p2}) AND {p1}) OR ({p3} and {p4}) or not ({p1} OR {p4})") == expected


@BOTH
@EACH
def test_like(get: Get, ask: Ask, collection: str) -> None:
    """/conf/advanced-comparison-operators/like: any text, some text, no text."""
    for name, _ in queryables(get, collection, "string"):
        assert not ask(collection, f"{name} LIKE '_%'") & ask(collection, f"{name} LIKE ''")
        assert ask(collection, f"{name} LIKE '%'") == ask(collection, f"{name} LIKE '%%'")
        ask(collection, rf"{name} LIKE '\\%\\_'")


@BOTH
@EACH
def test_between_and_in(get: Get, ask: Ask, collection: str) -> None:
    """/conf/advanced-comparison-operators/between, in: for numbers, texts and truth values."""
    for name, kind in queryables(get, collection, *VALUES):
        if kind in ("number", "integer"):
            assert ask(collection, f"{name} BETWEEN 0 AND 100") >= ask(collection, f"{name} BETWEEN 1.0 AND 99.5")
            assert ask(collection, f"{name} BETWEEN 100.0 AND 1.0") == set()
            single = [ask(collection, f"{name} = {number}") for number in (1, 2, 3)]
            assert ask(collection, f"{name} IN (1, 2, 3)") == set.union(*single)
        else:
            ask(collection, f"{name} IN ({'true' if kind == 'boolean' else repr('foo')})")


@BOTH
@EACH
def test_case_and_accents(get: Get, ask: Ask, collection: str) -> None:
    """/conf/case-insensitive-comparison/casei, casei-like,
    /conf/accent-insensitive-comparison/accenti, accenti-like, accenti-casei, accenti-casei-like: of every text."""
    for name, _ in queryables(get, collection, "string"):
        assert not ask(collection, f"CASEI({name}) = CASEI('foo')") & ask(collection, f"CASEI({name}) <> CASEI('FOO')")
        for one, other in (
            (f"CASEI({name}) LIKE CASEI('ta%')", f"CASEI({name}) LIKE CASEI('TA%')"),
            (f"ACCENTI({name}) LIKE ACCENTI('Tä%')", f"ACCENTI({name}) LIKE ACCENTI('Ta%')"),
            (f"ACCENTI(CASEI({name})) = ACCENTI(CASEI('ÄÉ'))", f"ACCENTI(CASEI({name})) = ACCENTI(CASEI('ae'))"),
            (
                f"ACCENTI(CASEI({name})) LIKE ACCENTI(CASEI('TÄ%'))",
                f"ACCENTI(CASEI({name})) LIKE ACCENTI(CASEI('ta%'))",
            ),
        ):
            assert ask(collection, one) == ask(collection, other)
        alike = ask(collection, f"ACCENTI({name}) = ACCENTI('äöüéáí')")
        assert not alike & ask(collection, f"ACCENTI({name}) <> ACCENTI('aoueai')")


def test_escaping(get: Get) -> None:
    """/conf/cql2-text/escaping: a quote doubled or after a backslash, and the control signs."""
    for written, plain in ((r"'a\'b'", "'a''b'"), (r"'a\tb\nc'", "'a\tb\nc'"), (r"'\a\b\v\f\r'", "'\a\b\v\f\r'")):
        answer = page_of(get, "building", f"{written} = {plain}", "cql2-text")
        assert answer.status == 200, answer.content
        assert answer.json["features"]


@BOTH
@EACH
def test_s_intersects(get: Get, ask: Ask, collection: str, language: str) -> None:
    """/conf/basic-spatial-functions/s_intersects, /conf/spatial-functions/s_intersects: box, polygon, line, point."""
    everything = ask(collection, "geometry IS NOT NULL")
    whole = ask(collection, f"S_INTERSECTS(geometry,{WORLD})")
    assert whole == ask(collection, f"S_INTERSECTS(geometry,{WORLD_POLYGON})") == everything
    for there in (LINE, POINT):
        assert ask(collection, f"S_INTERSECTS(geometry,{there})") == set()
    assert page_of(get, collection, f"S_INTERSECTS(geometry,{NOWHERE})", language).status == 400
    halves = [f"S_INTERSECTS(geometry,BBOX({sides}))" for sides in ("-180,-90,-90,90", "90,-90,180,90")]
    assert ask(collection, " AND ".join(halves)) == set()


@BOTH
@EACH
def test_s_intersects_with_every_kind_of_geometry(get: Get, ask: Ask, collection: str, language: str) -> None:
    """/conf/basic-spatial-functions-plus/s_intersects, test-data: each literal is understood; positions are checked."""
    points = "MULTIPOINT(7.02 49.92, 90 180)"
    assert page_of(get, collection, f"S_INTERSECTS(geometry,{points})", language).status == 400
    hole = "(-120 -50,-100 -50,-100 -40,-120 -40,-120 -50)"
    west = f"(-180 -90,-90 -90,-90 90,-180 90,-180 -90),{hole}"
    square = "(0 0,10 0,10 10,0 10,0 0)"
    for far in (
        "LINESTRING(-180 -45,0 -45)",
        "MULTILINESTRING((-180 -45,0 -45),(0 45,180 45))",
        f"POLYGON({west})",
        f"MULTIPOLYGON(({west}),({square}))",
        f"GEOMETRYCOLLECTION(POINT(7.02 49.92),POLYGON({square}))",
    ):
        assert ask(collection, f"S_INTERSECTS(geometry,{far})") == set()
    finland = "(19 59,32 59,32 71,19 71,19 59)"
    everything = ask(collection, "geometry IS NOT NULL")
    for near in (f"MULTIPOLYGON(({finland}),({square}))", f"GEOMETRYCOLLECTION({POINT},POLYGON({finland}))"):
        assert ask(collection, f"S_INTERSECTS(geometry,{near})") == everything


@BOTH
@EACH
def test_s_disjoint(get: Get, ask: Ask, collection: str, language: str) -> None:
    """/conf/spatial-functions/s_disjoint: what does not intersect."""
    for there in (WORLD, WORLD_POLYGON):
        assert ask(collection, f"S_DISJOINT(geometry,{there})") == set()
    for there in (LINE, POINT):
        apart = ask(collection, f"S_DISJOINT(geometry,{there})")
        assert not apart & ask(collection, f"S_INTERSECTS(geometry,{there})")
        assert apart == ask(collection, "geometry IS NOT NULL")
    assert page_of(get, collection, f"S_DISJOINT(geometry,{NOWHERE})", language).status == 400


@BOTH
@EACH
def test_relations(ask: Ask, collection: str) -> None:
    """/conf/spatial-functions/s_equals, s_touches, s_crosses, s_within, s_contains, s_overlaps: of every geometry."""
    for name, there in product(("EQUALS", "TOUCHES", "CROSSES", "OVERLAPS"), (WORLD_POLYGON, LINE)):
        assert ask(collection, f"S_{name}(geometry,{there})") == set()
    for name in ("WITHIN", "CONTAINS"):
        assert ask(collection, f"S_{name}(geometry,{WORLD})") == ask(collection, f"S_{name}(geometry,{WORLD_POLYGON})")
    for there in (LINE, POINTS):
        within = ask(collection, f"S_WITHIN(geometry,{there})")
        assert not within & ask(collection, f"S_CONTAINS(geometry,{there})")


SPATIAL = {
    "S_INTERSECTS": shapely.intersects,
    "S_DISJOINT": shapely.disjoint,
    "S_EQUALS": shapely.equals,
    "S_TOUCHES": shapely.touches,
    "S_CROSSES": shapely.crosses,
    "S_WITHIN": shapely.within,
    "S_CONTAINS": shapely.contains,
    "S_OVERLAPS": shapely.overlaps,
}


@BOTH
@pytest.mark.parametrize("name", SPATIAL)
def test_relations_on_known_features(get: Get, ask: Ask, name: str) -> None:
    """/conf/basic-spatial-functions/test-data, /conf/spatial-functions/test-data: as Shapely judges them."""
    features = get("/collections/district/items?limit=100").json["features"]
    shapes = {each["id"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in features}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    middle = (west + east) / 2
    for shape in (
        shapely.box(west - 0.01, south - 0.01, middle, north + 0.01),
        shapely.LineString([(west - 0.01, south), (east + 0.01, north)]),
        shapely.box(west - 1, south - 1, east + 1, north + 1),
    ):
        expected = {each for each, geometry in shapes.items() if SPATIAL[name](geometry, shape)}
        assert ask("district", f"{name}(geometry,{shape.wkt})") == expected


@BOTH
def test_logical_with_relations(ask: Ask) -> None:
    """/conf/basic-spatial-functions/logical, /conf/spatial-functions/logical: relations within AND, OR and NOT."""
    box, name = "S_INTERSECTS(geometry,BBOX(24.8,60.1,24.87,60.3))", "storeys = 3"
    chosen, three, everything = ask("building", box), ask("building", name), ask("building", "geometry IS NOT NULL")
    assert ask("building", f"{box} AND {name}") == chosen & three
    assert ask("building", f"{box} OR {name}") == chosen | three
    assert ask("building", f"NOT ({box}) AND geometry IS NOT NULL") == everything - chosen
    within = f"S_WITHIN(geometry,{WORLD_POLYGON})"
    assert (
        ask("building", f"(NOT ({name}) AND {within}) OR ({box} AND {name})") == (everything - three) | chosen & three
    )
