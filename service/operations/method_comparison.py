"""One run's snapshot of the assets valued by other methods too, class by class."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, RowMapping

from service.engine.change import ValuationInputs
from service.engine.method_parameters import NEEDED_BY_METHOD
from service.engine.reconciliation import reconcile
from service.engine.revaluation import value_where_measured
from service.operations.method_sets import BY_MEASURES, method_faults
from service.operations.parameter_sets import (
    Kind,
    ParameterSet,
    asset_parameters,
    missing_parameters,
    resolve_set,
)
from service.operations.parameter_table import ParameterTable
from service.operations.price_levels import PriceLevels
from service.operations.stored_runs import StoredRun, load_stored_run, stored_price_factors
from service.queries.cost_indices import load_cost_indices
from service.queries.measure_rules import load_measure_rules
from service.queries.parameters import load_parameter_values
from service.reports.method_targets import method_target
from service.reports.methods import ClassByMethod

NO_MEASURE = "measure_rules"


@dataclass(frozen=True)
class _Parameters:
    """The parameters, measures and indices of today that are valid on a run's date."""

    values: list[RowMapping]
    rules: list[RowMapping]
    indices: list[RowMapping]


@dataclass(frozen=True)
class _Class:
    """The assets of a class in a run: their rows, and the numbers of their parameter sets."""

    number: int
    rows: NDArray[np.int64]
    sets: list[int]


def compare_methods(
    connection: Connection, municipality_code: str, run: Mapping[str, Any], methods: Sequence[str]
) -> list[ClassByMethod]:
    """Return every class of a finished valuation under each method.

    What the run has resolved stays as it was; a parameter that only another method reads is the one that is valid on
    the run's date today. Where a class lacks one, or a measure, the class says what is missing.
    """
    stored = load_stored_run(connection, municipality_code, run)
    day = datetime.date(run["valuation_year"], 12, 31)
    parameters = _Parameters(
        load_parameter_values(connection, municipality_code, day),
        load_measure_rules(connection, municipality_code, day),
        load_cost_indices(connection),
    )
    classes = list(_classes(stored))
    return [_under(method, stored, each, parameters) for method in methods for each in classes]


def _classes(stored: StoredRun) -> Iterator[_Class]:
    asset_class, number = stored.assets["asset_class"], stored.set_number
    for each in np.unique(asset_class).tolist():
        rows = np.flatnonzero(asset_class == each)
        yield _Class(each, rows, np.unique(number[rows]).tolist())


def _under(method: str, stored: StoredRun, of: _Class, parameters: _Parameters) -> ClassByMethod:
    own = dict.fromkeys(stored.sets[number].resolved["backlog_method"] for number in of.sets)
    found = ClassByMethod(
        method=method,
        asset_class=of.number,
        own_methods=tuple(own),
        own_backlog=int(stored.assets["repair_backlog"][of.rows].sum()),
        asset_count=len(of.rows),
    )
    sets, missing = _sets_under(method, stored, of, parameters)
    if missing:
        return replace(found, missing=tuple(missing))
    return _valued(found, stored, of, sets)


def _sets_under(
    method: str, stored: StoredRun, of: _Class, parameters: _Parameters
) -> tuple[dict[int, ParameterSet], list[str]]:
    """Return the class's sets under a method by number, and the names of what they lack."""
    sets, missing = dict[int, ParameterSet](), dict[str, None]()
    for number in of.sets:
        found = sets[number] = _set_under(method, stored.sets[number], stored, parameters)
        names = missing_parameters(found.resolved, needs_unit_cost=False)
        names += [fault.pointer.split("/")[-1] for fault in method_faults(found.resolved, "")]
        missing |= dict.fromkeys(names)
    return sets, list(missing)


def _set_under(method: str, own: ParameterSet, stored: StoredRun, parameters: _Parameters) -> ParameterSet:
    """Return a run's set for another method: the run's parameters, and those of today that only the method reads."""
    kept = {name: value for name, value in own.resolved.items() if value is not None}
    resolved = own.resolved
    if any(name not in kept for name in _needed(method)):
        table = ParameterTable(parameters.values)
        table.prices = PriceLevels(stored.price_level_year, parameters.indices) if stored.price_level_year else None
        resolved = resolve_set(table, _kind(own), method, parameters.rules).resolved | kept
    return replace(own, resolved={**resolved, "backlog_method": method})


def _needed(method: str) -> list[str]:
    return [*NEEDED_BY_METHOD[method], *(["measures"] if method in BY_MEASURES else [])]


def _kind(of: ParameterSet) -> Kind:
    resolved = of.resolved
    return Kind(of.asset_class, of.material, resolved.get("maintenance_class"), resolved.get("functional_class"))


def _valued(found: ClassByMethod, stored: StoredRun, of: _Class, sets: Mapping[int, ParameterSet]) -> ClassByMethod:
    """Return a class with its figures under a method, or without where an asset owes a measure that is not there."""
    place = np.zeros(max(sets) + 1, np.int64)
    place[list(sets)] = np.arange(len(sets))
    inputs = ValuationInputs(
        stored.inputs(of.rows),
        stored.component_inputs(stored.assets["asset_id"][of.rows]),
        asset_parameters(list(sets.values()), place[stored.set_number[of.rows]], stored_price_factors(stored, of.rows)),
        float(stored.valuation_year),
    )
    figures, unmeasured = value_where_measured(inputs)
    if unmeasured.any():
        return replace(found, missing=(NO_MEASURE,))
    own = stored.assets["repair_backlog"][of.rows]
    # What the run found stands for its own method, whatever has been overwritten in the register since.
    backlog = own if found.own_methods == (found.method,) else figures.repair_backlog
    return replace(
        found,
        target=method_target(found.method, [each.resolved for each in sets.values()]),
        unvalued_count=int((~figures.valued).sum()),
        replacement_cost=int(figures.replacement_cost.sum()),
        backlog=int(backlog.sum()),
        liability=int(figures.repair_liability.sum()),
        difference=reconcile(own, backlog),
    )
