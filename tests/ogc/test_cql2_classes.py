"""Each class of CQL2 that the service claims: its examples as text and as JSON select the same, right features."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cql2
import jsonschema
import pytest
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from service.database import Database, raw_connection
from service.queries.feature_conditions import Comparison, Fold, Folded, Value
from service.queries.feature_filters import filter_condition
from service.queries.feature_registry import feature_collections

ITEMS = "/ogc/collections/building/items"
Properties = dict[str, Any]

BASIC = {
    "storeys = 3": lambda p: p["storeys"] == 3,
    "storeys <> 3": lambda p: p["storeys"] != 3,
    "storeys < 3": lambda p: p["storeys"] < 3,
    "storeys <= 3": lambda p: p["storeys"] <= 3,
    "storeys > 3": lambda p: p["storeys"] > 3,
    "storeys >= 2.5": lambda p: p["storeys"] >= 2.5,
    "3 < storeys": lambda p: p["storeys"] > 3,
    "3 >= storeys": lambda p: p["storeys"] <= 3,
    "volume_m3 = 34245.25": lambda p: p["volume_m3"] == 34245.25,
    "volume_m3 > .5e1": lambda p: p["volume_m3"] > 5,
    "replacement_cost_eur > 10539000.5": lambda p: p["replacement_cost_eur"] > 10539000.5,
    "name = 'Talo 10501'": lambda p: p["name"] == "Talo 10501",
    "name < 'Talo 10510'": lambda p: p["name"] < "Talo 10510",
    "\"name\" >= 'Talo 10510'": lambda p: p["name"] >= "Talo 10510",
    "is_protected = TRUE": lambda p: p["is_protected"],
    "is_protected <> true": lambda p: not p["is_protected"],
    "is_protected > FALSE": lambda p: p["is_protected"],
    "energy_class IS NULL": lambda p: p["energy_class"] is None,
    "energy_class IS NOT NULL": lambda p: p["energy_class"] is not None,
    "built_year < 1980": lambda p: p["built_year"] is not None and p["built_year"] < 1980,
    "NOT built_year < 1980": lambda p: p["built_year"] is not None and p["built_year"] >= 1980,
    "storeys = 3 AND energy_class = 'C'": lambda p: p["storeys"] == 3 and p["energy_class"] == "C",
    "storeys = 3 OR storeys = 4 AND is_protected = TRUE": lambda p: (
        p["storeys"] == 3 or (p["storeys"] == 4 and p["is_protected"])
    ),
    "(storeys = 3 OR storeys = 4) AND NOT energy_class = 'C'": lambda p: False,
    "NOT (storeys = 3 OR storeys = 4)": lambda p: p["storeys"] not in (3, 4),
    "TRUE": lambda p: True,
    "FALSE": lambda p: False,
    "id = '837-10510'": lambda p: p["id"] == "837-10510",
    "id <> '837-10510'": lambda p: p["id"] != "837-10510",
    "id > '837-10548'": lambda p: p["id"] > "837-10548",
    "geometry IS NOT NULL": lambda p: True,
    "municipality_code = '837'": lambda p: True,
    "condition_basis = 'age'": lambda p: False,
    "condition_basis IS NULL": lambda p: True,
    "repair_backlog_eur IS NULL": lambda p: True,
    "storeys = 99999999999": lambda p: False,
    "name = 'it''s'": lambda p: False,
    r"name = 'it\'s'": lambda p: False,
}
ADVANCED = {
    "name LIKE 'Talo 1051%'": lambda p: p["name"].startswith("Talo 1051"),
    "name LIKE 'Talo _0510'": lambda p: p["name"] == "Talo 10510",
    r"name LIKE 'Talo \%'": lambda p: False,
    "name NOT LIKE '%1'": lambda p: not p["name"].endswith("1"),
    "storeys BETWEEN 2 AND 3": lambda p: 2 <= p["storeys"] <= 3,
    "storeys NOT BETWEEN 2 AND 3.5": lambda p: not 2 <= p["storeys"] <= 3,
    "volume_m3 BETWEEN 34133.125 AND 34200": lambda p: 34133.125 <= p["volume_m3"] <= 34200,
    "storeys IN (1, 2.5, 7)": lambda p: p["storeys"] in (1, 7),
    "storeys NOT IN (1, 2)": lambda p: p["storeys"] not in (1, 2),
    "name IN ('Talo 10501', 'Talo 10502', 'x')": lambda p: p["name"] in ("Talo 10501", "Talo 10502"),
    "energy_class IN ('C', 'D')": lambda p: p["energy_class"] == "C",
    "is_protected IN (TRUE)": lambda p: p["is_protected"],
    "id IN ('837-10510', '837-10511', 'no-id')": lambda p: p["id"] in ("837-10510", "837-10511"),
    "condition_basis IN ('age', 'default')": lambda p: False,
    "condition_basis LIKE 'a%' OR storeys = 1": lambda p: p["storeys"] == 1,
}
INSENSITIVE = {
    "CASEI(name) = CASEI('TALO 10510')": lambda p: p["name"] == "Talo 10510",
    "casei(name) = 'talo 10510'": lambda p: p["name"] == "Talo 10510",
    "CASEI(name) LIKE casei('TALO 1051_')": lambda p: p["name"].startswith("Talo 1051"),
    "CASEI(name) IN (CASEI('tALO 10510'), CASEI('x'))": lambda p: p["name"] == "Talo 10510",
    "CASEI(name) < CASEI('TALO 10510')": lambda p: p["name"] < "Talo 10510",
    "ACCENTI(name) = ACCENTI('Tälö 10510')": lambda p: p["name"] == "Talo 10510",
    "ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('TÄLÖ 1051%'))": lambda p: p["name"].startswith("Talo 1051"),
    "CASEI(energy_class) = CASEI('c')": lambda p: p["energy_class"] == "C",
}
EXAMPLES: dict[str, Callable[[Properties], bool]] = {**BASIC, **ADVANCED, **INSENSITIVE}


@pytest.fixture(scope="module")
def buildings(client: FlaskClient) -> list[Properties]:
    """The properties of the buildings of the smaller municipality, by which the examples are judged."""
    features = client.get(f"{ITEMS}?municipality=837&limit=100").json["features"]
    assert len(features) == 50
    return [{**feature["properties"], "id": feature["id"]} for feature in features]


@pytest.fixture(scope="module")
def cql2_schema(shared_data: Path) -> jsonschema.Draft202012Validator:
    """The schema of CQL2 JSON as the standard has it."""
    path = shared_data / "ogc_api_features_specs/cql2/standard/schema/cql2.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text()))


def selected(client: FlaskClient, **query: str) -> list[str]:
    answer = client.get(ITEMS, query_string={"municipality": "837", "limit": "100", **query})
    assert answer.status_code == 200, answer.json
    return [feature["id"] for feature in answer.json["features"]]


def as_json(text: str) -> Any:
    return cql2.parse_text(text.replace(r"\'s", "''s").replace(" .5", " 0.5")).to_json()


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_selects_what_it_says(client: FlaskClient, buildings: list[Properties], text: str) -> None:
    expected = [each["id"] for each in buildings if EXAMPLES[text](each)]
    assert selected(client, filter=text) == expected
    assert selected(client, filter=text, **{"filter-lang": "cql2-text"}) == expected
    assert selected(client, filter=json.dumps(as_json(text)), **{"filter-lang": "cql2-json"}) == expected


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_as_json_are_json_of_the_standard(cql2_schema: jsonschema.Draft202012Validator, text: str) -> None:
    cql2_schema.validate(as_json(text))


def test_text_of_the_register_is_found_whatever_signs_it_has(client: FlaskClient) -> None:
    for text in (
        "name = 'Säästö \"Åland\" \\ & <talo>'",
        "CASEI(name) = CASEI('SÄÄSTÖ \"åland\" \\ & <TALO>')",
        "ACCENTI(name) LIKE 'Saasto \"Aland\"%'",
    ):
        found = client.get(ITEMS, query_string={"filter": text}).json["features"]
        assert [feature["id"] for feature in found] == ["091-1"]


def test_case_is_folded_as_unicode_folds_it(client: FlaskClient) -> None:
    for one, other in (("STRASSE", "straße"), ("STRAẞE", "strasse"), ("ÅÄÖ", "åäö"), ("ΟΔΟΣ", "οδος")):
        text = f"CASEI('{one}') = CASEI('{other}') AND storeys = 1"
        assert selected(client, filter=text) == selected(client, filter="storeys = 1")


def test_case_folding_is_unicode_s_for_every_character(filled: Database) -> None:
    """Characters are one to CASEI where, and only where, the full case folding of Unicode makes them one."""
    condition = Comparison("=", Folded(Fold.CASE, Value(0, str)), Value(1, str))
    folded = filter_condition(feature_collections()["building"], condition).left
    bound = folded.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    statement = f"SELECT {bound} FROM unnest(%(all)s::text[]) WITH ORDINALITY AS t (sign, n) ORDER BY n"
    statement = statement.replace("%(filter_0)s::VARCHAR", "sign")
    signs = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code < 0xE000 and code != 0xE131]
    with filled.reading() as connection:
        cursor = raw_connection(connection).execute(statement, {"all": signs + [sign.casefold() for sign in signs]})  # type: ignore[arg-type]
        folds = [row[0] for row in cursor.fetchall()]
    assert folds[: len(signs)] == folds[len(signs) :]
    of_each_fold = dict(zip(folds, (sign.casefold() for sign in signs * 2), strict=True))
    assert len(of_each_fold) == len({sign.casefold() for sign in signs})


def test_control_signs_are_escaped_with_a_backslash(client: FlaskClient) -> None:
    escaped = r"'a\tb\nc\'d'" + " = 'a\tb\nc''d'"
    assert selected(client, filter=escaped + " AND storeys = 1") == selected(client, filter="storeys = 1")
    assert selected(client, filter=r"'50 %' LIKE '50 \%' AND storeys = 1") == selected(client, filter="storeys = 1")


def test_two_properties_can_be_compared(client: FlaskClient, buildings: list[Properties]) -> None:
    assert selected(client, filter="volume_m3 > storeys") == [each["id"] for each in buildings]
    assert selected(client, filter="municipality_code = name OR name < source_id") == []


def test_figures_of_the_newest_valuation_can_be_filtered_by(client: FlaskClient) -> None:
    query = {"filter": "repair_backlog_eur BETWEEN 1002 AND 1302 AND condition_index = 0.5 AND condition_basis = 'age'"}
    found = client.get(ITEMS, query_string=query).json["features"]
    assert {feature["properties"]["condition_basis"] for feature in found} == {"age"}
    assert {feature["id"] for feature in found} <= {"091-10", "091-11", "091-12", "091-13"}
    assert found


def test_every_asset_can_be_filtered_by_its_class(client: FlaskClient) -> None:
    path = "/ogc/collections/valued_assets/items"
    found = client.get(path, query_string={"filter": "asset_class IN ('water_main')", "limit": "1000"}).json
    assert found["numberMatched"] == 25
    none = client.get(path, query_string={"filter": "asset_class LIKE 'water%' AND asset_class <> 'water_main'"}).json
    assert none["numberMatched"] == 0


def test_retired_assets_are_found_by_a_filter_on_their_status(client: FlaskClient) -> None:
    found = client.get(ITEMS, query_string={"filter": "status = 'decommissioned'"}).json["features"]
    assert [feature["id"] for feature in found] == ["091-5", "091-6", "091-7"]


def test_a_filter_joins_the_parameters_of_properties(client: FlaskClient, buildings: list[Properties]) -> None:
    expected = [each["id"] for each in buildings if each["storeys"] == 3 and each["energy_class"] == "C"]
    assert selected(client, filter="storeys = 3", energy_class="C") == expected


def test_every_queryable_is_a_parameter_too(client: FlaskClient, buildings: list[Properties]) -> None:
    queryables = client.get("/ogc/collections/building/queryables").json["properties"]
    feature = client.get(f"{ITEMS}/837-10510").json
    simple = {"id": feature["id"], **feature["properties"]}
    assert simple.keys() == queryables.keys() - {"geometry"}
    for name, value in simple.items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found = client.get(ITEMS, query_string={name: text, "filter": "id = '837-10510'"}).json
            assert [each["id"] for each in found["features"]] == ["837-10510"]
    assert selected(client, id="837-10510", filter="storeys >= 0") == ["837-10510"]
    assert selected(client, id="837-10510", filter="storeys < 0") == []
    assert selected(client, id="nothing") == []


def test_areas_are_filtered_too(client: FlaskClient) -> None:
    found = client.get("/ogc/collections/population_grid/items", query_string={"filter": "population > 28.5"}).json
    assert found["numberMatched"] == 2
    districts = client.get("/ogc/collections/district/items", query_string={"filter": "id = '091-30/1 ä'"}).json
    assert [feature["id"] for feature in districts["features"]] == ["091-30/1 ä"]


def test_the_classes_of_filters_are_declared(client: FlaskClient) -> None:
    declared = set(client.get("/ogc/conformance").json["conformsTo"])
    filtering = ("queryables", "queryables-query-parameters", "filter", "features-filter")
    assert {f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{each}" for each in filtering} <= declared
    language = ("basic-cql2", "cql2-text", "cql2-json", "advanced-comparison-operators", "spatial-functions")
    assert {f"http://www.opengis.net/spec/cql2/1.0/conf/{each}" for each in language} <= declared


def test_queryables_say_what_they_mean_and_in_which_unit(client: FlaskClient) -> None:
    properties = client.get("/ogc/collections/building/queryables").json["properties"]
    assert properties["repair_backlog_eur"]["x-ogc-unit"] == "EUR"
    assert properties["repair_backlog_eur"]["x-ogc-unitLang"] == "ISO 4217"
    assert all(each.get("title") for each in properties.values())
    assert {"id", "geometry", "condition_index", "condition_basis", "needed_backlog_eur"} <= properties.keys()


def test_queryables_are_labelled_in_the_language_that_is_asked_for(client: FlaskClient) -> None:
    for language, label in (
        ("fi", "Korjausvelka (EUR)"),
        ("en", "Repair backlog (EUR)"),
        ("de", "Repair backlog (EUR)"),
    ):
        for document in ("queryables", "sortables", "schema"):
            answer = client.get(f"/ogc/collections/building/{document}", headers={"Accept-Language": language})
            assert answer.json["properties"]["repair_backlog_eur"]["title"] == label
            assert answer.headers["Content-Language"] == ("fi" if language == "fi" else "en")
            assert "Accept-Language" in answer.headers["Vary"]
