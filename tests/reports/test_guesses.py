"""The backlog report says how much money rests on guesses and which inspections would narrow it most."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models.run import AssetValuation, RunParameterSet
from service.database import Database
from service.engine.condition import ConditionBasis
from service.reports.report import Report


@pytest.fixture(scope="module")
def report(demo_report: Callable[..., Report]) -> Report:
    return demo_report("backlog")


def rows(report: Report, name: str) -> list[dict[str, Any]]:
    return next(table.rows for table in report.tables if table.name == name)


def test_what_rests_on_age_and_default_is_what_is_not_assessed(report: Report) -> None:
    guesses = {row["guess"]: row for row in rows(report, "guesses")}
    bases = {row["condition_basis"]: row for row in rows(report, "condition_basis")}
    for guess, basis in (("condition_by_age", "age"), ("condition_by_default", "default")):
        for name in ("asset_count", "replacement_cost_eur", "repair_backlog_eur"):
            assert guesses[guess][name] == bases[basis][name]
    assert 0 < guesses["none_of_these"]["asset_count"] < bases["assessed"]["asset_count"]


def test_money_by_estimated_inputs_is_what_the_assets_themselves_say(demo: Database, report: Report) -> None:
    query = select(AssetValuation.__table__).where(AssetValuation.run_id == report.run["run_id"])
    with demo.reading() as connection:
        assets = connection.execute(query).mappings().all()
    guesses = {row["guess"]: row for row in rows(report, "guesses")}
    derived = [row for row in assets if row["replacement_cost_basis"] == 2]
    undated = [row for row in assets if row["built_year"] is None]
    for guess, own in (("derived_replacement_cost", derived), ("unknown_built_year", undated)):
        assert guesses[guess]["asset_count"] == len(own)
        assert guesses[guess]["repair_backlog_eur"] == sum(row["repair_backlog_eur"] or 0 for row in own)


@pytest.mark.parametrize("name", ["inspections_by_class", "inspections_by_district"])
def test_the_shares_of_the_uncertainty_make_a_whole_and_fall(report: Report, name: str) -> None:
    shares = [row["variance_share"] for row in rows(report, name)]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    whole = report.key_figures["backlog_uncertainty_eur"]
    for row in rows(report, name):
        assert math.hypot(row["uncertainty_eur"], row["uncertainty_left_eur"]) == pytest.approx(whole, rel=1e-6)


def test_the_first_asset_is_the_one_that_the_formula_puts_first(demo: Database, report: Report) -> None:
    """u = V·(max(0, c* − c + s) − max(0, c* − c − s))/2 worked out asset by asset in plain Python."""
    listed = rows(report, "inspections")
    change = {row["class"]: row["typical_change"] for row in listed}["building"]
    with demo.reading() as connection:
        of_run = AssetValuation.run_id == report.run["run_id"], AssetValuation.asset_class == 1
        assets = connection.execute(select(AssetValuation.__table__).where(*of_run)).mappings().all()
        sets = connection.execute(select(RunParameterSet.__table__)).mappings().all()
    target = next(row["resolved"]["target_condition"] for row in sets if row["asset_class"] == 1)
    worked_out = []
    for row in assets:
        if row["condition_basis"] != ConditionBasis.ASSESSED and row["replacement_cost_eur"] is not None:
            below = target - row["condition_index"]
            half = (max(0.0, below + change) - max(0.0, below - change)) / 2
            worked_out.append((float(row["replacement_cost_eur"]) * half, row["asset_id"]))
    uncertainty, asset_id = max(worked_out)
    assert listed[0]["asset"] == f"999-{asset_id}"
    assert float(listed[0]["uncertainty_eur"]) == pytest.approx(uncertainty, abs=0.01)


def test_no_assessed_asset_is_proposed_for_inspection(report: Report) -> None:
    listed = rows(report, "inspections")
    assert listed
    assert {row["condition_basis"] for row in listed} <= {"age", "default"}
    amounts = [row["uncertainty_eur"] for row in listed]
    assert amounts == sorted(amounts, reverse=True)
