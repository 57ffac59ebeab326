"""What an asset owes in a condition, by its own method and the formulas of the valuation."""

import numpy as np

from service.engine.arrays import FloatArray
from service.engine.backlog import Method, two_threshold_backlog, value_backlog
from service.engine.valuation import AssetParameters, UnknownMethodError


def backlog_in_condition(
    replacement_cost_eur: FloatArray, condition: FloatArray, parameters: AssetParameters
) -> FloatArray:
    """Return the backlog in euros, not rounded, of assets that all have one method.

    Raises:
        UnknownMethodError: The method is none that works on a condition.
    """
    method = int(parameters.method[0]) if len(parameters.method) else int(Method.VALUE)
    if method == Method.VALUE:
        target = np.where(replacement_cost_eur == 0.0, 0.0, parameters.target_condition)
        return value_backlog(replacement_cost_eur, condition, target)
    if method == Method.TWO_THRESHOLD:
        owed = two_threshold_backlog(replacement_cost_eur, condition, parameters.ladder)
        return owed.basic_repair_eur + owed.improvement_eur
    raise UnknownMethodError(f"The backlog method {method} cannot be carried through the years of a scenario.")
