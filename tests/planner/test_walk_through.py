"""The planner's walk-through of the README on the demo municipality, over HTTP.

The municipality's own forecast leaves the school area of Myllymäki short of places until 2032. Next year's forecast of
Statistics Finland knows fewer families: from 2031 on the area has more places than pupils. What does the council owe,
what of it could be given up, what becomes of it with a fifth less money, and how much money would hold it?
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from service.cli import main

AREA = "PO3"
FORECAST = {"scenario": "statfin_2026", "area_scenario": "baseline"}
YEARS = 10
FUNDED_YEARS = 2


@dataclass(frozen=True)
class Story:
    """The runs of the walk-through."""

    before: dict[str, Any]
    after: dict[str, Any]
    before_2031: dict[str, Any]
    after_2031: dict[str, Any]
    full: dict[str, Any]
    cut: dict[str, Any]
    funding: dict[str, Any]


@pytest.fixture(scope="module")
def story(planner: Any) -> Story:
    """The walk-through, step by step."""
    before = planner.run(valuation_year=2026, scenario="baseline")
    written = CliRunner().invoke(main, ["demo", "forecast", "--year", "2026"])
    imported = planner.send_file(written.stdout_bytes, "statfin_14wx.json", "statfin_population_projection")
    assert (imported["applied"], imported["added"], imported["faults"]) == (True, 2020, [])
    after = planner.run(valuation_year=2026, **FORECAST)
    later = {"valuation_year": 2031, "retention": "proportional"}
    base = {"base_run": after["run_id"]}
    return Story(
        before,
        after,
        planner.run(**later, scenario="baseline"),
        planner.run(**later, **FORECAST),
        planner.run(kind="scenario", years=YEARS, **base),
        planner.run(kind="scenario", years=YEARS, budget_factor=0.8, **base),
        planner.run(kind="funding", years=FUNDED_YEARS, **base),
    )


def rows(report: dict[str, Any], table: str, **own: Any) -> list[dict[str, Any]]:
    return [row for row in report["tables"][table]["rows"] if own.items() <= row.items()]


def backlogs(planner: Any, run: dict[str, Any]) -> list[float]:
    return [year["repair_backlog_eur"] for year in planner.document(f"runs/{run['id']}/years")["items"]]


def test_every_run_of_the_story_finishes(story: Story) -> None:
    assert {name: run["error"] for name, run in vars(story).items() if run["state"] != "finished"} == {}


def test_the_new_forecast_shows_a_school_area_in_surplus_from_2031_and_the_old_one_does_not(
    planner: Any, story: Story
) -> None:
    report = planner.report("service-need", scenario="baseline,statfin_2026")
    found = {row["scenario"]: row for row in rows(report, "scenarios", area_code=AREA)}
    assert {name: row["first_surplus_year"] for name, row in found.items()} == {"baseline": 2033, "statfin_2026": 2031}
    years = rows(planner.report("service-need", run=story.after["run_id"]), "years", area_code=AREA)
    surplus = {row["year"]: row["surplus"] for row in years}
    assert surplus[2030] == 0 < surplus[2031] < surplus[2032]
    for row in years:
        assert row["surplus"] - row["deficit"] == pytest.approx(row["capacity"] - row["service_need"])
        assert min(row["surplus"], row["deficit"]) == 0


def test_the_backlog_splits_into_what_is_needed_and_what_could_be_given_up(planner: Any, story: Story) -> None:
    """In 2031 the same backlog of the area is all needed by the old forecast, and in part avoidable by the new."""
    split = {}
    for name, run in (("before", story.before_2031), ("after", story.after_2031)):
        report = planner.report("backlog", run=run["run_id"], group_by="service_area")
        [split[name]] = rows(report, "backlog", service_area=AREA)
    assert split["before"]["repair_backlog_eur"] == split["after"]["repair_backlog_eur"] > 0
    assert split["before"]["avoidable_backlog_eur"] == 0 < split["after"]["avoidable_backlog_eur"]
    [need] = rows(planner.report("service-need", run=story.after_2031["run_id"]), "service_areas", area_code=AREA)
    given_up = split["after"]["avoidable_backlog_eur"] / split["after"]["repair_backlog_eur"]
    assert given_up == pytest.approx(1 - need["sizing_need"] / need["capacity"], abs=1e-6)


@pytest.mark.parametrize("group_by", ["class", "service_area", "district,condition_class"])
def test_needed_avoidable_and_not_assessed_are_the_backlog_in_every_row(
    planner: Any, story: Story, group_by: str
) -> None:
    report = planner.report("backlog", run=story.after["run_id"], group_by=group_by)
    table = report["tables"]["backlog"]
    cents = [
        {name: round(value * 100) for name, value in row.items() if name.endswith("backlog_eur")}
        for row in (*table["rows"], table["total"])
    ]
    for row in cents:
        assessed = row["needed_backlog_eur"] - row["not_assessed_backlog_eur"]
        assert assessed >= 0
        parts = (assessed, row["not_assessed_backlog_eur"], row["avoidable_backlog_eur"])
        assert sum(parts) == row["repair_backlog_eur"]
    assert sum(row["repair_backlog_eur"] for row in cents[:-1]) == cents[-1]["repair_backlog_eur"]
    assert report["key_figures"]["repair_backlog_eur"] == table["total"]["repair_backlog_eur"]


def test_a_fifth_less_funding_leaves_more_backlog_in_the_end(planner: Any, story: Story) -> None:
    full, cut = backlogs(planner, story.full), backlogs(planner, story.cut)
    assert len(full) == YEARS + 1
    assert (
        full[0] == cut[0] == planner.report("backlog", run=story.after["run_id"])["key_figures"]["repair_backlog_eur"]
    )
    assert cut[-1] > full[-1]
    money = [planner.document(f"runs/{run['id']}/budgets")["items"] for run in (story.full, story.cut)]
    assert sum(each["budget_eur"] for each in money[1]) == pytest.approx(0.8 * sum(b["budget_eur"] for b in money[0]))
    assert all(each["spending_eur"] <= each["budget_eur"] for side in money for each in side)


def test_the_required_funding_holds_the_backlog_when_it_is_the_budget(planner: Any, story: Story) -> None:
    found = planner.document(f"runs/{story.funding['id']}/required-funding")["items"]
    needed = {row["goal"]: row for row in found if row["asset_class"] is None}
    hold = needed["hold"]["yearly_budget_eur"]
    assert 0 < hold < needed["clear"]["yearly_budget_eur"]
    base = {"base_run": story.after["run_id"], "kind": "scenario", "years": FUNDED_YEARS, "mode": "divisible"}
    held = backlogs(planner, planner.run(**base, budgets=[{"amounts_eur": [hold]}]))
    assert held[-1] <= held[0] == needed["hold"]["backlog_before_eur"]
    less = backlogs(planner, planner.run(**base, budgets=[{"amounts_eur": [round(hold * 0.9, 2)]}]))
    assert less[-1] > less[0]


def test_clearing_the_backlog_costs_at_least_a_yearly_share_of_each_class_whose_measures_cost_what_is_owed(
    planner: Any, story: Story
) -> None:
    """A park owes what its measure costs (condition class), so no budget below the backlog over the years clears it."""
    found = planner.document(f"runs/{story.funding['id']}/required-funding")["items"]
    [clear] = [row for row in found if (row["goal"], row["asset_class"]) == ("clear", "park")]
    assert clear["yearly_budget_eur"] >= 0.99 * clear["backlog_before_eur"] / FUNDED_YEARS


def test_the_workbook_and_the_page_hold_the_figures_of_the_json(planner: Any, story: Story) -> None:
    query = f"municipality=999&run={story.after['run_id']}&group_by=class&lang=en"
    figures = planner.report("backlog", run=story.after["run_id"], group_by="class")
    total, columns = figures["tables"]["backlog"]["total"], figures["tables"]["backlog"]["columns"]
    book = load_workbook(io.BytesIO(planner(f"reports/backlog?{query}&format=xlsx")), data_only=True)
    cells = [list(row) for row in book["Repair backlog"].iter_rows(values_only=True)]
    [totals] = [row for row in cells if len(row) >= len(columns) and row[0] in ("Total", "Together", "All")]
    by_name = dict(zip((column["name"] for column in columns), totals, strict=False))
    for name in ("replacement_cost_eur", "repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur"):
        assert by_name[name] == pytest.approx(total[name]), name
    page = re.sub(r"<[^>]+>|\s|&nbsp;", "", planner(f"reports/backlog?{query}&format=html").decode())
    assert f"{total['repair_backlog_eur']:,.0f}" in page


@pytest.mark.parametrize(("language", "gap"), [("en", ","), ("fi", ""), ("sv", "")])
def test_the_printed_report_shows_the_figures_of_the_json(
    planner: Any, story: Story, tmp_path: Path, language: str, gap: str
) -> None:
    if find_library("pango-1.0") is None:
        pytest.skip("Pango's libraries are not here")
    key_figures = planner.report("backlog", run=story.after["run_id"])["key_figures"]
    pdf = planner(f"reports/backlog?municipality=999&run={story.after['run_id']}&format=pdf&lang={language}")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not here; tests/reports reads the text by itself")
    (tmp_path / "report.pdf").write_bytes(pdf)
    text = subprocess.run([program, str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True).stdout.decode()
    shown = re.sub(r"\s", "", text)
    for name in ("repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur"):
        assert f"{key_figures[name]:,.0f}".replace(",", gap) in shown, name
