"""A valuation's figures as the rows that are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from service.engine.money import cents_where_known
from service.operations.guess_results import store_candidates
from service.operations.map_figures import map_figure_columns
from service.operations.need_results import store_need_results
from service.operations.valuation_computation import Valuation
from service.queries.binary_copy import Column
from service.queries.map_figures import store_map_figures
from service.queries.results import (
    cents_as_euros,
    store_asset_valuations,
    store_run_parameters,
    store_valuation_groups,
)


def store_results(session: Session, municipality_code: str, run_id: int, valuation: Valuation) -> None:
    """Write all results of a run within the session's transaction."""
    store_asset_valuations(session, municipality_code, run_id, asset_columns(valuation))
    store_map_figures(session, municipality_code, run_id, map_figure_columns(valuation))
    groups = valuation.groups
    columns: dict[str, Any] = {**groups.keys, **{name: each.tolist() for name, each in groups.counts.items()}}
    columns |= {"quantity": groups.quantity.tolist(), "backlog_variance_eur2": groups.backlog_variance_eur2.tolist()}
    columns |= {name: cents_as_euros(each) for name, each in groups.cents.items()}
    store_valuation_groups(session, municipality_code, run_id, list(columns), zip(*columns.values(), strict=True))
    store_run_parameters(session, *_parameter_rows(municipality_code, run_id, valuation))
    store_candidates(session, municipality_code, run_id, valuation)
    store_need_results(session, municipality_code, run_id, valuation)


def asset_columns(valuation: Valuation) -> list[Column]:
    """Return the columns of the assets' inputs and figures."""
    return [*_input_columns(valuation), *_figure_columns(valuation)]


def _input_columns(valuation: Valuation) -> list[Column]:
    assets = valuation.snapshot.assets
    recorded, is_recorded = cents_where_known(assets["recorded_replacement_cost_eur"])
    return [
        Column("asset_id", "int8", assets["asset_id"]),
        Column("asset_class", "int2", assets["asset_class"]),
        Column("parameter_set", "int2", valuation.set_number),
        _known("quantity", "float8", assets["quantity"]),
        Column("recorded_replacement_cost_eur", "money", recorded, is_recorded),
        _known("price_level_year", "int2", assets["price_level_year"]),
        _known("built_year", "int2", assets["built_year"]),
        _known("renewed_year", "int2", assets["renewed_year"]),
        _known("assessed_condition", "float8", assets["assessed_condition"]),
        _known("assessed_year", "float8", assets["assessed_year"]),
    ]


def _figure_columns(valuation: Valuation) -> list[Column]:
    figures, split = valuation.valuations, valuation.split
    money = {
        "replacement_cost_eur": figures.replacement_cost,
        "technical_value_eur": figures.technical_value,
        "repair_backlog_eur": figures.repair_backlog,
        "basic_repair_eur": figures.basic_repair,
        "improvement_eur": figures.improvement,
        "repair_liability_eur": figures.repair_liability,
        "annual_wear_eur": figures.annual_wear,
        "needed_backlog_eur": split.needed,
        "avoidable_backlog_eur": split.avoidable,
        "not_assessed_backlog_eur": split.not_assessed,
    }
    return [
        Column("condition_index", "float8", figures.condition_index),
        Column("condition_basis", "int2", figures.condition_basis),
        Column("replacement_cost_basis", "int2", figures.replacement_cost_basis),
        *(Column(name, "money", cents, figures.valued) for name, cents in money.items()),
        _known("retained_share", "float8", split.retained_share),
    ]


def _known(name: str, kind: str, values: NDArray[np.float64]) -> Column:
    known = ~np.isnan(values)
    return Column(name, kind, np.where(known, values, 0), known)


def _parameter_rows(
    municipality_code: str, run_id: int, valuation: Valuation
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    key = {"municipality_code": municipality_code, "run_id": run_id}
    names = (
        "parameter_value_id",
        "name",
        "asset_class",
        "material",
        "key",
        "value",
        "code",
        "unit",
        "source_id",
        "is_demo",
    )
    read = valuation.table.read
    rows = [key | {name: read[number][name] for name in names} for number in sorted(read)]
    sets = [
        key
        | {
            "parameter_set": number,
            "asset_class": each.asset_class,
            "material": each.material,
            "resolved": each.resolved,
            "value_ids": each.value_ids,
        }
        for number, each in enumerate(valuation.sets)
    ]
    return rows, sets
