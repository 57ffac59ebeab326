"""Users of networks and streets beside their backlog: length that nobody uses, mean users, backlog per inhabitant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.queries.need_rows import load_network_use
from service.reports.report import Kind, ReportColumn, ReportTable, ratio

_FIGURES = (
    ReportColumn("asset_count", Kind.COUNT),
    ReportColumn("length_m", Kind.NUMBER, "m"),
    ReportColumn("without_users_share", Kind.SHARE, weighted_by="length_m"),
    ReportColumn("unknown_users_share", Kind.SHARE, weighted_by="length_m"),
    ReportColumn("users_basis", Kind.TEXT),
    ReportColumn("mean_users", Kind.NUMBER),
    ReportColumn("inhabitants_served", Kind.NUMBER),
    ReportColumn("repair_backlog_eur", Kind.MONEY, "EUR"),
    ReportColumn("backlog_without_users_eur", Kind.MONEY, "EUR"),
    ReportColumn("backlog_per_inhabitant_eur", Kind.MONEY, "EUR"),
)
_CLASS = ReportColumn("class", Kind.TEXT)
_DISTRICT = (ReportColumn("district", Kind.TEXT), ReportColumn("district_name", Kind.TEXT))


def network_tables(
    connection: Connection, municipality_code: str, run_id: int, districts: Mapping[str, RowMapping]
) -> list[ReportTable]:
    """Return the use by class, and by class and district, where a run has found any."""
    rows = [_figures(row, districts) for row in load_network_use(connection, municipality_code, run_id)]
    tables = (
        ReportTable("network_use", (_CLASS, *_FIGURES), [row for row in rows if not row["district_code"]]),
        ReportTable(
            "network_use_districts", (_CLASS, *_DISTRICT, *_FIGURES), [row for row in rows if row["district_code"]]
        ),
    )
    return [table for table in tables if table.rows]


def _figures(row: RowMapping, districts: Mapping[str, RowMapping]) -> dict[str, Any]:
    """Return a row with its ratios; vehicles a day and inhabitants have no mean in common."""
    known, district = row["length_m"] - row["length_unknown_m"], districts.get(row["district_code"])
    recorded, by_grid = row["recorded_count"] > 0, row["grid_count"] > 0
    basis = "recorded_and_grid" if recorded and by_grid else "recorded" if recorded else "grid"
    return dict(row) | {
        "district": row["district_code"],
        "district_name": {"fi": district["name_fi"], "sv": district["name_sv"]} if district else None,
        "without_users_share": ratio(row["length_without_users_m"], known),
        "unknown_users_share": ratio(row["length_unknown_m"], row["length_m"]),
        "users_basis": basis if recorded or by_grid else None,
        "mean_users": None if recorded and by_grid else ratio(row["user_metres"], known),
        "backlog_per_inhabitant_eur": ratio(row["repair_backlog_eur"], row["inhabitants_served"]),
    }
