"""Rows of the reports: sums over a run's groups and balances, never over single assets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection, RowMapping

from models.asset_class import AssetClassRow
from models.capacity import ServiceArea
from models.municipality import District, Municipality
from models.run import Run, RunParameter, RunParameterSet, RunState, ServiceBalance, ServiceBalanceYear, ValuationGroup
from models.source import Source
from service.engine.condition import ConditionBasis

MONEY_COLUMNS = (
    "replacement_cost_eur",
    "technical_value_eur",
    "repair_backlog_eur",
    "basic_repair_eur",
    "improvement_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
    "not_assessed_backlog_eur",
    "repair_liability_eur",
    "annual_wear_eur",
)
FIGURES = (
    "asset_count",
    "unvalued_count",
    "quantity",
    *MONEY_COLUMNS,
    "default_condition_count",
    "default_condition_replacement_cost_eur",
)
GROUP_COLUMNS: dict[str, Any] = {
    "class": AssetClassRow.code,
    "use": ValuationGroup.use_code,
    "district": ValuationGroup.district_code,
    "service_area": ValuationGroup.service_area_code,
    "owner": ValuationGroup.owner,
    "decade": ValuationGroup.decade,
    "condition_class": ValuationGroup.condition_class,
}


def load_run(connection: Connection, municipality_code: str, run_id: int | None = None) -> RowMapping | None:
    """Return a run, or the municipality's newest finished valuation where none is named."""
    query = select(Run.__table__).where(Run.municipality_code == municipality_code)
    if run_id is None:
        query = query.where(Run.state == RunState.FINISHED, Run.kind == "valuation")
        query = query.order_by(Run.run_id.desc()).limit(1)
    else:
        query = query.where(Run.run_id == run_id)
    return connection.execute(query).mappings().first()


def load_runs(connection: Connection, municipality_code: str, before: int | None, limit: int) -> list[RowMapping]:
    """Return a municipality's runs, the newest first, from before a run id on."""
    query = select(Run.__table__).where(Run.municipality_code == municipality_code)
    query = query if before is None else query.where(Run.run_id < before)
    return list(connection.execute(query.order_by(Run.run_id.desc()).limit(limit)).mappings())


def load_municipality(connection: Connection, municipality_code: str) -> RowMapping | None:
    """Return a municipality's names."""
    query = select(Municipality.municipality_code, Municipality.name_fi, Municipality.name_sv, Municipality.name_en)
    return connection.execute(query.where(Municipality.municipality_code == municipality_code)).mappings().first()


def load_backlog_rows(
    connection: Connection, municipality_code: str, run_id: int, group_by: list[str]
) -> list[RowMapping]:
    """Return the sums of a run, one row per combination of the grouping keys (one row in all without any)."""
    keys = [GROUP_COLUMNS[name].label(name) for name in group_by]
    query: Select[Any] = (
        select(*keys, *_sums())
        .select_from(ValuationGroup)
        .join(AssetClassRow, AssetClassRow.asset_class == ValuationGroup.asset_class)
        .where(ValuationGroup.municipality_code == municipality_code, ValuationGroup.run_id == run_id)
        .group_by(*(GROUP_COLUMNS[name] for name in group_by))
        .order_by(*(GROUP_COLUMNS[name].asc().nulls_last() for name in group_by))
    )
    return list(connection.execute(query).mappings())


def _sums() -> list[ColumnElement[Any]]:
    columns = ValuationGroup.__table__.columns
    is_guess = ValuationGroup.condition_basis == int(ConditionBasis.DEFAULT)
    return [
        func.coalesce(func.sum(ValuationGroup.asset_count), 0).label("asset_count"),
        func.coalesce(func.sum(ValuationGroup.unvalued_count), 0).label("unvalued_count"),
        func.coalesce(func.sum(ValuationGroup.quantity), 0).label("quantity"),
        *(func.coalesce(func.sum(columns[name]), 0).label(name) for name in MONEY_COLUMNS),
        func.coalesce(func.sum(ValuationGroup.asset_count).filter(is_guess), 0).label("default_condition_count"),
        func.coalesce(func.sum(ValuationGroup.replacement_cost_eur).filter(is_guess), 0).label(
            "default_condition_replacement_cost_eur"
        ),
    ]


def load_district_names(connection: Connection, municipality_code: str) -> dict[str, RowMapping]:
    """Return the districts' names by code."""
    query = select(District.district_code, District.name_fi, District.name_sv)
    rows = connection.execute(query.where(District.municipality_code == municipality_code)).mappings()
    return {row["district_code"]: row for row in rows}


def load_balances(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the balance of every service area in a run."""
    query = select(ServiceBalance.__table__).where(
        ServiceBalance.municipality_code == municipality_code, ServiceBalance.run_id == run_id
    )
    return list(connection.execute(query.order_by(ServiceBalance.service_code, ServiceBalance.area_code)).mappings())


def load_balance_years(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return need and capacity of every service area by year."""
    table = ServiceBalanceYear
    query = select(table.__table__).where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(table.service_code, table.area_code, table.year)).mappings())


def load_run_sets(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the resolved parameters of every class and material of a run."""
    query = select(RunParameterSet.__table__).where(
        RunParameterSet.municipality_code == municipality_code, RunParameterSet.run_id == run_id
    )
    return list(connection.execute(query.order_by(RunParameterSet.parameter_set)).mappings())


def load_run_parameters(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the parameter values that a run read, with the titles of their sources."""
    query = (
        select(RunParameter.__table__, AssetClassRow.code.label("asset_class_code"), Source.title.label("source_title"))
        .outerjoin(AssetClassRow, AssetClassRow.asset_class == RunParameter.asset_class)
        .outerjoin(Source, Source.source_id == RunParameter.source_id)
        .where(RunParameter.municipality_code == municipality_code, RunParameter.run_id == run_id)
        .order_by(RunParameter.name, RunParameter.asset_class, RunParameter.material, RunParameter.key)
    )
    return list(connection.execute(query).mappings())


def load_service_area_names(connection: Connection, municipality_code: str) -> dict[tuple[str, str], RowMapping]:
    """Return the service areas' names by service and area code."""
    query = select(ServiceArea.service_code, ServiceArea.area_code, ServiceArea.name_fi, ServiceArea.name_sv)
    rows = connection.execute(query.where(ServiceArea.municipality_code == municipality_code)).mappings()
    return {(row["service_code"], row["area_code"]): row for row in rows}
