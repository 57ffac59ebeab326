"""The newest finished run of each municipality, with its sums."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, RowMapping

from models.municipality import Municipality
from models.run import Run, RunState, ValuationGroup


def load_overview(connection: Connection, municipality_code: str | None) -> list[RowMapping]:
    """Return municipality, run and the sums of its groups, ordered by the municipality's name."""
    newest = (
        select(Run.municipality_code, func.max(Run.run_id).label("run_id"))
        .where(Run.kind == "valuation", Run.state == RunState.FINISHED)
        .group_by(Run.municipality_code)
        .subquery()
    )
    sums = [
        func.sum(column).label(column.key)
        for column in (
            ValuationGroup.asset_count,
            ValuationGroup.replacement_cost_eur,
            ValuationGroup.repair_backlog_eur,
            ValuationGroup.needed_backlog_eur,
            ValuationGroup.avoidable_backlog_eur,
        )
    ]
    run = (Run.municipality_code == newest.c.municipality_code) & (Run.run_id == newest.c.run_id)
    group = (ValuationGroup.municipality_code == Run.municipality_code) & (ValuationGroup.run_id == Run.run_id)
    names = (Municipality.municipality_code, Municipality.name_fi, Municipality.name_sv, Municipality.name_en)
    query = (
        select(*names, Municipality.is_fictitious, Run.run_id, Run.valuation_year, *sums)
        .join(Run, Run.municipality_code == Municipality.municipality_code)
        .join(newest, run)
        .join(ValuationGroup, group)
        .group_by(*names, Municipality.is_fictitious, Run.run_id, Run.valuation_year)
        .order_by(Municipality.name_fi)
    )
    if municipality_code is not None:
        query = query.where(Municipality.municipality_code == municipality_code)
    return list(connection.execute(query).mappings())
