"""What assets would owe in a condition, by the methods beyond value and two thresholds: for looking ahead."""

import numpy as np

from service.engine.arrays import FloatArray
from service.engine.asset_inputs import AssetParameters
from service.engine.backlog import Method
from service.engine.component_lines import Lines
from service.engine.deterioration import effective_age, quadratic_age
from service.engine.method_cases import UnknownMethodError
from service.engine.methods import BY_LINES, Case, owed_by_method


def owed_in_condition(
    method: Method,
    replacement_cost_eur: FloatArray,
    quantity: FloatArray,
    condition: FloatArray,
    parameters: AssetParameters,
) -> FloatArray:
    """Return the euros that assets of one method owe in a condition, 0 where they are unknown.

    The component methods take the asset as one part: looking ahead, its parts are not told apart.

    Raises:
        UnknownMethodError: The methods' parameters are not there.
        MissingMeasureError: An asset owes a measure that its list does not have.
    """
    if parameters.methods is None:
        raise UnknownMethodError(f"There are no parameters of the backlog method {method.name.lower()}.")
    case = Case(
        cost_eur=replacement_cost_eur,
        quantity=quantity,
        condition=condition,
        age_years=effective_age(parameters.curves, condition),
        parameters=parameters.methods,
        lines=_as_whole(condition, parameters.methods.of("service_life_years")) if method in BY_LINES else None,
    )
    return np.nan_to_num(owed_by_method(method, case).backlog_eur)


def _as_whole(condition: FloatArray, service_life_years: FloatArray) -> Lines:
    size = len(condition)
    used = quadratic_age(condition, service_life_years, np.ones(size))
    return Lines(np.arange(size), np.ones(size), used, service_life_years, np.full(size, -1))
