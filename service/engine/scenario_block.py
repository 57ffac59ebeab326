"""Assets of one class, curve, method and list of measures through the years: age, condition and what they owe.

State is the effective age on the asset's own curve and a cap: a condition below the floor of its curve stays as it was
found, as ``deterioration.carry_forward`` has it, until the asset is treated.
"""

from dataclasses import dataclass, field

import numpy as np

from service.engine.arrays import BoolArray, CentsArray, FloatArray, IntArray, exact_condition
from service.engine.backlog import Method
from service.engine.condition_class import BEST, WORST, class_condition
from service.engine.deterioration import condition_at_age, effective_age
from service.engine.methods import MissingMeasureError
from service.engine.money import cents
from service.engine.rows import take_rows
from service.engine.scenario_backlog import backlog_in_condition
from service.engine.scenario_inputs import ScenarioAssets
from service.engine.value import annual_wear, repair_liability

ROWS_PER_BLOCK = 65_536
"""Arrays of this length stay in the processor's cache, and each still keeps NumPy busy for longer than Python."""

_CLASS_LIMITS = class_condition(np.arange(WORST, BEST)) + 1e-10
"""The best condition of each class but the best, to the nine decimals of ``condition_class``."""

MOST_AGE = 1000.0
"""Curves that never reach 0 end here, in years."""


@dataclass(slots=True)
class Block:
    """Assets of one class, curve kind, method and list of measures, ascending by asset id; arrays are per asset.

    Attributes:
        rows: Their rows in the scenario's assets.
        asset_class: The class's number.
        assets: What is known about them.
        valued: Whose replacement cost is known.
        cost_eur: Replacement cost at the valuation's prices, 0 where unknown.
        age: Effective age in years.
        cap: What the condition does not exceed.
        condition: Condition index now, rounded as thresholds need it.
        retained: The rows that were set against the service need.
        owed_eur: What was owed in euros when ``owed`` was asked for last, not rounded.
    """

    rows: IntArray
    asset_class: int
    assets: ScenarioAssets
    valued: BoolArray
    cost_eur: FloatArray
    age: FloatArray
    cap: FloatArray
    condition: FloatArray
    retained: IntArray = field(init=False)
    owed_eur: FloatArray = field(init=False)
    _standing: tuple[float, int, int] | None = None
    _by_class: FloatArray | None = None

    def __post_init__(self) -> None:
        self.retained = np.flatnonzero(~np.isnan(self.assets.retained_share))
        self.owed_eur = np.zeros(len(self.rows))
        if self.assets.parameters.method[0] == Method.CONDITION_CLASS:
            self._by_class = self._owed_by_class()

    def _owed_by_class(self) -> FloatArray | None:
        """Return what each asset owes in each condition class, or None where a class that may come has no measure."""
        classes = class_condition(np.arange(WORST, BEST + 1))
        try:
            return np.stack([self.owed_at(np.full(len(self.rows), each), 1.0) for each in classes])
        except MissingMeasureError:
            return None

    def grow_older(self) -> None:
        """Let a year pass along each asset's own curve."""
        self.age += 1.0
        self.condition = exact_condition(
            np.minimum(self.cap, condition_at_age(self.assets.parameters.curves, self.age))
        )

    def owed(self, price: float) -> CentsArray:
        """Return each asset's backlog in cents, by its own method."""
        self.owed_eur = self.owed_at(self.condition, price)
        return cents(self.owed_eur, "repair backlog")

    def owed_at(self, condition: FloatArray, price: float, rows: IntArray | None = None) -> FloatArray:
        """Return the euros that assets would owe in a condition; ``rows`` are those that the conditions belong to."""
        if self._by_class is not None:
            place = np.searchsorted(_CLASS_LIMITS, condition)
            every = np.arange(len(self.rows)) if rows is None else rows
            classed: FloatArray = self._by_class[place, every] * price
            return classed
        cost = self.cost_eur if rows is None else self.cost_eur[rows]
        quantity = self.assets.quantity if rows is None else self.assets.quantity[rows]
        return backlog_in_condition(cost * price, condition, self.assets.parameters, rows, quantity * price)

    def standing(self, price: float) -> tuple[int, int]:
        """Return the block's replacement cost and annual wear in cents at the prices of a year."""
        if self._standing is None or self._standing[0] != price:
            cost = self.cost_eur * price
            share = np.where(self.valued, self.assets.parameters.annual_wear_share, 0.0)
            worn = int(cents(annual_wear(cost, share), "annual wear").sum())
            self._standing = (price, int(cents(cost).sum()), worn)
        return self._standing[1:]

    def liability(self, price: float) -> CentsArray:
        """Return the money in cents that makes each asset as new."""
        return cents(repair_liability(self.cost_eur * price, self.condition), "repair liability")

    def renew(self, rows: IntArray, condition: FloatArray) -> None:
        """Bring assets to a condition: from now on they are as old as it stands for."""
        curves = take_rows(self.assets.parameters.curves, rows)
        self.age[rows] = effective_age(curves, condition)
        self.cap[rows] = condition
        self.condition[rows] = exact_condition(condition)


def blocks_of(assets: ScenarioAssets, classes: tuple[int, ...], rows_per_block: int = ROWS_PER_BLOCK) -> list[Block]:
    """Return the assets of some classes in blocks, ascending by class, curve kind, method and list of measures."""
    own = np.flatnonzero(np.isin(assets.asset_class, classes))
    kind, method = assets.parameters.curves.kind[own], assets.parameters.method[own]
    code = (assets.asset_class[own].astype(np.int64) * 256 + kind) * 256 + method
    code = code * (int(assets.measure_list.max(initial=0)) + 1) + assets.measure_list[own]
    order = np.lexsort((assets.asset_id[own], code))
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    return [
        _block(assets, own[part[first : first + rows_per_block]])
        for part in np.split(order, starts[1:])
        for first in range(0, len(part), rows_per_block)
    ]


def _block(assets: ScenarioAssets, rows: IntArray) -> Block:
    own = take_rows(assets, rows)
    valued = ~np.isnan(own.replacement_cost_eur)
    condition = exact_condition(own.condition)
    return Block(
        rows=rows,
        asset_class=int(own.asset_class[0]),
        assets=own,
        valued=valued,
        cost_eur=np.where(valued, own.replacement_cost_eur, 0.0),
        age=np.minimum(effective_age(own.parameters.curves, condition), MOST_AGE) - own.years_until_built,
        cap=condition.copy(),
        condition=condition,
    )
