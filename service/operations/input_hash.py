"""What a valuation's figures follow from, as one hash: the same input gives the same hash on any day."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.need_inputs import NeedInputs
from service.operations.parameter_sets import ParameterSet
from service.operations.parameter_table import ParameterTable
from service.operations.users import Users
from service.queries.valuation_inputs import Snapshot

Columns = Mapping[str, NDArray[Any]]
_PARAMETER = ("name", "asset_class", "material", "key", "value", "code", "price_level_year", "is_demo")


def valuation_hash(
    snapshot: Snapshot,
    table: ParameterTable,
    sets: Iterable[ParameterSet],
    needs: NeedInputs,
    users: Users,
    years: tuple[int, int],
    settings: tuple[Any, ...],
) -> str:
    """Return the hash of the register, the parameters and measures, the prices, the needs and the settings.

    Args:
        snapshot: Assets and components.
        table: Its parameters that were read count, with the years of `years` in which those of needs hold.
        sets: What the parameters come to for each kind of asset, measures included.
        needs: The rows that needs and capacities follow from.
        users: Lengths and records of networks, the cells of the grid near them, and whom broadband reaches.
        years: The valuation year and the last one of the horizon.
        settings: What the run was asked for.
    """
    digest = hashlib.sha256(repr(settings).encode())
    for columns in (snapshot.assets, snapshot.components):
        _add_columns(digest, columns)
    digest.update(repr(_parameters(table, needs, years)).encode())
    prices = table.prices.used if table.prices is not None else {}
    digest.update(repr(sorted(prices.items())).encode())
    for each in sets:
        digest.update(repr((each.asset_class, each.material, sorted(each.resolved.items()))).encode())
    for content in needs.content():
        digest.update(repr(content).encode())
    for columns in users.columns():
        _add_columns(digest, columns)
    digest.update(repr([sorted(row.items()) for row in users.reach]).encode())
    return digest.hexdigest()


def _add_columns(digest: Any, columns: Columns) -> None:
    for name in sorted(columns):
        digest.update(f"{name} {len(columns[name])} ".encode())
        digest.update(np.ascontiguousarray(columns[name]).data)


def _parameters(table: ParameterTable, needs: NeedInputs, years: tuple[int, int]) -> list[str]:
    """Return what the parameters read say, in an order that their numbers do not decide, and when those of needs hold.

    Days before the first year or after the last change no figure.
    """
    told = [
        repr((row["municipality_code"] is None, *(row[name] for name in _PARAMETER))) for row in table.read.values()
    ]
    first, last = (datetime.date(year, 12, 31) for year in years)
    for row in needs.parameters:
        if row["parameter_value_id"] in table.read:
            until = row["valid_to"] if row["valid_to"] is not None and row["valid_to"] <= last else None
            told.append(repr((*(row[name] for name in _PARAMETER), max(row["valid_from"], first), until)))
    return sorted(told)
