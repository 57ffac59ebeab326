"""Rows of the service-need report beyond one run's balances: nested sums, and the newest run of a scenario."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, RowMapping

from models.asset import Asset
from models.asset_class import AssetClassRow
from models.need_results import BroadbandReach, FunctionNeed, NetworkUse, PlannedReplacement, ServiceBalanceSum
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


def load_function_needs(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return what assets owe to fit their services, with the assets' present names."""
    return _of_assets(connection, FunctionNeed, municipality_code, run_id, FunctionNeed.service_code)


def load_planned_replacements(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the planned replacements split into renewal and upgrades, with the assets' present names."""
    year, measure = PlannedReplacement.year, PlannedReplacement.measure_id
    return _of_assets(connection, PlannedReplacement, municipality_code, run_id, year, measure)


def _of_assets(
    connection: Connection,
    table: type[FunctionNeed] | type[PlannedReplacement],
    municipality_code: str,
    run_id: int,
    *order: Any,
) -> list[RowMapping]:
    its_asset = (Asset.municipality_code == table.municipality_code) & (Asset.asset_id == table.asset_id)
    query = select(table.__table__, Asset.name.label("asset_name")).outerjoin(Asset, its_asset)
    query = query.where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(*order, table.asset_id)).mappings())


def load_network_use(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the use of networks and streets by class, all districts together first."""
    table = NetworkUse
    query = select(table.__table__, AssetClassRow.code.label("class")).join(
        AssetClassRow, AssetClassRow.asset_class == table.asset_class
    )
    query = query.where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(table.asset_class, table.district_code)).mappings())


def load_broadband(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return whom each speed reaches, the slowest first."""
    table = BroadbandReach
    query = select(table.__table__).where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(table.speed_mbit_per_s)).mappings())
