"""What a report rests on: methods and targets, price levels, shares of unknowns, parameters with their sources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from service.queries.report_rows import load_backlog_rows, load_run_sets
from service.queries.report_statement import load_parameters_with_sources
from service.reports.method_targets import method_target
from service.reports.report import Statement, ratio


def load_statement(
    connection: Connection, municipality_code: str, run_id: int, total: Mapping[Any, Any] | None = None
) -> Statement:
    """Return the statement of a run's report; `total` is its sum over all assets where that is read already."""
    if total is None:
        [total] = load_backlog_rows(connection, municipality_code, run_id, [])
    parameters = [dict(row) for row in load_parameters_with_sources(connection, municipality_code, run_id)]
    return Statement(
        backlog_methods=_methods(load_run_sets(connection, municipality_code, run_id)),
        price_levels=_price_levels(parameters),
        unknowns=_unknowns(total),
        parameters=parameters,
    )


def _methods(sets: list[RowMapping]) -> list[dict[str, Any]]:
    """Return each class's methods with what each measures against: several values where materials or kinds differ.

    `target_condition` is that of the value method; other methods have none, whatever the register holds.
    """
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in sets:
        code = ASSET_CLASS_BY_NUMBER[row["asset_class"]].code
        found[code, row["resolved"]["backlog_method"]].append(row["resolved"])
    targets = {key: method_target(key[1], resolved) for key, resolved in sorted(found.items())}
    return [
        {
            "asset_class": code,
            "backlog_method": method,
            "target": target,
            "target_condition": target["target_condition"][0] if len(target.get("target_condition", ())) == 1 else None,
        }
        for (code, method), target in targets.items()
    ]


def _price_levels(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the years of the unit costs that the run read, the values that state none last."""
    levels = Counter(row["price_level_year"] for row in parameters if row["name"] == "unit_cost_eur")
    return [
        {"price_level_year": year, "unit_cost_count": levels[year]}
        for year in sorted(levels, key=lambda year: (year is None, year or 0))
    ]


def _unknowns(total: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "asset_count": total["asset_count"],
        "default_condition_count": total["default_condition_count"],
        "default_condition_count_share": ratio(total["default_condition_count"], total["asset_count"]),
        "default_condition_cost_share": ratio(
            total["default_condition_replacement_cost_eur"], total["replacement_cost_eur"]
        ),
        "unvalued_count": total["unvalued_count"],
        "unvalued_count_share": ratio(total["unvalued_count"], total["asset_count"]),
    }
