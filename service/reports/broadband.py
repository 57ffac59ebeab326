"""The `broadband` report: share of inhabitants and of buildings that a speed reaches, with target and gap."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.queries.need_rows import load_broadband
from service.reports.report import Kind, Report, ReportColumn, ReportTable, ratio
from service.reports.reported_run import reported_run
from service.reports.statement import load_statement

_COLUMNS = (
    ReportColumn("speed_mbit_per_s", Kind.COUNT, "Mbit/s"),
    ReportColumn("inhabitants", Kind.COUNT),
    ReportColumn("inhabitants_reached", Kind.COUNT),
    ReportColumn("inhabitants_reached_share", Kind.SHARE, weighted_by="inhabitants"),
    ReportColumn("buildings", Kind.COUNT),
    ReportColumn("buildings_reached", Kind.COUNT),
    ReportColumn("buildings_reached_share", Kind.SHARE, weighted_by="buildings"),
    ReportColumn("target_share", Kind.SHARE),
    ReportColumn("gap_share", Kind.SHARE),
    ReportColumn("gap_inhabitants", Kind.COUNT),
)


def broadband_report(connection: Connection, municipality_code: str, run_id: int | None = None) -> Report:
    """Return whom each speed reaches in a run; no rows where no node of the network tells its speed.

    Raises:
        NotFound: there is no such municipality or finished run.
    """
    municipality, run = reported_run(connection, municipality_code, run_id)
    rows = [_with_gap(row) for row in load_broadband(connection, municipality_code, run["run_id"])]
    return Report(
        name="broadband",
        municipality=municipality,
        run=run,
        tables=[ReportTable("broadband", _COLUMNS, rows)],
        statement=load_statement(connection, municipality_code, run["run_id"]),
    )


def _with_gap(row: RowMapping) -> dict[str, Any]:
    """Return a row with its shares; the gap is the target less what is reached, never below 0."""
    share, target = ratio(row["inhabitants_reached"], row["inhabitants"]), row["target_share"]
    gap = None if share is None or target is None else max(0.0, target - share)
    return dict(row) | {
        "inhabitants_reached_share": share,
        "buildings_reached_share": ratio(row["buildings_reached"], row["buildings"]),
        "gap_share": gap,
        "gap_inhabitants": None if gap is None else gap * row["inhabitants"],
    }
