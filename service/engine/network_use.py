"""Who uses networks and streets: length without any user, mean users, and the backlog beside them (domain.md §5)."""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import CentsArray, FloatArray, IntArray
from service.engine.group import Groups, count_by_group, sum_by_group


@dataclass(frozen=True, slots=True)
class NetworkInputs:
    """Assets of networks, one row each; ``nan`` is unknown.

    Attributes:
        length_m: Length of the asset.
        recorded_users: Users that records tell: connections, vehicles a day.
        grid_users: Inhabitants within the service distance; ``nan`` where no grid tells them.
        backlog: Repair backlog.
    """

    length_m: FloatArray
    recorded_users: FloatArray
    grid_users: FloatArray
    backlog: CentsArray


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """Figures per group.

    ``user_metres`` is Σ users·length: divided by the length whose users are known it is the mean number of users.
    """

    asset_count: IntArray
    recorded_count: IntArray
    grid_count: IntArray
    length_m: FloatArray
    length_without_users_m: FloatArray
    length_unknown_m: FloatArray
    user_metres: FloatArray
    backlog: CentsArray
    backlog_without_users: CentsArray


def users(inputs: NetworkInputs) -> FloatArray:
    """Return the users of each asset: recorded ones before those that the grid tells.

    >>> users(NetworkInputs(np.ones(2), np.array([3.0, np.nan]), np.array([9.0, 0.0]), np.zeros(2, int)))
    array([3., 0.])
    """
    return np.where(np.isnan(inputs.recorded_users), inputs.grid_users, inputs.recorded_users)


def network_use(groups: Groups, inputs: NetworkInputs) -> NetworkUse:
    """Return the sums of each group; an asset without a length counts with its backlog alone."""
    count, length = users(inputs), np.nan_to_num(inputs.length_m)
    is_recorded, nobody, unknown = ~np.isnan(inputs.recorded_users), count == 0, np.isnan(count)
    return NetworkUse(
        asset_count=count_by_group(groups),
        recorded_count=sum_by_group(groups, is_recorded * 1),
        grid_count=sum_by_group(groups, (~is_recorded & ~unknown) * 1),
        length_m=_metres(groups, length),
        length_without_users_m=_metres(groups, np.where(nobody, length, 0.0)),
        length_unknown_m=_metres(groups, np.where(unknown, length, 0.0)),
        user_metres=_metres(groups, np.nan_to_num(count) * length),
        backlog=sum_by_group(groups, inputs.backlog),
        backlog_without_users=sum_by_group(groups, np.where(nobody, inputs.backlog, 0)),
    )


def inhabitants_served(groups: Groups, asset_row: IntArray, cell: IntArray, population: FloatArray) -> FloatArray:
    """Return the inhabitants near any asset of a group, each cell counted once in a group.

    Args:
        groups: The groups of the assets.
        asset_row: Rows of assets, one for each asset and cell within its distance.
        cell: The cell of each such pair.
        population: Persons by cell.

    >>> one = Groups((np.array([7]),), np.array([0, 0]))
    >>> inhabitants_served(one, np.array([0, 1]), np.array([0, 0]), np.array([12.0]))
    array([12.])
    """
    pairs = np.unique(np.stack([groups.number[asset_row], cell]), axis=1) if len(cell) else np.zeros((2, 0), np.int64)
    return np.bincount(pairs[0], weights=population[pairs[1]], minlength=groups.count).astype(np.float64)


def users_by_grid(asset_count: int, asset_row: IntArray, cell: IntArray, population: FloatArray) -> FloatArray:
    """Return the inhabitants of the cells near each asset, 0 where no cell is near.

    >>> users_by_grid(2, np.array([0, 0]), np.array([0, 1]), np.array([12.0, 5.0]))
    array([17.,  0.])
    """
    return np.bincount(asset_row, weights=population[cell], minlength=asset_count).astype(np.float64)


def _metres(groups: Groups, amounts: FloatArray) -> FloatArray:
    """Return sums in millimetres made metres again, so that the order of the rows does not matter."""
    return sum_by_group(groups, np.rint(amounts * 1000.0).astype(np.int64)) / 1000.0
