"""Condition, function and capacity side by side in a run and its report, never as one sum."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from service.database import Database
from service.operations.reporting import ReportRequest, render_report
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.reports.report import Report
from service.reports.service_need import service_need_report


@pytest.fixture
def report(database: Database, register: Any) -> Report:
    """Two schools of 100 places in an area that needs 94.5: one of them is needed, worn and unfit.

    The other one is sound but protected no more than it: it costs less to keep, so it is retained first.
    """
    with register() as write:
        write.area("north")
        write.persons("north", {2026: 10, 2036: 10})
        kept = write.school("north", 100, replacement_cost_eur=1_000_000, built_year=2020, name="Kept")
        spare = write.school("north", 101, replacement_cost_eur=1_000_000, built_year=1970, name="Spare")
        fit = "INSERT INTO suitability (municipality_code, suitability_id, asset_id, service_code, assessed_on,"
        fit += " suitability_class, curing_cost_eur, recorded_at, recorded_by) VALUES (:code, :id, :asset,"
        fit += " 'basic_education', :day, :fit, :cost, '2026-01-01', 'test')"
        rows = (
            (1, kept, "2020-01-01", 1, 999),
            (2, kept, "2025-01-01", 2, 300_000),
            (3, spare, "2025-01-01", 3, 50_000),
        )
        for number, asset, day, fits, cost in rows:
            write.run(fit, id=number, asset=asset, day=datetime.date.fromisoformat(day), fit=fits, cost=cost)
        write.run(
            "INSERT INTO measure (municipality_code, measure_id, asset_id, kind, state, year, cost_eur, service_code,"
            " capacity_after) VALUES (:code, 1, :asset, 'renewal', 'planned', 2030, 1400000, 'basic_education', 120)",
            asset=kept,
        )
    run = value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        return service_need_report(connection, "999", run)


def table(report: Report, name: str) -> list[dict[str, Any]]:
    return next(each.rows for each in report.tables if each.name == name)


def test_the_newest_suitability_counts_and_what_is_given_up_need_not_be_cured(report: Report) -> None:
    kept, spare = table(report, "function_needs")
    assert (kept["asset_name"], kept["suitability_class"], kept["retained_share"]) == ("Kept", 2, 1.0)
    assert (float(kept["needed_curing_eur"]), float(kept["avoidable_curing_eur"])) == (300_000, 0)
    assert (spare["suitability_class"], spare["retained_share"]) == (3, 0.0)
    assert (float(spare["needed_curing_eur"]), float(spare["avoidable_curing_eur"])) == (0, 50_000)


def test_the_three_needs_of_an_area_stand_side_by_side_without_a_sum(report: Report) -> None:
    [area] = table(report, "three_needs")
    names = ("needed_backlog_eur", "needed_curing_eur", "avoidable_curing_eur", "capacity_investment_eur")
    assert [float(area[name]) for name in names] == [0, 300_000, 50_000, 0]
    assert next(each.total for each in report.tables if each.name == "three_needs") is None


def test_a_larger_and_better_replacement_is_split_into_renewal_and_upgrades(report: Report) -> None:
    """1.4 M€ for 120 places in the place of 100 worth 1 M€: 1.0 renews, 0.2 adds places, 0.2 makes it better."""
    [row] = table(report, "planned_replacements")
    assert (row["year"], row["size_ratio"]) == (2030, 1.2)
    names = ("renewal_eur", "capacity_upgrade_eur", "function_upgrade_eur")
    assert [float(row[name]) for name in names] == [1_000_000, 200_000, 200_000]


@pytest.mark.parametrize("form", ["json", "csv", "html", "xlsx"])
def test_the_report_is_written_in_every_form_with_the_three_needs(
    database: Database, report: Report, form: str
) -> None:
    body = render_report(database, ReportRequest("service-need", "999", form=form, language="en"))
    assert len(body) > 300
    if form in ("json", "html"):
        assert b"Three needs side by side" in body
