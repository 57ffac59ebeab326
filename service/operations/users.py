"""Who uses networks and whom broadband reaches, loaded for a run."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from service.operations.sizing import Sizing
from service.queries.broadband_inputs import load_reach
from service.queries.need_inputs import newest_grid
from service.queries.network_inputs import NetworkRows, load_networks


@dataclass(frozen=True)
class Users:
    """Networks with those who use them (None where nothing tells of any), and whom each speed of broadband reaches."""

    networks: NetworkRows | None
    reach: Sequence[dict[str, Any]]

    def columns(self) -> list[dict[str, NDArray[Any]]]:
        """Return the assets of the networks and the cells near them."""
        return [] if self.networks is None else [self.networks.assets, self.networks.near or {}]


def load_users(connection: Connection, municipality_code: str, sizing: Sizing) -> Users:
    """Return what the newest population grid, records and traffic counts tell at the end of the valuation year."""
    grid_code = newest_grid(connection, municipality_code)
    day = datetime.date(int(sizing.years[0]), 12, 31)
    reach: list[dict[str, Any]] = []
    if sizing.broadband_reach_m is not None:
        reach = load_reach(connection, municipality_code, grid_code, sizing.broadband_reach_m, sizing.broadband_targets)
    return Users(load_networks(connection, municipality_code, day, sizing.service_distances, grid_code), reach)
