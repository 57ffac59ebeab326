"""Valuation of a municipality: load, compute, store, in one transaction; a run that fails leaves only its error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from service.database import Database
from service.errors import Fault, InvalidData, NotFound
from service.operations.kept_answers import Finish
from service.operations.parameter_sets import METHODS
from service.operations.run_transactions import record_run, work_on_run
from service.operations.valuation_computation import Progress, Valuation, ValuationRequest, compute
from service.operations.valuation_results import store_results
from service.queries.municipalities import municipality_exists


def value_municipality(database: Database, request: ValuationRequest, progress: Progress = lambda _: None) -> int:
    """Value all assets of a municipality, store the results and return the run's id.

    Raises:
        NotFound: there is no such municipality.
        ParameterMissing, InvalidData: the run cannot be computed; it is kept as failed, with the error, and no results.
        RunCancelled: somebody cancelled it meanwhile.
    """
    run_id = begin_run(database, request)
    carry_out_run(database, request, run_id, progress)
    return run_id


def carry_out_run(
    database: Database, request: ValuationRequest, run_id: int, progress: Progress = lambda _: None
) -> None:
    """Compute and store a run that has begun; the lock that it holds shows others that it is alive.

    Raises:
        ParameterMissing, InvalidData, RunCancelled: as for `value_municipality`.
    """

    def work(session: Session) -> dict[str, Any]:
        valuation = compute(session.connection(), request, progress)
        progress("store")
        store_results(session, request.municipality_code, run_id, valuation)
        return _outcome(valuation, request)

    work_on_run(database, request.municipality_code, run_id, work)


def begin_run(database: Database, request: ValuationRequest, finish: Finish | None = None) -> int:
    """Record that a run has begun and return its id; raises `NotFound` and `InvalidData`.

    Args:
        database: The register.
        request: What is to be valued.
        finish: Called last within the transaction, with the run's key.
    """
    if request.method is not None and request.method not in METHODS:
        raise InvalidData(faults=[Fault("/method", f"none of {', '.join(METHODS)}")])
    with database.writing() as session:
        if not municipality_exists(session.connection(), request.municipality_code):
            raise NotFound(f"There is no municipality {request.municipality_code}.")
        values = {
            "valuation_year": request.valuation_year,
            "settings": _settings(request),
            "created_by": request.created_by,
        }
        return record_run(session, request.municipality_code, "valuation", values, finish)


def _settings(request: ValuationRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "price_level_year": request.price_level_year,
        "scenario": request.scenario,
        "area_scenario": request.area_scenario,
        "need_method": request.need_method,
        "horizon_years": request.horizon_years,
        "retention": "proportional" if request.is_proportional else "whole_asset",
    }


def _outcome(valuation: Valuation, request: ValuationRequest) -> dict[str, Any]:
    used = replace(
        request,
        scenario=valuation.scenario,
        horizon_years=valuation.horizon_years,
        price_level_year=valuation.price_level_year,
    )
    return {
        "settings": _settings(used),
        "asset_count": len(valuation.set_number),
        "input_hash": valuation.input_hash,
    }
