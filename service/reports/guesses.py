"""What the backlog rests on that nobody has seen, and which inspections would narrow it most (domain.md §6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.engine.condition import ConditionBasis
from service.queries.inspections import load_guesses, load_inspection_candidates, load_uncertainty
from service.reports.grouping import with_district_name
from service.reports.report import Kind, ReportColumn, ReportTable, ratio

SHOWN_ASSETS = 20
_FIGURES = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
)
_GUESSES = (
    ReportColumn("guess", Kind.TEXT),
    *_FIGURES,
    ReportColumn("count_share", Kind.SHARE),
    ReportColumn("cost_share", Kind.SHARE),
    ReportColumn("backlog_share", Kind.SHARE),
)
_NARROWING = (
    ReportColumn("uncertainty_eur", Kind.MONEY, "EUR"),
    ReportColumn("variance_share", Kind.SHARE),
    ReportColumn("uncertainty_left_eur", Kind.MONEY, "EUR"),
)
_ASSETS = (
    ReportColumn("rank", Kind.COUNT),
    ReportColumn("asset", Kind.TEXT),
    ReportColumn("asset_name", Kind.TEXT),
    ReportColumn("class", Kind.TEXT),
    ReportColumn("district_name", Kind.TEXT),
    ReportColumn("condition_basis", Kind.TEXT),
    ReportColumn("condition_index", Kind.SHARE),
    ReportColumn("typical_change", Kind.SHARE),
    ReportColumn("replacement_cost_eur", Kind.MONEY, "EUR"),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("uncertainty_eur", Kind.MONEY, "EUR"),
    ReportColumn("variance_share", Kind.SHARE),
)


def guess_tables(
    connection: Connection,
    municipality_code: str,
    run_id: int,
    total: Mapping[Any, Any],
    districts: Mapping[str, RowMapping],
) -> tuple[list[ReportTable], float]:
    """Return money by what it rests on, the inspections that narrow most, and by how much the backlog is uncertain.

    The money's rows overlap: an asset may rest on several guesses. The uncertainty √Σu² is that of
    `service.engine.inspection`; `variance_share` is a group's share of Σu², `uncertainty_left_eur` what is left when
    all of the group is inspected. A run of before these were kept has no inspections to show.
    """
    this = (connection, municipality_code, run_id)
    by_class, by_district = load_uncertainty(*this, "class"), load_uncertainty(*this, "district")
    variance = math.fsum(row["variance_eur2"] for row in by_class)
    named = [with_district_name(each, ["district"], districts) for each in _narrowing(by_district, variance)]
    classes = (ReportColumn("class", Kind.TEXT), *_FIGURES, *_NARROWING)
    places = (ReportColumn("district", Kind.TEXT), ReportColumn("district_name", Kind.TEXT), *_FIGURES, *_NARROWING)
    candidates = load_inspection_candidates(*this, SHOWN_ASSETS)
    tables = [
        ReportTable("guesses", _GUESSES, [_shared(row, total) for row in load_guesses(*this)]),
        ReportTable("inspections_by_class", classes, _narrowing(by_class, variance)),
        ReportTable("inspections_by_district", places, named),
        ReportTable("inspections", _ASSETS, [_candidate(row, variance, districts) for row in candidates]),
    ]
    return tables, math.sqrt(variance)


def _shared(row: dict[str, Any], total: Mapping[Any, Any]) -> dict[str, Any]:
    return row | {
        "count_share": ratio(row["asset_count"], total["asset_count"]),
        "cost_share": ratio(row["replacement_cost_eur"], total["replacement_cost_eur"]),
        "backlog_share": ratio(row["repair_backlog_eur"], total["repair_backlog_eur"]),
    }


def _narrowing(rows: list[RowMapping], variance: float) -> list[dict[str, Any]]:
    return [
        dict(row)
        | {
            "uncertainty_eur": round(math.sqrt(row["variance_eur2"]), 2),
            "variance_share": ratio(row["variance_eur2"], variance),
            "uncertainty_left_eur": round(math.sqrt(max(variance - row["variance_eur2"], 0.0)), 2),
        }
        for row in rows
        if row["variance_eur2"] > 0
    ]


def _candidate(row: RowMapping, variance: float, districts: Mapping[str, RowMapping]) -> dict[str, Any]:
    own = {
        "asset": f"{row['municipality_code']}-{row['asset_id']}",
        "asset_name": row["name"],
        "condition_basis": ConditionBasis(row["condition_basis"]).name.lower(),
        "variance_share": ratio(float(row["uncertainty_eur"]) ** 2, variance),
    }
    return with_district_name(dict(row) | own, ["district"], districts)
