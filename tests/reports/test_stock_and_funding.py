"""The portfolio adds up in every grouping, and the funding report says what is missing a year, as far as known."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from service.database import Database
from service.operations.funding_runs import find_funding
from service.operations.reporting import FORMATS, ReportRequest, render_report
from service.operations.scenario_requests import FundingRequest, ScenarioRequest
from service.operations.scenario_runs import run_scenario_of
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.queries.report_rows import GROUP_COLUMNS
from service.reports.report import Report

DemoReport = Callable[..., Report]
GROUPINGS = [*((key,) for key in GROUP_COLUMNS), *itertools.combinations(GROUP_COLUMNS, 2), tuple(GROUP_COLUMNS)]


def table(report: Report, name: str) -> Any:
    return next(each for each in report.tables if each.name == name)


@pytest.mark.parametrize("name", ["backlog", "portfolio", "funding"])
def test_every_grouping_adds_up_to_the_total_to_the_cent(demo_report: DemoReport, name: str) -> None:
    for grouping in GROUPINGS:
        [first, *_] = demo_report(name, *grouping).tables
        for column in ("replacement_cost_eur", "repair_backlog_eur", "annual_wear_eur"):
            assert sum(row[column] for row in first.rows) == first.total[column], (grouping, column)
        keys = [tuple(row[key] for key in grouping) for row in first.rows]
        assert len(set(keys)) == len(keys)


def test_the_shares_of_the_condition_classes_make_a_whole(demo_report: DemoReport) -> None:
    [portfolio, *_] = demo_report("portfolio", "class", "district").tables
    names = [f"condition_class_{number}_share" for number in (1, 2, 3, 4, 5)]
    for row in [*portfolio.rows, portfolio.total]:
        if row["replacement_cost_eur"]:
            assert sum(row[name] for name in names) == pytest.approx(1)


def test_a_group_s_condition_is_weighted_by_value_and_its_index_a_ratio_of_sums(demo_report: DemoReport) -> None:
    [portfolio, *_] = demo_report("portfolio", "class").tables
    weighted = sum(row["condition_index"] * float(row["replacement_cost_eur"]) for row in portfolio.rows)
    assert weighted / float(portfolio.total["replacement_cost_eur"]) == pytest.approx(
        portfolio.total["condition_index"]
    )
    [row] = [row for row in portfolio.rows if row["class"] == "building"]
    assert row["facility_condition_index"] == pytest.approx(
        float(row["repair_backlog_eur"] / row["replacement_cost_eur"])
    )


def test_quantities_stand_only_where_the_class_gives_their_unit(demo_report: DemoReport) -> None:
    [by_class, *_] = demo_report("portfolio", "owner", "class").tables
    [by_owner, *_] = demo_report("portfolio", "owner").tables
    assert {row["quantity_unit"] for row in by_class.rows} >= {"m", "m2", "pcs"}
    assert "quantity" not in {column.name for column in by_owner.columns}
    assert "quantity" not in by_class.total


def test_the_decades_and_condition_classes_hold_every_asset_also_of_unknown_age(demo_report: DemoReport) -> None:
    report = demo_report("portfolio")
    for name in ("decades", "condition_classes"):
        spread = table(report, name)
        assert sum(row["asset_count"] for row in spread.rows) == report.key_figures["asset_count"]
        assert sum(row["cost_share"] for row in spread.rows) == pytest.approx(1)
    assert None in {row["decade"] for row in table(report, "decades").rows}
    assert report.key_figures["unknown_built_year_count_share"] > 0


def test_the_gap_is_wear_and_clearing_cost_beyond_next_year_s_budget(demo_report: DemoReport) -> None:
    report = demo_report("funding")
    [funding, *_] = report.tables
    years = report.key_figures["clearing_years"]
    for row in [*funding.rows, funding.total]:
        need = float(row["annual_wear_eur"]) + float(row["repair_backlog_eur"]) / years
        assert row["renewal_need_eur_per_year"] == pytest.approx(need)
        assert row["funding_gap_eur"] == pytest.approx(need - float(row["budget_eur"]))
    assert sum(row["budget_eur"] for row in funding.rows) == funding.total["budget_eur"] > Decimal(0)
    assert sum(row["funding_gap_eur"] for row in funding.rows) == pytest.approx(funding.total["funding_gap_eur"])
    [next_year] = [row for row in table(report, "funding_years").rows if row["year"] == 2027]
    assert next_year["funding_gap_eur"] == pytest.approx(funding.total["funding_gap_eur"])


def test_a_budget_by_class_is_not_spread_over_districts(demo_report: DemoReport) -> None:
    [funding, *_] = demo_report("funding", "class", "district").tables
    assert {row["budget_eur"] for row in funding.rows} == {row["funding_gap_eur"] for row in funding.rows} == {None}
    assert funding.total["budget_eur"] > 0


def test_the_newest_scenario_and_required_funding_of_the_valuation_stand_in_the_report(
    demo: Database, demo_report: DemoReport
) -> None:
    value_municipality(demo, ValuationRequest("999", 2026, method="value"))
    run_scenario_of(demo, ScenarioRequest("999", 5))
    find_funding(demo, FundingRequest("999", 5))
    report = demo_report("funding")
    scenario = table(report, "scenario_years").rows
    assert [row["year"] for row in scenario] == list(range(2026, 2032))
    assert float(scenario[0]["repair_backlog_eur"]) == pytest.approx(
        float(report.key_figures["repair_backlog_eur"]), abs=1
    )
    goals = table(report, "required_funding").rows
    assert {"hold", "clear"} <= {row["goal"] for row in goals}
    assert goals[0]["class"] == "all"
    for form in FORMATS.keys() - {"pdf"}:
        assert render_report(demo, ReportRequest("funding", "999", form=form, language="sv"))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("name", ["portfolio", "funding"])
def test_every_form_of_the_report_says_what_it_rests_on(demo: Database, name: str, language: str) -> None:
    form = {
        form: render_report(demo, ReportRequest(name, "999", form=form, language=language)) for form in ("json", "html")
    }
    statement = json.loads(form["json"])["statement"]
    assert statement["backlog_methods"][0].keys() >= {"asset_class", "backlog_method", "target_condition"}
    assert statement["price_levels"]
    assert 0 < statement["unknowns"]["default_condition_count_share"] < 1
    assert 0 < statement["unknowns"]["default_condition_cost_share"] < 1
    page = form["html"].decode()
    assert str(json.loads(form["json"])["run"]["input_hash"]) in page
    assert "href=" not in page
