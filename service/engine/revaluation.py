"""Valuation of changed inputs that no run has checked: an asset without a measure for them keeps its amount."""

from dataclasses import replace

import numpy as np

from service.engine.arrays import BoolArray, CentsArray
from service.engine.backlog import Method
from service.engine.change import ValuationInputs
from service.engine.condition_class import condition_class
from service.engine.methods import MissingMeasureError
from service.engine.valuation import AssetValuations, asset_condition, value_assets


class Revaluation:
    """Values inputs one after another and remembers the first and the last backlogs.

    Between two runs a condition class may be reached for which the earlier run had no measure: there the amount
    before the step stands, so that its change falls on the step that brings the measure.
    """

    def __init__(self, stored: CentsArray) -> None:
        """Begin with the backlogs that are stored."""
        self.first = self.last = stored
        self._is_begun = False

    def __call__(self, inputs: ValuationInputs) -> CentsArray:
        """Return the backlog of each asset in cents."""
        found, unmeasured = value_where_measured(inputs)
        self.last = np.where(unmeasured, self.last, found.repair_backlog)
        self.first = self.first if self._is_begun else self.last
        self._is_begun = True
        return self.last


def value_where_measured(inputs: ValuationInputs) -> tuple[AssetValuations, BoolArray]:
    """Return the figures, and which assets owe a measure that their list does not have: their amounts mean nothing."""
    unmeasured = np.zeros(len(inputs.assets.asset_id), np.bool_)
    parameters = inputs.parameters
    while True:
        try:
            return value_assets(inputs.assets, inputs.components, parameters, inputs.valuation_year), unmeasured
        except MissingMeasureError as error:
            unmeasured |= _wanting(inputs, error)
            method = np.where(unmeasured, np.int8(Method.VALUE), parameters.method)
            if np.array_equal(method, parameters.method):
                raise
            parameters = replace(parameters, method=method)


def _wanting(inputs: ValuationInputs, error: MissingMeasureError) -> BoolArray:
    condition = asset_condition(inputs.assets, inputs.components, inputs.parameters, inputs.valuation_year)
    state = condition_class(condition.index)
    number = (
        np.zeros(len(state), np.int64) if inputs.parameters.methods is None else inputs.parameters.methods.set_number
    )
    wanting = np.zeros(len(state), np.bool_)
    for wanted, start in error.wanted:
        wanting |= (number == wanted) & (state == start)
    return wanting
