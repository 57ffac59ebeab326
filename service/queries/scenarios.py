"""Storing and reading of scenarios' results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, SmallInteger, func, insert, literal, select, tuple_
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.asset_class import AssetClassRow
from models.measure_rule import MeasureRule
from models.scenario import RequiredFunding, ScenarioBudget, ScenarioMeasure, ScenarioReasons, ScenarioYear
from service.database import raw_connection
from service.queries.binary_copy import Column, write_columns
from service.queries.tables import table_of

YEAR_MONEY = (
    "replacement_cost_eur",
    "technical_value_eur",
    "repair_backlog_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
    "not_assessed_backlog_eur",
    "repair_liability_eur",
    "annual_wear_eur",
    "spending_eur",
)
YEAR_COUNTS = (
    "asset_count",
    "not_needed_count",
    "chosen_count",
    "not_feasible_count",
    "superseded_count",
    "no_money_count",
)


def store_scenario(
    session: Session, years: list[dict[str, Any]], budgets: list[dict[str, Any]], reasons: list[dict[str, Any]]
) -> None:
    """Insert a scenario's years, budgets and packed reasons."""
    for model, rows in ((ScenarioYear, years), (ScenarioBudget, budgets), (ScenarioReasons, reasons)):
        if rows:
            session.execute(insert(model), rows)


def store_scenario_measures(session: Session, municipality_code: str, run_id: int, columns: Sequence[Column]) -> None:
    """Write a scenario's measures by binary COPY."""
    count = len(columns[0].values)
    code = np.frombuffer(municipality_code.encode("ascii") * count, "S3")
    keys = [Column("municipality_code", "text3", code), Column("run_id", "int8", np.full(count, run_id))]
    write_columns(raw_connection(session.connection()), "scenario_measure", [*keys, *columns])


def store_required_funding(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert what reaches the goals."""
    session.execute(insert(RequiredFunding), rows)


def load_scenario_years(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return a scenario's figures by year and class."""
    query = (
        select(ScenarioYear.__table__, AssetClassRow.code.label("asset_class_code"))
        .join(AssetClassRow, AssetClassRow.asset_class == ScenarioYear.asset_class)
        .where(ScenarioYear.municipality_code == municipality_code, ScenarioYear.run_id == run_id)
        .order_by(ScenarioYear.year, ScenarioYear.asset_class)
    )
    return list(connection.execute(query).mappings())


def load_scenario_totals(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return a scenario's figures by year, all classes together."""
    columns = table_of(ScenarioYear).c
    sums = [func.sum(columns[name]).label(name) for name in (*YEAR_MONEY, *YEAR_COUNTS)]
    query = (
        select(columns.year, func.min(columns.price_factor).label("price_factor"), *sums)
        .where(columns.municipality_code == municipality_code, columns.run_id == run_id)
        .group_by(columns.year)
        .order_by(columns.year)
    )
    return list(connection.execute(query).mappings())


def load_scenario_budgets(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return a scenario's budgets by number and year."""
    table = ScenarioBudget
    query = select(table.__table__).where(table.municipality_code == municipality_code, table.run_id == run_id)
    return list(connection.execute(query.order_by(table.budget_number, table.year)).mappings())


def load_scenario_measures(
    connection: Connection,
    municipality_code: str,
    run_id: int,
    *,
    asset_id: int | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 1000,
) -> list[RowMapping]:
    """Return a scenario's measures by asset and year, of one asset or from after a key on."""
    table = ScenarioMeasure
    query = (
        select(table.__table__, MeasureRule.measure_code, AssetClassRow.code.label("asset_class_code"))
        .join(AssetClassRow, AssetClassRow.asset_class == table.asset_class)
        .outerjoin(MeasureRule, MeasureRule.measure_rule_id == table.measure_rule_id)
        .where(table.municipality_code == municipality_code, table.run_id == run_id)
    )
    if asset_id is not None:
        query = query.where(table.asset_id == asset_id)
    if after is not None:
        key = (literal(after[0], BigInteger()), literal(after[1], SmallInteger()))
        query = query.where(tuple_(table.asset_id, table.year) > tuple_(*key))
    return list(connection.execute(query.order_by(table.asset_id, table.year).limit(limit)).mappings())


def load_reason_chunk(connection: Connection, municipality_code: str, run_id: int, asset_id: int) -> RowMapping | None:
    """Return the packed reasons among which an asset's stand, or None where its id is before all of them."""
    table = ScenarioReasons
    query = (
        select(table.asset_ids, table.reasons)
        .where(table.municipality_code == municipality_code, table.run_id == run_id, table.first_asset_id <= asset_id)
        .order_by(table.first_asset_id.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().first()


def load_required_funding(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return what reaches the goals, all classes together first."""
    table = RequiredFunding
    query = (
        select(table.__table__, AssetClassRow.code.label("asset_class_code"))
        .outerjoin(AssetClassRow, AssetClassRow.asset_class == table.asset_class)
        .where(table.municipality_code == municipality_code, table.run_id == run_id)
        .order_by(table.goal, table.asset_class)
    )
    return list(connection.execute(query).mappings())
