"""One asset's figures in a run, with what is needed to explain them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine import Connection, RowMapping

from models.condition import Component, ConditionAssessment
from models.run import AssetValuation, RetentionRank, RunParameterSet, ServiceBalance


def load_asset_valuation(
    connection: Connection, municipality_code: str, run_id: int, asset_id: int
) -> RowMapping | None:
    """Return an asset's inputs and figures in a run with its resolved parameters, or None."""
    query = (
        select(AssetValuation.__table__, RunParameterSet.resolved, RunParameterSet.value_ids, RunParameterSet.material)
        .join(
            RunParameterSet,
            (RunParameterSet.municipality_code == AssetValuation.municipality_code)
            & (RunParameterSet.run_id == AssetValuation.run_id)
            & (RunParameterSet.parameter_set == AssetValuation.parameter_set),
        )
        .where(
            AssetValuation.municipality_code == municipality_code,
            AssetValuation.run_id == run_id,
            AssetValuation.asset_id == asset_id,
        )
    )
    return connection.execute(query).mappings().first()


def load_ranks(connection: Connection, municipality_code: str, run_id: int, asset_id: int) -> list[RowMapping]:
    """Return the asset's ranks with the sizing of each service area."""
    query = (
        select(RetentionRank.__table__, ServiceBalance.sizing_need, ServiceBalance.capacity.label("area_capacity"))
        .outerjoin(
            ServiceBalance,
            (ServiceBalance.municipality_code == RetentionRank.municipality_code)
            & (ServiceBalance.run_id == RetentionRank.run_id)
            & (ServiceBalance.service_code == RetentionRank.service_code)
            & (ServiceBalance.area_code == RetentionRank.area_code),
        )
        .where(
            RetentionRank.municipality_code == municipality_code,
            RetentionRank.run_id == run_id,
            RetentionRank.asset_id == asset_id,
        )
        .order_by(RetentionRank.service_code)
    )
    return list(connection.execute(query).mappings())


def load_asset_components(
    connection: Connection, municipality_code: str, asset_id: int, last_year: int
) -> list[RowMapping]:
    """Return an asset's components, each with its newest assessment up to the end of a year."""
    newest = (
        select(
            ConditionAssessment.component_id,
            ConditionAssessment.condition_index,
            func.date_part("year", ConditionAssessment.assessed_on).label("assessed_year"),
        )
        .ext(distinct_on(ConditionAssessment.component_id))
        .where(
            ConditionAssessment.municipality_code == municipality_code,
            ConditionAssessment.asset_id == asset_id,
            ConditionAssessment.component_id.is_not(None),
            func.date_part("year", ConditionAssessment.assessed_on) <= last_year,
        )
        .order_by(
            ConditionAssessment.component_id,
            ConditionAssessment.assessed_on.desc(),
            ConditionAssessment.assessment_id.desc(),
        )
        .subquery()
    )
    query = (
        select(Component.__table__, newest.c.condition_index, newest.c.assessed_year)
        .outerjoin(newest, newest.c.component_id == Component.component_id)
        .where(Component.municipality_code == municipality_code, Component.asset_id == asset_id)
        .order_by(Component.component_id)
    )
    return list(connection.execute(query).mappings())
