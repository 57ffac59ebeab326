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


def _metres(groups: Groups, amounts: FloatArray) -> FloatArray:
    """Return sums in millimetres made metres again, so that the order of the rows does not matter."""
    return sum_by_group(groups, np.rint(amounts * 1000.0).astype(np.int64)) / 1000.0
