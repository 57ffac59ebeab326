"""A planner asks over HTTP what becomes of the backlog under a budget, and which budget would do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

SCHOOL = {
    "municipality_code": "901",
    "status": "in_use",
    "replacement_cost_eur": 1_000_000,
    "gross_floor_area_m2": 400,
    "building_class": "0820",
}


def ended(planner: Any, body: dict[str, Any]) -> dict[str, Any]:
    answer = planner("POST", "/api/v1/runs", json={"municipality_code": "901", **body})
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 20
    while (run := planner("GET", answer.headers["Location"]).json)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(run)


def finished(planner: Any, **body: Any) -> dict[str, Any]:
    run = ended(planner, body)
    assert run["state"] == "finished", run["error"]
    return run


@pytest.fixture(scope="module")
def schools(engineer: Any, planner: Any) -> Iterator[list[str]]:
    """Three schools of 1 M€, the older the worse, and their valuation."""
    ids = []
    for name, built in (("A", 2020), ("B", 1990), ("C", 1960)):
        answer = engineer("POST", "/api/v1/building", json={**SCHOOL, "name": name, "built_year": built})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json["id"])
    finished(planner, valuation_year=2026)
    yield ids
    for each in ids:
        engineer("DELETE", f"/api/v1/building/{each}", headers={"If-Match": "*"})


@pytest.fixture(scope="module")
def scenario(planner: Any, schools: list[str]) -> dict[str, Any]:
    budgets = [{"asset_classes": ["building"], "amounts_eur": [700_000]}]
    return finished(planner, kind="scenario", years=10, policy="worst_first", budgets=budgets)


def test_a_scenario_tells_condition_backlog_and_spending_of_every_year(planner: Any, scenario: dict[str, Any]) -> None:
    years = planner("GET", f"/api/v1/runs/{scenario['id']}/years").json["items"]
    assert [year["year"] for year in years] == list(range(2026, 2037))
    assert years[0]["repair_backlog_eur"] > 0 == years[0]["spending_eur"]
    assert years[-1]["repair_backlog_eur"] < years[0]["repair_backlog_eur"]
    for year in years:
        assert year["needed_backlog_eur"] + year["avoidable_backlog_eur"] == year["repair_backlog_eur"]
        assert 0 <= year["spending_eur"] <= 700_000
    assert sum(year["spending_eur"] for year in years) > 0
    by_class = planner("GET", f"/api/v1/runs/{scenario['id']}/years?group_by=class").json["items"]
    assert {row["asset_class"] for row in by_class} == {"building"}
    assert [row["repair_backlog_eur"] for row in by_class] == [year["repair_backlog_eur"] for year in years]


def test_every_school_has_a_reason_for_every_year(planner: Any, scenario: dict[str, Any], schools: list[str]) -> None:
    told = {
        name: planner("GET", f"/api/v1/runs/{scenario['id']}/assets/{asset}?lang=fi").json["items"]
        for name, asset in zip("ABC", schools, strict=True)
    }
    assert told["A"][0]["reason"] == "not_needed"
    assert told["A"][0]["text"] == "Korjausvelkaa ei ole."
    first = {name: each[0]["reason"] for name, each in told.items()}
    assert "chosen" in {year["reason"] for each in told.values() for year in each}, first
    measures = planner("GET", f"/api/v1/runs/{scenario['id']}/measures").json["items"]
    chosen = [(schools["ABC".index(name)], y["year"]) for name, each in told.items() for y in each if y["measure"]]
    assert sorted(chosen) == sorted((row["asset_id"], row["year"]) for row in measures)
    spent = sum(row["cost_eur"] for row in measures)
    years = planner("GET", f"/api/v1/runs/{scenario['id']}/years").json["items"]
    assert spent == pytest.approx(sum(year["spending_eur"] for year in years))


def test_measures_are_paged(planner: Any, scenario: dict[str, Any]) -> None:
    path = f"/api/v1/runs/{scenario['id']}/measures"
    everything, seen = planner("GET", path).json["items"], []
    page = planner("GET", f"{path}?limit=1").json
    while True:
        seen += page["items"]
        if page["next"] is None:
            break
        page = planner("GET", page["next"]).json
    assert seen == everything
    assert seen


def test_the_budget_says_what_was_left_and_why(planner: Any, scenario: dict[str, Any]) -> None:
    budgets = planner("GET", f"/api/v1/runs/{scenario['id']}/budgets").json["items"]
    assert len(budgets) == 10
    for budget in budgets:
        assert budget["budget_eur"] == budget["spending_eur"] + budget["unspent_eur"] == 700_000
        assert 0 <= budget["unfitted_eur"] <= budget["unspent_eur"]


def test_the_registers_budgets_are_taken_where_none_are_given_and_can_be_cut(planner: Any, schools: list[str]) -> None:
    for year, amount in ((2027, 100_000), (2029, 50_000)):
        put = planner(
            "PUT", f"/api/v1/budgets/901/{year}/building", json={"amount_eur": amount}, headers={"If-Match": "*"}
        )
        assert put.status_code == 200, put.text
    run = finished(planner, kind="scenario", years=4, budget_factor=0.8)
    assert run["settings"]["budgets"] == [
        {"asset_classes": ["building"], "amounts_eur": [80_000.0, 80_000.0, 40_000.0, 40_000.0]}
    ]


def test_more_divisible_money_leaves_less_backlog_every_year(planner: Any, schools: list[str]) -> None:
    curves = []
    for amount in (0, 20_000, 60_000):
        run = finished(planner, kind="scenario", years=8, mode="divisible", budgets=[{"amounts_eur": [amount]}])
        years = planner("GET", f"/api/v1/runs/{run['id']}/years").json["items"]
        curves.append([year["repair_backlog_eur"] for year in years])
    assert all(a >= b >= c for a, b, c in zip(*curves, strict=True))
    assert curves[0][-1] > curves[1][-1] > curves[2][-1]


def test_required_funding_is_what_a_divisible_scenario_needs(planner: Any, schools: list[str]) -> None:
    run = finished(planner, kind="funding", years=10, goal_backlog_eur=100_000)
    rows = planner("GET", f"/api/v1/runs/{run['id']}/required-funding").json["items"]
    need = {(row["goal"], row["asset_class"]): row for row in rows}
    assert set(need) == {(goal, code) for goal in ("hold", "clear", "reach") for code in (None, "building")}
    hold, clear, reach = (need[goal, None]["yearly_budget_eur"] for goal in ("hold", "clear", "reach"))
    assert 0 < hold < reach < clear
    budgets = [{"amounts_eur": [clear]}]
    scenario = finished(planner, kind="scenario", years=10, mode="divisible", budgets=budgets)
    years = planner("GET", f"/api/v1/runs/{scenario['id']}/years").json["items"]
    assert years[-1]["repair_backlog_eur"] == 0
    assert need["reach", None]["backlog_after_eur"] <= 100_000


def test_a_scenario_is_no_valuation_to_reports(planner: Any, scenario: dict[str, Any]) -> None:
    report = planner("GET", "/api/v1/reports/backlog?municipality=901").json
    assert report["run"]["run_id"] < scenario["run_id"]
    assert "Koekylä" in planner("GET", "/?lang=fi").text


FAULTY: list[tuple[dict[str, Any], set[str]]] = [
    ({"years": 51}, {"/years"}),
    ({"years": 0, "policy": "luckiest"}, {"/years", "/policy"}),
    ({}, {"/years"}),
    ({"years": 5, "valuation_year": 2026}, {"/valuation_year"}),
    ({"years": 5, "goal_backlog_eur": 1}, {"/goal_backlog_eur"}),
    ({"years": 5, "base_run": 999_999_999}, {"/base_run"}),
    ({"years": 5, "price_change": [0.1, 0.2]}, {"/price_change"}),
    ({"years": 5, "price_change": [9]}, {"/price_change/0"}),
    (
        {
            "years": 3,
            "base_run": 999_999_999,
            "budgets": [
                {"asset_classes": ["castle", "building"], "amounts_eur": [1, 2]},
                {"asset_classes": ["building"], "amounts_eur": [-5]},
            ],
        },
        {
            "/base_run",
            "/budgets/0/asset_classes/0",
            "/budgets/0/amounts_eur",
            "/budgets/1/amounts_eur/0",
            "/budgets/1/asset_classes/0",
        },
    ),
    (
        {"years": 3, "budgets": [{"amounts_eur": [1]}, {"asset_classes": ["building"], "amounts_eur": [1]}]},
        {"/budgets"},
    ),
]


@pytest.mark.parametrize(("body", "pointers"), FAULTY, ids=[str(body) for body, _ in FAULTY])
def test_every_fault_of_a_scenario_is_told_with_its_place(
    planner: Any, schools: list[str], body: dict[str, Any], pointers: set[str]
) -> None:
    before = planner("GET", "/api/v1/runs?municipality=901&limit=1").json["items"][0]["id"]
    answer = planner("POST", "/api/v1/runs", json={"municipality_code": "901", "kind": "scenario", **body})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert {fault["pointer"] for fault in answer.json["errors"]} == pointers
    assert planner("GET", "/api/v1/runs?municipality=901&limit=1").json["items"][0]["id"] == before


def test_a_valuation_takes_no_members_of_a_scenario(planner: Any) -> None:
    body = {"municipality_code": "901", "valuation_year": 2026, "years": 5, "budgets": []}
    answer = planner("POST", "/api/v1/runs", json=body)
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/years", "/budgets"}


def test_what_is_not_there_is_not_found(planner: Any, scenario: dict[str, Any], schools: list[str]) -> None:
    valuation = scenario["settings"]["base_run_id"]
    for path in (
        f"901-{valuation}/years",
        f"901-{valuation}/required-funding",
        f"{scenario['id']}/required-funding",
        f"{scenario['id']}/assets/901-999999999",
        "901-999999999/budgets",
        "nonsense/measures",
    ):
        assert planner("GET", f"/api/v1/runs/{path}").status_code == 404, path
    assert planner("GET", f"/api/v1/runs/{scenario['id']}/assets/902-1").status_code == 403, "another municipality's"


def test_only_planners_start_scenarios(engineer: Any, schools: list[str]) -> None:
    body = {"municipality_code": "901", "kind": "scenario", "years": 5}
    assert engineer("POST", "/api/v1/runs", json=body).status_code == 403


def test_scenarios_stand_side_by_side_in_every_form(planner: Any, schools: list[str]) -> None:
    ids = [
        finished(planner, kind="scenario", years=years, budget_factor=factor, budgets=[{"amounts_eur": [400_000]}])[
            "run_id"
        ]
        for years, factor in ((6, 1.0), (4, 0.5))
    ]
    path = f"/api/v1/reports/comparison?municipality=901&runs={ids[0]},{ids[1]}&lang=en"
    report = planner("GET", path).json
    rows = report["tables"]["comparison"]["rows"]
    assert [(row["scenario_letter"], row["run_id"]) for row in rows] == [("A", ids[0]), ("B", ids[1])]
    assert rows[0]["difference_eur"] == 0
    assert rows[1]["difference_eur"] == pytest.approx(rows[1]["backlog_after_eur"] - rows[0]["backlog_after_eur"])
    years = report["tables"]["comparison_years"]["rows"]
    assert [year["year"] for year in years] == list(range(2026, 2033))
    own = planner("GET", f"/api/v1/runs/901-{ids[1]}/years").json["items"]
    assert [year["backlog_b_eur"] for year in years] == [*(year["repair_backlog_eur"] for year in own), None, None]
    for form, beginning in (("csv", b"\xef\xbb\xbf"), ("html", b"<!"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = planner("GET", f"{path}&format={form}")
        assert (answer.status_code, answer.data.startswith(beginning)) == (200, True), form


@pytest.mark.parametrize("runs", ["", "1", "1,1", "a,b", "1,2,3,4,5,6", "0,1"])
def test_a_comparison_of_what_cannot_be_compared_is_refused(planner: Any, runs: str) -> None:
    answer = planner("GET", f"/api/v1/reports/comparison?municipality=901&runs={runs}")
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"runs"}
    other = planner("GET", "/api/v1/reports/backlog?municipality=901&runs=1,2")
    assert other.status_code == 400


def test_only_finished_scenarios_are_compared(planner: Any, scenario: dict[str, Any]) -> None:
    valuation = scenario["settings"]["base_run_id"]
    path = f"/api/v1/reports/comparison?municipality=901&runs={scenario['run_id']},{valuation}"
    assert planner("GET", path).status_code == 404
