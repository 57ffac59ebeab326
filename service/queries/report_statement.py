"""What a run's figures rest on: the parameter values that it read, with their validity, price level and source."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection, RowMapping

from models.asset_class import AssetClassRow
from models.parameter import ParameterValue
from models.run import RunParameter
from models.source import Source


def load_parameters_with_sources(connection: Connection, municipality_code: str, run_id: int) -> list[RowMapping]:
    """Return the parameter values of a run; validity and price level are those of the row that the value came from."""
    query = (
        select(
            RunParameter.name,
            AssetClassRow.code.label("class"),
            RunParameter.material,
            RunParameter.key,
            RunParameter.value,
            RunParameter.code,
            RunParameter.unit,
            RunParameter.is_demo,
            ParameterValue.valid_from,
            ParameterValue.price_level_year,
            ParameterValue.municipality_code.is_not(None).label("is_own"),
            Source.title.label("source"),
            Source.reference.label("source_reference"),
        )
        .outerjoin(AssetClassRow, AssetClassRow.asset_class == RunParameter.asset_class)
        .outerjoin(ParameterValue, ParameterValue.parameter_value_id == RunParameter.parameter_value_id)
        .outerjoin(Source, Source.source_id == RunParameter.source_id)
        .where(RunParameter.municipality_code == municipality_code, RunParameter.run_id == run_id)
        .order_by(RunParameter.name, RunParameter.asset_class, RunParameter.material, RunParameter.key)
    )
    return list(connection.execute(query).mappings())
