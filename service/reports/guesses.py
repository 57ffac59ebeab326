"""What the backlog rests on that nobody has seen, and which inspections would narrow it most (domain.md §6)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.engine.condition import ConditionBasis
from service.queries.inspections import GUESSES, SUMMED, load_inspection_candidates, load_uncertainty
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
    by_basis: list[RowMapping],
    districts: Mapping[str, RowMapping],
) -> tuple[list[ReportTable], float]:
    """Return money by what it rests on, the inspections that narrow most, and by how much the backlog is uncertain.

    `by_basis` are the rows of `load_guesses`. The money's rows overlap: an asset may rest on several guesses. The
    uncertainty √Σu² is that of `service.engine.inspection`; `variance_share` is a group's share of Σu², and
    `uncertainty_left_eur` what is left when all of the group is inspected. A run of before these were kept has no
    inspections to show.
    """
    this = (connection, municipality_code, run_id)
    unseen = load_uncertainty(*this)
    by_class, by_district = _summed(unseen, "class"), _summed(unseen, "district")
    variance = math.fsum(row["variance_eur2"] for row in unseen)
    named = [with_district_name(each, ["district"], districts) for each in _narrowing(by_district, variance)]
    classes = (ReportColumn("class", Kind.TEXT), *_FIGURES, *_NARROWING)
    places = (ReportColumn("district", Kind.TEXT), ReportColumn("district_name", Kind.TEXT), *_FIGURES, *_NARROWING)
    candidates = load_inspection_candidates(*this, SHOWN_ASSETS)
    tables = [
        ReportTable("guesses", _GUESSES, _guesses(by_basis, total)),
        ReportTable("inspections_by_class", classes, _narrowing(by_class, variance)),
        ReportTable("inspections_by_district", places, named),
        ReportTable("inspections", _ASSETS, [_candidate(row, variance, districts) for row in candidates]),
    ]
    return tables, math.sqrt(variance)


def _guesses(by_basis: list[RowMapping], total: Mapping[Any, Any]) -> list[dict[str, Any]]:
    rows = []
    for guess in GUESSES:
        row: dict[str, Any] = {name: sum(each[f"{guess}/{name}"] for each in by_basis) for name in SUMMED}
        shares = {"count_share": "asset_count", "cost_share": "replacement_cost_eur", "backlog_share": SUMMED[2]}
        rows.append({"guess": guess} | row | {share: ratio(row[of], total[of]) for share, of in shares.items()})
    return rows


def _summed(rows: list[RowMapping], key: str) -> list[dict[str, Any]]:
    """Return the sums by one key, the largest variance first."""
    groups: dict[Any, list[RowMapping]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    sums = [
        {key: group, **{name: sum(each[name] for each in own) for name in SUMMED}}
        | {"variance_eur2": math.fsum(each["variance_eur2"] for each in own)}
        for group, own in groups.items()
    ]
    return sorted(sums, key=lambda row: (-row["variance_eur2"], row[key] or ""))


def _narrowing(rows: list[dict[str, Any]], variance: float) -> list[dict[str, Any]]:
    return [
        row
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
