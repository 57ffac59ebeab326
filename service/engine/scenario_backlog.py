"""What an asset owes in a condition, by its own method and the formulas of the valuation."""

import numpy as np

from service.engine.arrays import FloatArray, IntArray
from service.engine.backlog import Method, two_threshold_backlog, value_backlog
from service.engine.valuation import AssetParameters, UnknownMethodError


def backlog_in_condition(
    replacement_cost_eur: FloatArray, condition: FloatArray, parameters: AssetParameters, rows: IntArray | None = None
) -> FloatArray:
    """Return the backlog in euros, not rounded, of assets that all have one method.

    Args:
        replacement_cost_eur: Per asset asked about.
        condition: Per asset asked about.
        parameters: Of all assets of the block.
        rows: Which of them are asked about; all, where it is not given.

    Raises:
        UnknownMethodError: The method is none that works on a condition.
    """
    method = int(parameters.method[0]) if len(parameters.method) else int(Method.VALUE)
    if method == Method.VALUE:
        target = parameters.target_condition if rows is None else parameters.target_condition[rows]
        target = np.where(replacement_cost_eur == 0.0, 0.0, target)
        return value_backlog(replacement_cost_eur, condition, target)
    if method == Method.TWO_THRESHOLD:
        owed = two_threshold_backlog(replacement_cost_eur, condition, parameters.ladder)
        return owed.basic_repair_eur + owed.improvement_eur
    raise UnknownMethodError(f"The backlog method {method} cannot be carried through the years of a scenario.")
