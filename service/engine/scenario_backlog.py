"""What an asset owes in a condition, by its own method and the formulas of the valuation."""

import numpy as np

from service.engine.arrays import FloatArray, IntArray
from service.engine.backlog import Method, two_threshold_backlog, value_backlog
from service.engine.method_in_condition import owed_in_condition
from service.engine.rows import take_rows
from service.engine.valuation import AssetParameters


def backlog_in_condition(
    replacement_cost_eur: FloatArray,
    condition: FloatArray,
    parameters: AssetParameters,
    rows: IntArray | None = None,
    quantity: FloatArray | None = None,
) -> FloatArray:
    """Return the backlog in euros, not rounded, of assets that all have one method.

    Args:
        replacement_cost_eur: Per asset asked about.
        condition: Per asset asked about.
        parameters: Of all assets of the block.
        rows: Which of them are asked about; all, where it is not given.
        quantity: Per asset asked about, at the prices of the replacement cost: quantity × price factor.

    Raises:
        UnknownMethodError: The method is unknown.
        MissingMeasureError: An asset owes a measure that its list does not have.
    """
    method = int(parameters.method[0]) if len(parameters.method) else int(Method.VALUE)
    if method == Method.VALUE:
        target = parameters.target_condition if rows is None else parameters.target_condition[rows]
        target = np.where(replacement_cost_eur == 0.0, 0.0, target)
        return value_backlog(replacement_cost_eur, condition, target)
    if method == Method.TWO_THRESHOLD:
        ladder = parameters.ladder if rows is None else take_rows(parameters.ladder, rows)
        owed = two_threshold_backlog(replacement_cost_eur, condition, ladder)
        return owed.basic_repair_eur + owed.improvement_eur
    own = parameters if rows is None else take_rows(parameters, rows)
    extent = np.full(len(condition), np.nan) if quantity is None else quantity
    return owed_in_condition(Method(method), replacement_cost_eur, extent, condition, own)
