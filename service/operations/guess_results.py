"""The inspections that would narrow a valuation most, as the rows that are stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from service.operations.valuation_computation import Valuation
from service.queries.inspections import store_inspection_candidates
from service.queries.results import cents_as_euros


def store_candidates(session: Session, municipality_code: str, run_id: int, valuation: Valuation) -> None:
    """Write the assets whose inspection would narrow the backlog most within the session's transaction."""
    store_inspection_candidates(session, _candidate_rows(municipality_code, run_id, valuation))


def _candidate_rows(municipality_code: str, run_id: int, valuation: Valuation) -> list[dict[str, Any]]:
    figures, guesses, assets = valuation.valuations, valuation.guesses, valuation.snapshot.assets
    rows = guesses.candidates()
    costs, backlogs = cents_as_euros(figures.replacement_cost[rows]), cents_as_euros(figures.repair_backlog[rows])
    return [
        {
            "municipality_code": municipality_code,
            "run_id": run_id,
            "asset_id": int(assets["asset_id"][row]),
            "rank": place + 1,
            "asset_class": int(assets["asset_class"][row]),
            "condition_index": float(figures.condition_index[row]),
            "condition_basis": int(figures.condition_basis[row]),
            "typical_change": float(guesses.typical_change[row]),
            "replacement_cost_eur": costs[place],
            "repair_backlog_eur": backlogs[place],
            "uncertainty_eur": round(float(guesses.uncertainty_eur[row]), 2),
        }
        for place, row in enumerate(rows.tolist())
    ]
