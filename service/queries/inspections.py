"""What a run's backlog rests on, and which inspections would narrow it most."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, not_, or_, select
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.asset import Asset
from models.asset_class import AssetClassRow
from models.inspection import InspectionCandidate
from models.run import ValuationGroup
from service.engine.condition import ConditionBasis
from service.engine.value import ReplacementCostBasis
from service.queries.report_rows import GROUP_COLUMNS

_IS_SEEN = ValuationGroup.condition_basis == int(ConditionBasis.ASSESSED)
_IS_DERIVED = ValuationGroup.replacement_cost_basis == int(ReplacementCostBasis.DERIVED)
# What a figure may rest on; an asset may stand under several of these.
GUESSES: dict[str, ColumnElement[bool]] = {
    "condition_by_age": ValuationGroup.condition_basis == int(ConditionBasis.AGE),
    "condition_by_default": ValuationGroup.condition_basis == int(ConditionBasis.DEFAULT),
    "derived_replacement_cost": _IS_DERIVED,
    "unknown_built_year": ValuationGroup.decade.is_(None),
    "demo_parameters": ValuationGroup.rests_on_demo.is_(True),
    "none_of_these": and_(
        _IS_SEEN,
        not_(_IS_DERIVED),
        ValuationGroup.decade.is_not(None),
        or_(ValuationGroup.rests_on_demo.is_(None), ValuationGroup.rests_on_demo.is_(False)),
    ),
}
SUMMED = ("asset_count", "replacement_cost_eur", "repair_backlog_eur")


def load_guesses(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return, by basis of the condition, the sums of all and of what rests on each guess (`guess/figure`)."""
    columns = ValuationGroup.__table__.columns
    sums = [
        func.coalesce(func.sum(columns[name]).filter(rests), 0).label(f"{guess}/{name}")
        for guess, rests in GUESSES.items()
        for name in SUMMED
    ]
    query = (
        select(ValuationGroup.condition_basis, *(func.sum(columns[name]).label(name) for name in SUMMED), *sums)
        .where(ValuationGroup.municipality_code == municipality_code, ValuationGroup.run_id == run_id)
        .group_by(ValuationGroup.condition_basis)
        .order_by(ValuationGroup.condition_basis)
    )
    return list(connection.execute(query).mappings())


def load_uncertainty(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return what nobody has assessed by class and district, with the backlog's variance."""
    keys = [GROUP_COLUMNS[key].label(key) for key in ("class", "district")]
    query = (
        select(
            *keys,
            *(func.sum(ValuationGroup.__table__.columns[name]).label(name) for name in SUMMED),
            func.coalesce(func.sum(ValuationGroup.backlog_variance_eur2), 0.0).label("variance_eur2"),
        )
        .select_from(ValuationGroup)
        .join(AssetClassRow, AssetClassRow.asset_class == ValuationGroup.asset_class)
        .where(ValuationGroup.municipality_code == municipality_code, ValuationGroup.run_id == run_id, not_(_IS_SEEN))
        .group_by(*(GROUP_COLUMNS[key] for key in ("class", "district")))
    )
    return list(connection.execute(query).mappings())


def load_inspection_candidates(
    connection: Connection, municipality_code: str, run_id: int, limit: int
) -> list[RowMapping]:
    """Return the assets whose inspection would narrow the backlog most, with what they are called today."""
    table = InspectionCandidate
    this_asset = (Asset.municipality_code == table.municipality_code) & (Asset.asset_id == table.asset_id)
    query = (
        select(table.__table__, AssetClassRow.code.label("class"), Asset.name, Asset.district_code.label("district"))
        .join(AssetClassRow, AssetClassRow.asset_class == table.asset_class)
        .outerjoin(Asset, this_asset)
        .where(table.municipality_code == municipality_code, table.run_id == run_id)
        .order_by(table.rank)
        .limit(limit)
    )
    return list(connection.execute(query).mappings())


def store_inspection_candidates(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert the assets whose inspection would narrow the backlog most."""
    if rows:
        session.execute(insert(InspectionCandidate), rows)
