"""Valuation of a municipality: load, compute, store, in one transaction; a run that fails leaves only its error."""

from __future__ import annotations

import datetime
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from models.run import RunState
from service.database import Database
from service.engine.errors import EngineError
from service.errors import Fault, InvalidData, KuntokantaError, NotFound
from service.operations.kept_answers import Finish
from service.operations.parameter_sets import METHODS
from service.operations.valuation_computation import Progress, Valuation, ValuationRequest, compute
from service.operations.valuation_results import store_results
from service.queries.municipalities import municipality_exists
from service.queries.results import end_run, finish_run, hold_run, next_run_id, store_run


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
    try:
        with database.writing() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            hold_run(session, run_id)
            valuation = compute(session.connection(), request, progress)
            progress("store")
            store_results(session, request.municipality_code, run_id, valuation)
            finish_run(session, request.municipality_code, run_id, _outcome(valuation, request))
    except Exception as error:
        _fail(database, request.municipality_code, run_id, error)
        if isinstance(error, EngineError):
            raise InvalidData(str(error)) from error
        raise


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
        run_id = next_run_id(session)
        store_run(session, _run_row(request, run_id))
        if finish is not None:
            finish(session, {"municipality_code": request.municipality_code, "run_id": run_id})
    return run_id


def _run_row(request: ValuationRequest, run_id: int) -> dict[str, Any]:
    return {
        "municipality_code": request.municipality_code,
        "run_id": run_id,
        "kind": "valuation",
        "state": RunState.RUNNING,
        "valuation_year": request.valuation_year,
        "settings": _settings(request),
        "code_version": version("kuntokanta"),
        "started_at": datetime.datetime.now(datetime.UTC),
        "created_by": request.created_by,
    }


def _settings(request: ValuationRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "scenario": request.scenario,
        "area_scenario": request.area_scenario,
        "need_method": request.need_method,
        "horizon_years": request.horizon_years,
        "retention": "proportional" if request.is_proportional else "whole_asset",
    }


def _outcome(valuation: Valuation, request: ValuationRequest) -> dict[str, Any]:
    used = replace(request, scenario=valuation.scenario, horizon_years=valuation.horizon_years)
    return {
        "state": RunState.FINISHED,
        "settings": _settings(used),
        "asset_count": len(valuation.set_number),
        "input_hash": valuation.input_hash,
        "finished_at": datetime.datetime.now(datetime.UTC),
    }


def _fail(database: Database, municipality_code: str, run_id: int, error: Exception) -> None:
    detail = error.detail if isinstance(error, KuntokantaError) else str(error)
    faults = [f"{fault.pointer}: {fault.detail}" for fault in getattr(error, "faults", [])]
    outcome = {
        "state": RunState.FAILED,
        "error": "; ".join([detail, *faults]),
        "finished_at": datetime.datetime.now(datetime.UTC),
    }
    with database.writing() as session:
        end_run(session, municipality_code, run_id, outcome)
