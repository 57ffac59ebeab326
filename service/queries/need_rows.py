"""Rows of the service-need report beyond one run's balances: nested sums, and the newest run of a scenario."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, RowMapping

from models.need_results import ServiceBalanceSum
from models.run import Run, RunState


def load_balance_sums(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the sums over the service areas that lie within others."""
    table = ServiceBalanceSum
    query = select(table.__table__).where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(table.service_code, table.area_code)).mappings())


def newest_run_of_scenario(connection: Connection, municipality_code: str, scenario: str) -> int | None:
    """Return the newest finished valuation of a scenario, or None."""
    settings: Any = Run.settings
    query = select(Run.run_id).where(
        Run.municipality_code == municipality_code,
        Run.state == RunState.FINISHED,
        Run.kind == "valuation",
        settings["scenario"].astext == scenario,
    )
    run_id: int | None = connection.execute(query.order_by(Run.run_id.desc()).limit(1)).scalar()
    return run_id
