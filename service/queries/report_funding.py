"""Money planned for repair and renewal: budgets by class, measures by year, and the newest scenario of a valuation."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, RowMapping

from models.asset_class import AssetClassRow
from models.measure import Budget, Measure, MeasureState
from models.run import Run, RunState


def load_budgets_by_class(connection: Connection, municipality_code: str, year: int) -> dict[str, RowMapping]:
    """Return the budget of each class that has one in a year."""
    query = (
        select(AssetClassRow.code, Budget.amount_eur)
        .join(AssetClassRow, AssetClassRow.asset_class == Budget.asset_class)
        .where(Budget.municipality_code == municipality_code, Budget.year == year)
    )
    return {row["code"]: row for row in connection.execute(query).mappings()}


def load_budget_years(connection: Connection, municipality_code: str) -> list[RowMapping]:
    """Return the budgets of all classes by year."""
    query = (
        select(Budget.year, func.sum(Budget.amount_eur).label("budget_eur"))
        .where(Budget.municipality_code == municipality_code)
        .group_by(Budget.year)
        .order_by(Budget.year)
    )
    return list(connection.execute(query).mappings())


def load_measure_years(connection: Connection, municipality_code: str) -> list[RowMapping]:
    """Return what the measures cost that are done or planned, by year."""
    query = (
        select(Measure.year, func.sum(Measure.cost_eur).label("measures_eur"))
        .where(Measure.municipality_code == municipality_code, Measure.state != MeasureState.CANCELLED)
        .group_by(Measure.year)
        .order_by(Measure.year)
    )
    return list(connection.execute(query).mappings())


def find_newest_run_upon(
    connection: Connection, municipality_code: str, kind: str, base_run_id: int
) -> RowMapping | None:
    """Return the newest finished run of a kind that starts from a valuation, or None."""
    query = (
        select(Run.run_id, Run.settings, Run.finished_at)
        .where(
            Run.municipality_code == municipality_code,
            Run.state == RunState.FINISHED,
            Run.kind == kind,
            Run.settings["base_run_id"].as_integer() == base_run_id,
        )
        .order_by(Run.run_id.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().first()
