"""How the replacement cost of each group of a run spreads over the condition classes."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, RowMapping

from models.asset_class import AssetClassRow
from models.run import ValuationGroup
from service.queries.report_rows import GROUP_COLUMNS

CONDITION_CLASSES = (5, 4, 3, 2, 1)


def load_class_costs(
    connection: Connection, municipality_code: str, run_id: int, group_by: list[str]
) -> list[RowMapping]:
    """Return a row per combination of the keys, with the replacement cost of each condition class under its number."""
    cost, number = ValuationGroup.replacement_cost_eur, ValuationGroup.condition_class
    query = (
        select(
            *(GROUP_COLUMNS[name].label(name) for name in group_by),
            *(func.coalesce(func.sum(cost).filter(number == each), 0).label(str(each)) for each in CONDITION_CLASSES),
        )
        .select_from(ValuationGroup)
        .join(AssetClassRow, AssetClassRow.asset_class == ValuationGroup.asset_class)
        .where(ValuationGroup.municipality_code == municipality_code, ValuationGroup.run_id == run_id)
        .group_by(*(GROUP_COLUMNS[name] for name in group_by))
    )
    return list(connection.execute(query).mappings())
