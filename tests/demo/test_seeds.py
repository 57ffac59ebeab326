from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from models.parameter import ParameterKind
from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES
from service.database import Database
from service.operations.seeding import seed, seed_rows

PER_CLASS = (
    "unit_cost_eur",
    "deterioration_curve",
    "service_life_years",
    "wearing_share",
    "annual_wear_share",
    "target_condition",
    "default_condition",
)
FOR_ANY_CLASS = (
    "backlog_method",
    "curve_shape",
    "curve_scale_years",
    "regional_factor",
    "planning_horizon_years",
    "clearing_years",
    "optimum_condition_class",
    "limit_condition",
    "basic_repair_threshold",
    "improvement_threshold",
    "improved_condition",
    "ambition_level",
    "is_collector_or_street",
    "balance_remaining_life",
    "discount_rate",
    "outlook_years",
    "grade_rates",
    "grade_conditions",
    "grade_cost_shares",
    "cost_index",
    "price_level_year",
)
NEED_SERVICES = {"basic_education": range(7, 16), "early_education": range(7)}


@pytest.fixture(scope="module")
def values() -> list[dict[str, Any]]:
    return seed_rows("parameter_value")


def _named(values: list[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    return (value for value in values if value["name"] == name)


@pytest.mark.parametrize("name", PER_CLASS)
def test_every_asset_class_has_its_own_value_of_the_parameter(values: list[dict[str, Any]], name: str) -> None:
    own = {value["asset_class"] for value in _named(values, name) if not value["material"]}
    assert own == {each.number for each in ASSET_CLASSES.values()}


@pytest.mark.parametrize("name", FOR_ANY_CLASS)
def test_a_parameter_common_to_all_classes_has_a_value_for_any_class(values: list[dict[str, Any]], name: str) -> None:
    assert any(value["asset_class"] is None and value["material"] is None for value in _named(values, name))


def test_a_piecewise_curve_has_its_points(values: list[dict[str, Any]]) -> None:
    piecewise = {
        (value["asset_class"], value["material"])
        for value in _named(values, "deterioration_curve")
        if value["code"] == "piecewise"
    }
    assert piecewise == {(value["asset_class"], value["material"]) for value in _named(values, "deterioration_points")}


def test_every_value_names_a_source_and_only_demo_values_name_the_demo_source(values: list[dict[str, Any]]) -> None:
    is_demo_source = {source["source_id"]: source["is_demo"] for source in seed_rows("source")}
    assert [value for value in values if is_demo_source.get(value["source_id"]) is not value["is_demo"]] == []


def test_money_states_its_price_level(values: list[dict[str, Any]]) -> None:
    money = {row["name"] for row in seed_rows("parameter") if row["kind"] == ParameterKind.MONEY}
    assert [value for value in values if value["name"] in money and not value["price_level_year"]] == []


def test_a_value_for_a_material_names_a_material_that_the_class_can_have(values: list[dict[str, Any]]) -> None:
    unknown = []
    for value in values:
        if value["material"]:
            materials = ASSET_CLASS_BY_NUMBER[value["asset_class"]].attribute("material")
            assert materials is not None
            unknown += [value] if value["material"] not in (materials.choices or ()) else []
    assert unknown == []


def test_shares_lie_between_0_and_1(values: list[dict[str, Any]]) -> None:
    shares = {row["name"] for row in seed_rows("parameter") if row["kind"] == ParameterKind.SHARE}
    assert [value for value in values if value["name"] in shares and not 0 <= float(value["value"]) <= 1] == []


@pytest.mark.parametrize("service", NEED_SERVICES)
def test_a_service_has_all_that_its_need_is_computed_from(values: list[dict[str, Any]], service: str) -> None:
    ages = {f"{service}/{age}" for age in NEED_SERVICES[service]}
    for name in ("participation_share", "service_coefficient"):
        assert ages == {value["key"] for value in _named(values, name) if value["key"].startswith(f"{service}/")}
    for name in ("need_reserve_share", "new_place_cost_eur"):
        assert service in {value["key"] for value in _named(values, name)}


def test_municipalities_of_2026_and_the_abolished_ones_are_there_with_their_successor() -> None:
    rows = {row["municipality_code"]: row for row in seed_rows("municipality")}
    abolished = [row for row in rows.values() if row["abolished_year"]]
    today = [row for row in rows.values() if not row["abolished_year"] and not row["is_fictitious"]]
    assert len(today) == 308 + 1
    assert (rows["091"]["name_fi"], rows["091"]["name_sv"]) == ("Helsinki", "Helsingfors")
    assert rows["000"]["name_sv"] == "Hela landet"
    assert {rows[row["successor_code"]]["abolished_year"] for row in abolished} == {None}


def test_there_is_one_fictitious_municipality_and_its_name_is_no_real_one() -> None:
    rows = seed_rows("municipality")
    fictitious = [row for row in rows if row["is_fictitious"]]
    real = {row[name] for row in rows if not row["is_fictitious"] for name in ("name_fi", "name_sv", "name_en")}
    assert [row["municipality_code"] for row in fictitious] == ["999"]
    assert not real & {fictitious[0]["name_fi"], fictitious[0]["name_sv"]}


def test_both_ends_of_a_numeric_scale_have_an_index_and_the_best_is_1() -> None:
    points = {(row["scale_code"], row["value_given"]): float(row["condition_index"]) for row in _scale_values()}
    for scale in (row for row in seed_rows("condition_scale") if row["best"]):
        best, worst = points[scale["scale_code"], scale["best"]], points[scale["scale_code"], scale["worst"]]
        assert best == 1.0 > worst


def _scale_values() -> list[dict[str, Any]]:
    return seed_rows("condition_scale_value")


def test_seeding_twice_changes_nothing(module_database: Database) -> None:
    count = text("SELECT count(*) FROM parameter_value")
    with module_database.reading() as connection:
        before = connection.execute(count).scalar_one()
    seed(module_database)
    with module_database.reading() as connection:
        assert connection.execute(count).scalar_one() == before == len(seed_rows("parameter_value"))


def test_the_measure_table_never_asks_less_for_a_worse_class_of_the_same_asset() -> None:
    """More age must not lower a backlog: to reach a class, starting lower costs at least as much."""
    cheapest: dict[tuple[int, int, str], dict[int, float]] = {}
    for rule in seed_rows("measure_rule"):
        cost = float(rule["unit_cost_eur"] or rule["cost_share"])
        for target in range(int(rule["condition_class_from"]) + 1, int(rule["condition_class_to"]) + 1):
            known = cheapest.setdefault((rule["asset_class"], target, rule["functional_class"] or ""), {})
            start = int(rule["condition_class_from"])
            known[start] = min(known.get(start, cost), cost)
    falling = [
        key
        for key, costs in cheapest.items()
        if any(costs[low] < costs[high] for low in costs for high in costs if low < high)
    ]
    assert falling == []


def test_rules_of_the_measure_table_mark_demo_values_and_state_price_levels() -> None:
    rules = seed_rows("measure_rule")
    is_demo_source = {source["source_id"]: source["is_demo"] for source in seed_rows("source")}
    assert [rule for rule in rules if is_demo_source.get(rule["source_id"]) is not rule["is_demo"]] == []
    assert [rule for rule in rules if rule["unit_cost_eur"] and not rule["price_level_year"]] == []
