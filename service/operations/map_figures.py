"""A valuation's figures as maps show them: rounded, and many assets to a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.map_figures import BLOCK, UNKNOWN
from service.queries.binary_copy import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.operations.valuation_computation import Valuation


def map_figure_columns(valuation: Valuation) -> list[Column]:
    """Return the columns of `map_figures`: a row for each block of ids that has any of the assets."""
    figures, split = valuation.valuations, valuation.split
    asset_ids = valuation.snapshot.assets["asset_id"]
    blocks, rows = np.unique(asset_ids // BLOCK, return_inverse=True)
    places = (rows, asset_ids % BLOCK)

    def column(name: str, kind: str, values: NDArray[Any]) -> Column:
        table = np.full((len(blocks), BLOCK), UNKNOWN, np.int64)
        table[places] = values
        return Column(name, kind, table)

    def money(name: str, cents: NDArray[np.int64]) -> Column:
        return column(name, "int8[]", np.where(figures.valued, _euros(cents), UNKNOWN))

    return [
        Column("block", "int8", blocks),
        column("condition_thousandths", "int2[]", np.rint(figures.condition_index * 1000)),
        column("condition_basis", "int2[]", figures.condition_basis),
        money("repair_backlog_eur", figures.repair_backlog),
        money("needed_backlog_eur", split.needed),
        money("avoidable_backlog_eur", split.avoidable),
    ]


def _euros(cents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole euros, halves upwards as PostgreSQL rounds money that is not negative."""
    return (cents + 50) // 100
